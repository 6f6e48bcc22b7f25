//! `visit`, `bench`.

use std::path::Path;
use std::sync::Arc;

use kiosk_core::{Fault, FaultCode};
use kiosk_engine::visits::{Outcome, Visitor};
use kiosk_engine::{Assets, CameraChoice, Kiosk, Settings};

use crate::output::{Exit, Output};

pub fn visit(
    data: &Path,
    camera: CameraChoice,
    students: u32,
    seed: u64,
    assets: Arc<Assets>,
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

/// The benchmarks need the criterion runs of the checkout.
pub fn bench() -> Result<Exit, Fault> {
    Err(Fault::new(FaultCode::NotFinished, "benchmarks run from a checkout: cargo xtask bench"))
}
