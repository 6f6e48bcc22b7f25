//! `sheet`: what goes onto paper.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use kiosk_core::Fault;
use kiosk_engine::Assets;
use kiosk_engine::contract::SheetLook;
use kiosk_engine::sheets::{self, DrawnSheet, Sheets};
use serde::Serialize;

use super::{existing, with_log};
use crate::output::{Exit, Output};

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
    look: &SheetLook,
    out: &Path,
    assets: Arc<Assets>,
    output: &mut Output,
) -> Result<Exit, Fault> {
    let started = Instant::now();
    let drawn = match source {
        Source::Orders(data) => {
            let settings = existing(data)?;
            with_log(&settings, |log| Sheets::new(assets, &settings, log).write_all(look, out))?
        }
        Source::Folder { photos, list } => sheets::of_folder(assets, photos, list, look, out)?,
    };
    let DrawnSheet { pages, students, copies, waste_percent, missing_lines, .. } = drawn;
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    let report = SheetReport { pages, students, copies, waste_percent, ms, missing_lines };
    output.line(&report, || {
        format!("{}: {students} student(s), {copies} copies on {pages} page(s), {ms:.0} ms", out.display())
    });
    Ok(Exit::unless(report.missing_lines.is_empty()))
}
