//! `bench checks`, `matting`, `faces` and `scan`: how well the checks see, people are cut out and told apart, and codes are read.

mod scan;

use std::path::{Path, PathBuf};

use image::RgbImage;
use kiosk_core::{Fault, FaultCode};
use kiosk_engine::{Assets, files};
use kiosk_proof::{
    FACE_MODELS, FACES_TABLE, MATTING_TABLE, MODELS, MattingPlan, MattingWatch, ModelBytes, Plan,
    PortraitFile, SITTERS, TABLE, Watch, prove, prove_faces, prove_matting,
};

pub use scan::scan;

use super::profile;
use crate::args::{ChecksArgs, FacesArgs, MattingArgs};
use crate::output::{self, Exit, Output};

pub fn checks(wish: &ChecksArgs, assets: &Assets, output: &mut Output) -> Result<Exit, Fault> {
    let models = models(assets, MODELS)?;
    let portraits = portraits(wish.portraits.as_deref())?;
    let plan = Plan {
        profile: profile(assets, wish.profile.as_deref())?,
        portraits,
        sitters: SITTERS.to_vec(),
        only: wish.only.clone(),
        sample: false,
    };
    folder_for(wish.pictures.as_deref())?;
    let tally = prove(&models, &plan, &Progress { pictures: wish.pictures.as_deref() })?;
    output.line(&tally, || tally.to_string());
    let table = if wish.bless { Some(Path::new(TABLE)) } else { wish.table.as_deref() };
    if let Some(path) = table {
        files::write_whole(path, tally.to_string().as_bytes())?;
    }
    Ok(Exit::Done)
}

pub fn matting(wish: &MattingArgs, assets: &Assets, output: &mut Output) -> Result<Exit, Fault> {
    let models = models(assets, MODELS)?;
    let plan = MattingPlan {
        profile: profile(assets, wish.profile.as_deref())?,
        portraits: portraits(wish.portraits.as_deref())?,
        only: wish.only.clone(),
        quick: wish.quick,
        sample: false,
    };
    folder_for(wish.pictures.as_deref())?;
    let report = prove_matting(&models, &plan, &Progress { pictures: wish.pictures.as_deref() })?;
    output.line(&report, || report.to_string());
    if wish.bless {
        files::write_whole(Path::new(MATTING_TABLE), report.to_string().as_bytes())?;
    }
    Ok(Exit::Done)
}

pub fn faces(wish: &FacesArgs, assets: &Assets, output: &mut Output) -> Result<Exit, Fault> {
    let plan = Plan {
        profile: profile(assets, None)?,
        portraits: portraits(wish.portraits.as_deref())?,
        sitters: Vec::new(),
        only: None,
        sample: false,
    };
    let nets = models(assets, MODELS)?;
    let faces = models(assets, FACE_MODELS)?;
    let report = prove_faces(&nets, &faces, &plan, &Progress { pictures: None })?;
    output.line(&report, || report.to_string());
    if wish.bless {
        files::write_whole(Path::new(FACES_TABLE), report.to_string().as_bytes())?;
    }
    Ok(Exit::Done)
}

fn models(assets: &Assets, names: [&str; 2]) -> Result<[ModelBytes; 2], Fault> {
    let model = |name| assets.model(name).map_err(|e| Fault::new(FaultCode::ModelMissing, e.to_string()));
    Ok([model(names[0])?, model(names[1])?])
}

/// The portraits of a folder, or of the shared one; says so when there are none.
fn portraits(folder: Option<&Path>) -> Result<Vec<PortraitFile>, Fault> {
    let Some(folder) = folder.map(Path::to_owned).or_else(|| shared("portraits")) else {
        output::note("kiosk: no portraits (--portraits, KIOSK_SHARED): only drawn sitters are measured");
        return Ok(Vec::new());
    };
    read(&folder)
}

fn folder_for(pictures: Option<&Path>) -> Result<(), Fault> {
    pictures.map_or(Ok(()), |folder| std::fs::create_dir_all(folder).map_err(|e| unusable(folder, &e)))
}

/// A folder that tests share: below `KIOSK_SHARED`, or beside the checkout.
fn shared(name: &str) -> Option<PathBuf> {
    let beside = || {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        checkout.map(|folder| folder.join("shared")).find(|folder| folder.is_dir())
    };
    let shared = std::env::var_os("KIOSK_SHARED").map(PathBuf::from).or_else(beside)?;
    Some(shared.join(name)).filter(|folder| folder.is_dir())
}

fn read(folder: &Path) -> Result<Vec<PortraitFile>, Fault> {
    let entries = std::fs::read_dir(folder).map_err(|e| unusable(folder, &e))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("jpg")));
    paths.sort();
    let file = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(PortraitFile { name, bytes: std::fs::read(path).map_err(|e| unusable(path, &e))? })
    };
    paths.iter().map(file).collect()
}

fn unusable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(FaultCode::PathUnusable, format!("{}: {error}", path.display()))
}

/// Says how far the work is, and keeps pictures that are wanted.
struct Progress<'a> {
    pictures: Option<&'a Path>,
}

impl Watch for Progress<'_> {
    fn judged(&self, file: &[u8], name: &str, done: usize, all: usize) {
        if let Some(folder) = self.pictures {
            let path = folder.join(format!("{name}.jpg"));
            if let Err(error) = std::fs::write(&path, file) {
                output::note(&format!("kiosk: {}: {error}", path.display()));
            }
        }
        if done.is_multiple_of(100) || done == all {
            output::note(&format!("{done}/{all}"));
        }
    }
}

impl MattingWatch for Progress<'_> {
    fn progress(&self, done: usize, all: usize) {
        if done.is_multiple_of(10) || done == all {
            output::note(&format!("{done}/{all}"));
        }
    }

    fn photo(&self, photo: &RgbImage, name: &str) {
        if let Some(folder) = self.pictures {
            let path = folder.join(format!("{name}.png"));
            if let Err(error) = photo.save(&path) {
                output::note(&format!("kiosk: {}: {error}", path.display()));
            }
        }
    }
}
