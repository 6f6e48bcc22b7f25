//! `scan`, `check`, `standardise`, `validate`: picture files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use kiosk_core::report::{PlateUse, Provenance};
use kiosk_core::roster::Roster;
use kiosk_core::{Fault, FaultCode};
use kiosk_engine::Assets;
use kiosk_engine::calibrate;
use kiosk_engine::files;
use kiosk_engine::stills::{self, MadePhoto, Stills, none_failed};

use super::{all_exist, for_people, profile};
use crate::output::{self, Exit, Output};

/// How photos are made and named.
pub struct Wish<'a> {
    /// Folder for the photos.
    pub out: &'a Path,
    /// The empty studio.
    pub clean_plate: Option<&'a Path>,
    /// Calibration of the camera.
    pub camera: Option<&'a Path>,
    /// `stem`, or a list.
    pub name_from: &'a str,
    /// Where the matte goes.
    pub matte: Option<&'a Path>,
}

pub fn scan(images: &[PathBuf], output: &mut Output) -> Exit {
    let mut exit = if all_exist(images) { Exit::Done } else { Exit::Usage };
    for image in images.iter().filter(|image| image.is_file()) {
        let report = stills::scan(image);
        exit = exit.max(Exit::unless(report.fault.is_none()));
        output.line(&report, || {
            let codes: Vec<String> = report
                .codes
                .iter()
                .map(|code| format!("\n  {:?}: {}", code.kind, code.text.as_deref().unwrap_or("(binary)")))
                .collect();
            format!("{}: {} code(s), {:.0} ms{}", report.input, report.codes.len(), report.ms, codes.concat())
        });
    }
    exit
}

pub fn check(
    images: &[PathBuf],
    assets: &Assets,
    id: Option<&str>,
    camera: Option<&Path>,
    output: &mut Output,
) -> Result<Exit, Fault> {
    let calibration = camera.map(calibrate::read).transpose()?;
    let mut stills = with_nets(assets, id)?.of_camera(calibration);
    let mut exit = worst_so_far(&stills, images);
    for image in images.iter().filter(|image| image.is_file()) {
        let report = stills.check(image);
        exit = exit.max(Exit::unless(
            report.fault.is_none() && report.face.is_some() && none_failed(&report.checks),
        ));
        output.line(&report, || match &report.fault {
            Some(fault) => format!("{}: {fault}", report.input),
            None => format!("{}: {:.0} ms{}", report.input, report.ms, for_people(&report.checks)),
        });
    }
    Ok(exit)
}

pub fn validate(
    photos: &[PathBuf],
    assets: &Assets,
    id: Option<&str>,
    output: &mut Output,
) -> Result<Exit, Fault> {
    let mut stills = with_nets(assets, id)?;
    let mut exit = worst_so_far(&stills, photos);
    for photo in photos.iter().filter(|photo| photo.is_file()) {
        let report = stills.validate(photo);
        exit = exit.max(Exit::unless(report.fault.is_none() && none_failed(&report.checks)));
        output.line(&report, || match &report.fault {
            Some(fault) => format!("{}: {fault}", report.input),
            None => format!("{}:{}", report.input, for_people(&report.checks)),
        });
    }
    Ok(exit)
}

pub fn standardise(
    images: &[PathBuf],
    wish: &Wish<'_>,
    assets: &Assets,
    id: Option<&str>,
    output: &mut Output,
) -> Result<Exit, Fault> {
    if wish.matte.is_some() && images.len() != 1 {
        output::note("kiosk: --matte goes with one input only");
        return Ok(Exit::Usage);
    }
    let profile = profile(assets, id)?;
    let names = Names::new(wish.name_from)?;
    let extension = profile.naming.extension.clone();
    let calibration = wish.camera.map(calibrate::read).transpose()?;
    let plate = wish.clean_plate.map(|path| stills::clean_plate(path, calibration.as_ref())).transpose()?;
    std::fs::create_dir_all(wish.out)
        .map_err(|e| Fault::new(FaultCode::PathUnusable, format!("{}: {e}", wish.out.display())))?;
    let mut stills = Stills::new(assets, profile).of_camera(calibration);
    let mut exit = worst_so_far(&stills, images);
    for image in images.iter().filter(|image| image.is_file()) {
        let report = match stills.standardise(image, plate.as_ref(), wish.matte.is_some()) {
            Ok(made) => {
                let name = names.of(image)?;
                let path = wish.out.join(format!("{name}.{extension}"));
                write(made, &path, wish.matte)?
            }
            Err(report) => *report,
        };
        exit = exit.max(match &report.fault {
            Some(fault) => Exit::of(fault),
            None => Exit::unless(none_failed(&report.checks)),
        });
        output.line(&report, || match (&report.fault, &report.output) {
            (Some(fault), _) => format!("{}: {fault}", report.input),
            (None, path) => {
                let path = path.as_deref().unwrap_or("–");
                let (made, checks) = (provenance(&report.provenance), for_people(&report.checks));
                format!("{} → {path}{made}{checks}", report.input)
            }
        });
    }
    Ok(exit)
}

