//! What the studio knows about its camera and its wall, through a whole visit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kiosk_camera::CameraSpec;
use kiosk_core::FaultCode;
use kiosk_core::report::PlateUse;
use kiosk_engine::contract::{OrderQuery, StudioView};
use kiosk_engine::visits::{Outcome, Visitor};
use kiosk_engine::{Assets, CameraChoice, Kiosk, Settings};

const SEED: u64 = 11;

fn open(data: &std::path::Path, camera_calibration: &str) -> Option<Kiosk> {
    let assets = Assets::at(&kiosk_tests::repository().join("assets")).unwrap();
    kiosk_tests::or_skip(assets.model("face-mesh"))?;
    let settings = Settings {
        camera: CameraChoice::Only(CameraSpec::Simulated),
        seed: Some(SEED),
        camera_calibration: Some(camera_calibration.to_owned()),
        data: data.to_owned(),
        ..Settings::default()
    };
    Some(Kiosk::open(&Arc::new(assets), settings).unwrap())
}

/// A plate as soon as nobody is in the picture; `None` when somebody was all the time.
fn while_empty(kiosk: &Kiosk, patience: Duration) -> Option<StudioView> {
    let began = Instant::now();
    while began.elapsed() < patience {
        match kiosk.operator().take_plate() {
            Ok(studio) => return Some(studio),
            Err(fault) => assert_eq!(fault.code, FaultCode::StudioOccupied, "{fault}"),
        }
    }
    None
}

#[test]
fn a_plate_of_the_empty_studio_and_a_calibration_are_in_the_order() {
    let data = tempfile::tempdir().unwrap();
    // The studio's lamps are a little warm, says its own file.
    let booth = "id='booth'\nsource='test'\n[title]\nzh='测'\nen='t'\n[white_balance]\nred=1.0\ngreen=1.01\nblue=1.03\n";
    std::fs::create_dir(data.path().join("cameras")).unwrap();
    std::fs::write(data.path().join("cameras/booth.toml"), booth).unwrap();
    let Some(kiosk) = open(data.path(), "booth") else { return };
    let operator = kiosk.operator();
    assert_eq!(operator.take_plate().unwrap_err().code, FaultCode::PinWrong, "behind the PIN");
    operator.set_pin("246810", None).unwrap();
    kiosk.wait_for_camera(Duration::from_secs(15)).unwrap();
    // The first student comes soon after the start; whoever is late waits until that one has gone.
    let visitor = Visitor::new(&kiosk, SEED).unwrap();
    let mut visits = 0;
    let studio = while_empty(&kiosk, Duration::from_secs(1)).unwrap_or_else(|| {
        assert_eq!(visitor.visit(visits).outcome, Outcome::Accepted);
        visits += 1;
        while_empty(&kiosk, Duration::from_secs(15)).unwrap()
    });
    let plate = studio.clean_plate.unwrap();
    assert!(!plate.old && plate.last_use.is_none());
    assert!(operator.plate().unwrap().starts_with(&[0xFF, 0xD8]));
    assert_eq!(studio.calibration.unwrap().id, "booth");

    let visit = visitor.visit(visits);
    assert_eq!(visit.outcome, Outcome::Accepted, "{visit:?}");
    let orders = operator.orders(&OrderQuery::default()).unwrap();
    let made = &orders.rows[0].provenance;
    let facts = made.clean_plate.as_ref().unwrap();
    assert_eq!((facts.outcome, &facts.sha256), (PlateUse::Used, &plate.sha256));
    assert_eq!(made.calibration.as_ref().unwrap().id, "booth");
    assert_eq!(operator.studio().unwrap().clean_plate.unwrap().last_use, Some(PlateUse::Used));
    kiosk.close();

    let again = open(data.path(), "booth").unwrap();
    again.operator().unlock("店长", "246810").unwrap();
    assert_eq!(again.operator().studio().unwrap().clean_plate.unwrap().sha256, plate.sha256);
    assert!(again.operator().discard_plate().unwrap().clean_plate.is_none());
}

#[test]
fn a_calibration_that_is_not_there_is_shown_and_photos_are_made_without_it() {
    let data = tempfile::tempdir().unwrap();
    let Some(kiosk) = open(data.path(), "no-such-camera") else { return };
    let faults = kiosk.view().1.status.faults;
    assert_eq!(faults[0].code, FaultCode::CalibrationUnknown);
    assert!(faults[0].detail.contains("neutral"), "what there is: {}", faults[0].detail);
    kiosk.operator().set_pin("246810", None).unwrap();
    assert!(kiosk.operator().studio().unwrap().calibration.is_none());
}
