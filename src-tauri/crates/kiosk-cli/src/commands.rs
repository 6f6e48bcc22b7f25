//! What each command does: calls the engine, prints what it answers.

mod calibrate;
mod delivery;
mod key;
mod log;
mod money;
mod paper;
mod passphrase;
mod pictures;
mod proof;
mod purge;
mod roster;
mod visit;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kiosk_core::{Check, Fault, FaultCode, Profile, Verdict};
use kiosk_engine::contract::OrderQuery;
use kiosk_engine::contract::SheetLook;
use kiosk_engine::order_log::{OrderLog, OrderLogPlace};
use kiosk_engine::{Assets, Settings};

use crate::args::{Args, Bench, Command, KeyCommand, Roster};
use crate::output::{self, Exit, Output};

/// The profile when nothing else is said.
const DEFAULT_PROFILE: &str = "xueli-2017-99";

/// Carries out the command line.
pub fn run(args: &Args, output: &mut Output) -> Result<Exit, Fault> {
    let assets = || Assets::find(args.assets.as_deref()).map(Arc::new);
    match &args.command {
        Command::Scan { images } => Ok(pictures::scan(images, output)),
        Command::Check { images, profile, camera } => {
            pictures::check(images, &*assets()?, profile.as_deref(), camera.as_deref(), output)
        }
        Command::Calibrate { image, id, out, reflectance, orientation } => {
            let wish = calibrate::Wish { id, out, reflectance: *reflectance, degrees: *orientation };
            calibrate::calibrate(image, &wish, output)
        }
        Command::Standardise { images, out, profile, clean_plate, camera, name_from, matte } => {
            let wish = pictures::Wish {
                out,
                camera: camera.as_deref(),
                clean_plate: clean_plate.as_deref(),
                name_from,
                matte: matte.as_deref(),
            };
            pictures::standardise(images, &wish, &*assets()?, profile.as_deref(), output)
        }
        Command::Validate { photos, profile } => {
            pictures::validate(photos, &*assets()?, profile.as_deref(), output)
        }
        Command::Sheet { data, photos, list, paper, size, copies, ganged, no_label, gap, out } => {
            let source = match (data, photos, list) {
                (Some(data), ..) => paper::Source::Orders(data),
                (_, Some(photos), Some(list)) => paper::Source::Folder { photos, list },
                _ => return Ok(Exit::Usage),
            };
            let look = SheetLook {
                paper: paper.clone(),
                format: size.clone(),
                copies: *copies,
                ganged: *ganged,
                label: !no_label,
                gap: *gap,
            };
            paper::sheet(&source, &look, out, assets()?, output)
        }
        Command::Deliver { data, medium, profile, choice, plan } => {
            let wish = delivery::Wish { data, medium, profile: profile.as_deref(), choice };
            if *plan {
                delivery::plan(&wish, assets()?, output)
            } else {
                delivery::deliver(&wish, assets()?, output)
            }
        }
        Command::Burn { image, drive } => delivery::burn(image, drive, output),
        Command::Verify { path, passphrase_file } => {
            delivery::verify(path, passphrase_file.as_deref(), output)
        }
        Command::Visit { data, camera, students, seed } => {
            visit::visit(data, camera.clone(), *students, *seed, &assets()?, output)
        }
        Command::Orders { data, find, state, day, unpaid, after, limit } => {
            let query = OrderQuery {
                find: find.clone(),
                states: state.clone(),
                unpaid: *unpaid,
                day: day.clone(),
                after: after.clone(),
                limit: *limit,
            };
            log::orders(data, &query, output)
        }
        Command::Pay { order, data, kind, fen, reason } => {
            money::pay(order, data, (*kind, *reason), *fen, output)
        }
        Command::Refund { entry, data, fen } => money::refund(entry, data, *fen, output),
        Command::Settle { data, day, out } => money::settle(data, day.as_deref(), out, output),
        Command::Roster(Roster::Import { file, data, school, dry_run }) => {
            roster::import(file, data, school, *dry_run, output)
        }
        Command::Roster(Roster::Missing(which)) => {
            roster::students(&which.data, false, which.class.as_deref(), output)
        }
        Command::Roster(Roster::Captured(which)) => {
            roster::students(&which.data, true, which.class.as_deref(), output)
        }
        Command::Doctor { data } => log::doctor(data, output),
        Command::Purge { data, days, dry_run } => purge::purge(data, *days, *dry_run, output),
        Command::Key(KeyCommand::Show { data, again }) => key::show(data, *again, output),
        Command::Key(KeyCommand::Restore { data }) => key::restore(data, output),
        Command::Backup { data, to } => log::backup(data, to, output),
        Command::Restore { data, from } => log::restore(data, from, output),
        Command::Bench { what: None } => visit::bench(&*assets()?, output),
        Command::Bench { what: Some(Bench::Checks(wish)) } => proof::checks(wish, &*assets()?, output),
        Command::Bench { what: Some(Bench::Matting(wish)) } => proof::matting(wish, &*assets()?, output),
        Command::Bench { what: Some(Bench::Faces(wish)) } => proof::faces(wish, &*assets()?, output),
        Command::Bench { what: Some(Bench::Scan(wish)) } => proof::scan(wish, output),
    }
}

fn profile(assets: &Assets, id: Option<&str>) -> Result<Profile, Fault> {
    assets.profile(id.unwrap_or(DEFAULT_PROFILE))
}

/// The settings of an existing data folder.
fn existing(data: &Path) -> Result<Settings, Fault> {
    if !data.is_dir() {
        let detail = format!("{}: no such data folder", data.display());
        return Err(Fault::new(FaultCode::PathUnusable, detail));
    }
    Settings::read(data)
}

/// Runs `work` with the order log of a data folder.
fn with_log<T>(settings: &Settings, work: impl FnOnce(OrderLog) -> Result<T, Fault>) -> Result<T, Fault> {
    let (log, thread) = OrderLog::start(OrderLogPlace::of(settings))?;
    let result = work(log.clone());
    log.close();
    if thread.join().is_err() {
        return Err(Fault::new(FaultCode::Internal, "the order log's thread ended in a panic"));
    }
    result
}

/// Paths that are not there are a mistake of the command line, not of a picture.
fn all_exist(paths: &[PathBuf]) -> bool {
    let missing: Vec<&PathBuf> = paths.iter().filter(|path| !path.is_file()).collect();
    for path in &missing {
        output::note(&format!("kiosk: {}: no such file", path.display()));
    }
    missing.is_empty()
}

/// Checks for people: what failed first.
fn for_people(checks: &[Check]) -> String {
    let mut lines = vec![String::new()];
    for (verdict, mark) in
        [(Verdict::Fail, "✗"), (Verdict::Warn, "!"), (Verdict::Unknown, "?"), (Verdict::Pass, "✓")]
    {
        for check in checks.iter().filter(|check| check.verdict == verdict) {
            let value =
                check.value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2} {}", check.unit));
            let limit = check.limit.map_or_else(String::new, |[low, high]| format!("  [{low} … {high}]"));
            lines.push(format!("  {mark} {:<22} {value}{limit}", check.id.as_str()));
        }
    }
    lines.join("\n")
}
