//! `bench scan`: how well codes are read.

use std::path::{Path, PathBuf};
use std::process::Command;

use kiosk_core::{Fault, FaultCode};
use kiosk_engine::files;
use kiosk_proof::{SCAN_TABLE, ScanPlan, ScanWatch, pictures_of, prove_scan};

use super::{Progress, shared, unusable};
use crate::args::ScanArgs;
use crate::output::{self, Exit, Output};

/// The other decoders, as `PyPI` has them; pyzbar uses the system's zbar.
const PACKAGES: [&str; 3] = ["numpy==2.4.6", "zxing-cpp==3.1.1", "pyzbar==0.1.9"];

pub fn scan(wish: &ScanArgs, output: &mut Output) -> Result<Exit, Fault> {
    let folder = wish.pictures.clone().or_else(|| shared("qr"));
    if folder.is_none() {
        output::note("kiosk: no pictures (--pictures, KIOSK_SHARED): only generated frames are read");
    }
    let plan = ScanPlan {
        pictures: folder.as_deref().map(pictures_of).transpose()?.unwrap_or_default(),
        only: wish.only.clone(),
        python: python(wish.peers)?,
        sample: None,
    };
    let report = prove_scan(&plan, &Progress { pictures: None })?;
    for name in ["zxing-cpp", "zbar"].into_iter().filter(|name| !report.versions.contains_key(*name)) {
        output::note(&format!(
            "kiosk: without {name}: Python does not know it (--peers installs what PyPI has)"
        ));
    }
    output.line(&report, || report.to_string());
    if wish.bless {
        files::write_whole(Path::new(SCAN_TABLE), report.to_string().as_bytes())?;
    }
    Ok(Exit::Done)
}

/// The Python of the other decoders, if it is there or wanted.
fn python(install: bool) -> Result<Option<PathBuf>, Fault> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/tools/code-peers");
    let python = home.join(if cfg!(windows) { "Scripts" } else { "bin" }).join("python");
    if install && !python.exists() {
        output::note(&format!("kiosk: installing {} (once)", PACKAGES.join(", ")));
        std::fs::create_dir_all(&home).map_err(|e| unusable(&home, &e))?;
        done(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        done(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
    }
    Ok(python.exists().then_some(python))
}

fn done(command: &mut Command) -> Result<(), Fault> {
    let why = match command.status() {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    Err(Fault::new(FaultCode::Internal, format!("{command:?}: {why}")))
}

impl ScanWatch for Progress<'_> {
    fn progress(&self, done: usize, all: usize) {
        if done.is_multiple_of(20) || done == all {
            output::note(&format!("{done}/{all}"));
        }
    }
}