/// Calibration, clean plate and colour profile for people: a line each.
fn provenance(made: &Provenance) -> String {
    let calibration = made.calibration.as_ref().map(|c| {
        let [r, g, b] = c.white_balance;
        let clipped = c.newly_clipped * 100.0;
        format!(
            "calibration {}: × {r:.3} {g:.3} {b:.3}, {:+.2} stops, {clipped:.2} % newly clipped",
            c.id, c.exposure_stops
        )
    });
    let plate = made.clean_plate.as_ref().map(|plate| match plate.outcome {
        PlateUse::Used => "the clean plate was used".to_owned(),
        PlateUse::OtherCamera => "the clean plate was not used: another camera".to_owned(),
        PlateUse::OtherSize => "the clean plate was not used: another size".to_owned(),
        PlateUse::Unlike => {
            "the clean plate was not used: it shows another wall, or the camera was moved".to_owned()
        }
    });
    let converted = made.source_profile.as_ref().map(|name| format!("colours converted from {name}"));
    let lines = [calibration, plate, converted, made.ignored_profile.clone()];
    lines.into_iter().flatten().fold(String::new(), |text, line| text + "\n  · " + &line)
}

/// Writes beside and renames: a photo is there whole or not at all.
fn write(made: MadePhoto, path: &Path, matte: Option<&Path>) -> Result<stills::StandardiseReport, Fault> {
    files::write_whole(path, &made.jpeg)?;
    if let (Some(path), Some(matte)) = (matte, &made.matte) {
        files::write_whole(path, &stills::png(matte)?)?;
    }
    Ok(stills::StandardiseReport { output: Some(path.display().to_string()), ..made.report })
}

fn with_nets(assets: &Assets, id: Option<&str>) -> Result<Stills, Fault> {
    let stills = Stills::new(assets, profile(assets, id)?);
    if let Some(fault) = stills.missing_nets() {
        output::report(fault);
    }
    Ok(stills)
}

fn worst_so_far(stills: &Stills, images: &[PathBuf]) -> Exit {
    let paths = if all_exist(images) { Exit::Done } else { Exit::Usage };
    let nets = if stills.missing_nets().is_some() { Exit::Environment } else { Exit::Done };
    paths.max(nets)
}

/// How photos are named: as their shots, or by the ID number that a list gives them.
enum Names {
    Stem,
    List(HashMap<String, String>),
}

impl Names {
    fn new(from: &str) -> Result<Self, Fault> {
        if from == "stem" {
            return Ok(Self::Stem);
        }
        let bytes = std::fs::read(from).map_err(|e| Fault::new(FaultCode::ListUnreadable, e.to_string()))?;
        let roster =
            Roster::from_csv(&bytes).map_err(|e| Fault::new(FaultCode::ListUnreadable, e.to_string()))?;
        let names = roster
            .entries
            .iter()
            .filter_map(|entry| {
                Some((file_stem(entry.photo.as_deref()?)?, entry.id_number.as_ref()?.canonical().to_owned()))
            })
            .collect();
        Ok(Self::List(names))
    }

    fn of(&self, image: &Path) -> Result<String, Fault> {
        let stem = image.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        match self {
            Self::Stem => Ok(stem),
            Self::List(names) => names.get(&stem).cloned().ok_or_else(|| {
                Fault::new(FaultCode::ListUnreadable, format!("the list names no student for {stem:?}"))
            }),
        }
    }
}

fn file_stem(name: &str) -> Option<String> {
    Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned())
}
