//! `sheet`, `deliver`, `verify`: what leaves the studio.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use kiosk_core::Fault;
use kiosk_engine::Assets;
use kiosk_engine::deliveries::{self, Deliveries, MANIFEST, VerifyReport};
use kiosk_engine::sheets::{self, DrawnSheet, Sheets};
use serde::Serialize;

use super::{existing, with_log};
use crate::output::{self, Exit, Output};

/// What is printed.
pub enum Source<'a> {
    /// Every order of a data folder that may be printed.
    Orders(&'a Path),
    /// A folder of finished photos, with the list of its students.
    Folder {
        /// The photos.
        photos: &'a Path,
        /// The list.
        list: &'a Path,
    },
}

#[derive(Serialize)]
struct SheetReport {
    pages: u32,
    students: u32,
    copies: u32,
    waste_percent: f64,
    ms: f64,
    /// Lines of the list without a usable photo.
    missing_lines: Vec<u64>,
}

pub fn sheet(
    source: &Source<'_>,
    paper: &str,
    out: &Path,
    assets: Arc<Assets>,
    output: &mut Output,
) -> Result<Exit, Fault> {
    let started = Instant::now();
    let drawn = match source {
        Source::Orders(data) => {
            let settings = existing(data)?;
            with_log(&settings, |log| Sheets::new(assets, &settings, log).write_all(paper, out))?
        }
        Source::Folder { photos, list } => sheets::of_folder(assets, photos, list, paper, out)?,
    };
    let DrawnSheet { pages, students, copies, waste_percent, missing_lines, .. } = drawn;
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    let report = SheetReport { pages, students, copies, waste_percent, ms, missing_lines };
    output.line(&report, || {
        format!("{}: {students} student(s), {copies} copies on {pages} page(s), {ms:.0} ms", out.display())
    });
    Ok(Exit::unless(report.missing_lines.is_empty()))
}

#[derive(Serialize)]
struct DeliveryReport {
    photos: u32,
    bytes: u64,
    manifest: String,
    verified: bool,
    missing: Vec<String>,
    ms: f64,
}

pub fn deliver(
    data: &Path,
    to: &Path,
    iso: Option<&Path>,
    profile: Option<&str>,
    assets: &Assets,
    output: &mut Output,
) -> Result<Exit, Fault> {
    let started = Instant::now();
    let settings = existing(data)?;
    let profile = super::profile(assets, profile.or(Some(&settings.profile)))?;
    let mut tenth = 0;
    let made = with_log(&settings, |log| {
        Deliveries::new(&settings, profile, log).make_all(to, &mut |step| {
            let now = 10 * step.files / step.of_files.max(1);
            if now != tenth {
                tenth = now;
                output::note(&format!("{:?}: {} of {}", step.stage, step.files, step.of_files));
            }
        })
    })?;
    if let Some(image) = iso {
        deliveries::write_image(Path::new(&made.path), image)?;
        output::note(&format!("{}: disc image, read back", image.display()));
    }
    let report = DeliveryReport {
        photos: made.photos,
        bytes: made.bytes,
        manifest: Path::new(&made.path).join(MANIFEST).display().to_string(),
        verified: made.verified,
        missing: Vec::new(),
        ms: started.elapsed().as_secs_f64() * 1000.0,
    };
    output.line(&report, || format!("{}: {} photo(s), read back and verified", made.path, made.photos));
    Ok(Exit::unless(report.verified))
}

#[derive(Serialize)]
struct Verified {
    photos: usize,
    ok: usize,
    missing: Vec<String>,
    changed: Vec<String>,
    extra: Vec<String>,
}

pub fn verify(path: &Path, output: &mut Output) -> Result<Exit, Fault> {
    let report = deliveries::verify_at(path)?;
    let passed = report.passed();
    let VerifyReport { photos, ok, missing, changed, extra } = report;
    let report = Verified { photos, ok, missing, changed, extra };
    output.line(&report, || {
        let mut lines = vec![format!("{ok} of {photos} photo(s) as delivered")];
        for (what, paths) in
            [("missing", &report.missing), ("changed", &report.changed), ("extra", &report.extra)]
        {
            lines.extend(paths.iter().map(|path| format!("  {what}: {path}")));
        }
        lines.join("\n")
    });
    Ok(Exit::unless(passed))
}
