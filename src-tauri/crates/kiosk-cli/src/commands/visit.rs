//! `visit`, `bench`.

use std::path::Path;
use std::sync::Arc;

use kiosk_core::Fault;
use kiosk_engine::visits::{Outcome, Visitor};
use kiosk_engine::{Assets, CameraChoice, Kiosk, Settings};

use super::profile;
use crate::output::{Exit, Output};

pub fn visit(
    data: &Path,
    camera: CameraChoice,
    students: u32,
    seed: u64,
    assets: &Arc<Assets>,
    output: &mut Output,
) -> Result<Exit, Fault> {
    let settings = Settings { camera, seed: Some(seed), pages: true, ..Settings::read(data)? };
    let kiosk = Kiosk::open(assets, settings)?;
    if let Some(fault) = kiosk.view().1.status.faults.into_iter().next() {
        return Err(fault);
    }
    let visitor = Visitor::new(&kiosk, seed)?;
    let mut exit = Exit::Done;
    for index in 0..students {
        let report = visitor.visit(index);
        exit = exit.max(match (&report.outcome, &report.fault) {
            (Outcome::Accepted, _) => Exit::Done,
            (Outcome::Failed, Some(fault)) => Exit::of(fault),
            (Outcome::Failed | Outcome::Abandoned, _) => Exit::FallsShort,
        });
        output.line(&report, || {
            let order = report.order.as_deref().unwrap_or("–");
            let why = report.fault.as_ref().map_or_else(String::new, |fault| format!("  {fault}"));
            format!("{order}  {:?}  {:.1} s{why}", report.outcome, report.ms.total / 1000.0)
        });
    }
    kiosk.close();
    Ok(exit)
}

/// How fast this machine does what a visit is made of.
pub fn bench(assets: &Assets, output: &mut Output) -> Result<Exit, Fault> {
    for measured in kiosk_engine::bench::run(assets, &profile(assets, None)?)? {
        output.line(&measured, || {
            format!(
                "{:<24} {:>8.2} ms (fastest {:.2} ms of {})",
                measured.name, measured.median_ms, measured.min_ms, measured.runs
            )
        });
    }
    Ok(Exit::Done)
}
