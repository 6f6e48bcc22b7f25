//! Invented students' orders, as a visit would leave them in the log.

use std::path::Path;
use std::sync::Arc;

use kiosk_core::collection_code::CodeFields;
use kiosk_core::consent::{Consent, ShownNotice};
use kiosk_core::id_document::mod_11_2_check;
use kiosk_core::order::{LocalDay, NewOrder, Person};
use kiosk_core::report::{FileFacts, PhotoReport, ShotSource, Timings};
use kiosk_core::session::SessionId;
use kiosk_core::{CollectionCode, Fen, Geometry, IdNumber, Transform};
use kiosk_store::{FILE_NAME, Opening, Store};
use sha2::{Digest as _, Sha256};

/// The day of all of them.
const DAY: LocalDay = LocalDay { year: 2026, month: 11, day: 21 };

/// The `n`th student's order of 20 yuan; the photo is noise of this size, which no other student has.
pub fn order(n: u32, photo_bytes: usize) -> NewOrder {
    let noise = (0_u32..).flat_map(|at| Sha256::digest([n.to_le_bytes(), at.to_le_bytes()].concat()));
    let photo: Arc<[u8]> =
        [0xFF, 0xD8].into_iter().chain(noise.take(photo_bytes)).chain([0xFF, 0xD9]).collect();
    let sum = kiosk_core::hex::hex(&Sha256::digest(&photo));
    NewOrder {
        session: SessionId(format!("01a2b3c4-d5e6-7000-8000-{n:012x}")),
        code: CollectionCode::open(&CodeFields { code: Some(format!("{n:016x}")), ..CodeFields::default() }),
        person: Person {
            id_number: IdNumber::parse(&id_number(n)).unwrap(),
            name: Some(format!("测试·第{n}号")),
            student_number: Some(format!("T2026{n:03}")),
            school: Some("虚构大学".to_owned()),
            college: None,
            class: Some("1班".to_owned()),
        },
        consent: Consent { notice: ShownNotice::default(), at: 1, guardian: false, comparison: false },
        report: PhotoReport {
            profile: "xueli-2017-99".to_owned(),
            transform: Transform { scale: 0.5, offset_x: 0.0, offset_y: 0.0 },
            geometry: Geometry { head_top: 80.0, eye_line: 250.0, face_width: 240.0, centre_x: 240.0 },
            checks: Vec::new(),
            file: FileFacts { bytes: photo.len() as u32, quality: 90, width: 480, height: 640, dpi: 300 },
            shot_sha256: sum.clone(),
            photo_sha256: sum,
            models: Vec::new(),
            version: "0.1.0".to_owned(),
            timings_ms: Timings::default(),
            source: ShotSource::Camera,
            burst: None,
            provenance: Box::default(),
        },
        photo,
        shot: None,
        overridden: None,
        likeness: None,
        price: Fen(2_000),
        accepted_at: 1_795_248_000_000,
    }
}

/// A valid number of a place that does not exist.
pub fn id_number(n: u32) -> String {
    let body = format!("11000019990101{n:03}");
    format!("{body}{}", mod_11_2_check(&body).unwrap())
}

/// A data folder with orders 261121-A001 and so on.
pub fn data_with_orders(folder: &Path, count: u32, photo_bytes: usize) {
    let mut store = Store::open(&folder.join(FILE_NAME), Opening::at_station('A')).unwrap();
    for n in 1..=count {
        store.accept(&order(n, photo_bytes), DAY).unwrap();
    }
}
