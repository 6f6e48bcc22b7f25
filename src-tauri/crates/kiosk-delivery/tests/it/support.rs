//! Invented students and their photos.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jpeg_encoder::{ColorType, Encoder, PixelDensity, PixelDensityUnit};
use kiosk_core::profile::Naming;
use kiosk_delivery::export::{About, DeliverableOrder, DeliveryPlan, plan};
use sha2::Digest;

/// One invented student.
pub struct Invented {
    pub order: String,
    pub name: String,
    pub student_number: String,
    pub class: String,
    pub id_number: String,
    pub photo: Arc<[u8]>,
}

const SURNAMES: [&str; 10] = ["测", "试", "虚", "构", "例", "样", "甲", "乙", "丙", "丁"];
const NAMES: [&str; 10] = ["子", "丑", "寅卯", "辰", "巳午", "未", "申酉", "戌", "亥", "元"];

/// Student number `index`; the same every time.
pub fn student(index: usize) -> Invented {
    Invented {
        order: format!("261121-A{:03}", index + 1),
        name: format!("{}·{}", SURNAMES[index % 10], NAMES[index / 10 % 10]),
        student_number: format!("2026{:08}", 10_100 + index),
        class: format!("虚构工程 {:04} 班", 2201 + index / 40),
        id_number: id_number(index),
        photo: photo(index),
    }
}

/// A valid number of a place that does not exist (110000 with a birthday in 2004).
fn id_number(index: usize) -> String {
    let body = format!("1100002004{:02}{:02}{:03}", 1 + index / 28 % 12, 1 + index % 28, index / 336);
    let check = kiosk_core::id_document::mod_11_2_check(&body).unwrap();
    format!("{body}{check}")
}

/// A drawn bust before light blue, 480×640, different for each index.
pub fn photo(index: usize) -> Arc<[u8]> {
    let shade = |base: u8, step: usize| base.wrapping_add((index * step % 60) as u8);
    let (hair, skin, shirt) = (
        [shade(20, 7), shade(15, 5), 20],
        [shade(190, 3), shade(150, 3), 130],
        [shade(60, 11), shade(80, 13), 140],
    );
    picture(480, 640, |x, y| {
        let inside =
            |cx: f64, cy: f64, rx: f64, ry: f64| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) < 1.0;
        if inside(240.0, 275.0, 115.0, 150.0) && y > 165.0 + 6.0 * (x / 17.0).sin() {
            let feature = inside(195.0, 255.0, 18.0, 8.0)
                || inside(285.0, 255.0, 18.0, 8.0)
                || inside(240.0, 350.0, 35.0, 6.0);
            if feature { hair } else { skin }
        } else if inside(240.0, 245.0, 135.0, 165.0) && y < 300.0 {
            hair
        } else if inside(240.0, 690.0, 235.0, 230.0) {
            let grain = ((x * 0.7).sin() * (y * 0.9).cos() * 6.0) as i16;
            shirt.map(|c| (i16::from(c) + grain).clamp(0, 255) as u8)
        } else if inside(240.0, 440.0, 55.0, 90.0) {
            skin
        } else {
            [100, 197, 255]
        }
    })
}

pub fn picture(width: u16, height: u16, colour: impl Fn(f64, f64) -> [u8; 3]) -> Arc<[u8]> {
    let (w, h) = (usize::from(width), usize::from(height));
    let pixels: Vec<u8> =
        (0..w * h).flat_map(|i| colour((i % w) as f64 + 0.5, (i / w) as f64 + 0.5)).collect();
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 88);
    encoder.set_density(PixelDensity { density: (300, 300), unit: PixelDensityUnit::Inches });
    encoder.encode(&pixels, width, height, ColorType::Rgb).unwrap();
    jpeg.into()
}

/// Noto Sans SC from the packages of the user interface; `None`, with a word about it, before `npm ci`.
pub fn label_font() -> Option<Vec<u8>> {
    let font =
        root().join("ui/node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf");
    let bytes = std::fs::read(font).ok();
    if bytes.is_none() {
        eprintln!("skipped: no label font; run `npm ci --ignore-scripts` in ui/");
    }
    bytes
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap().to_path_buf()
}

/// Whether a tool of the machine can be run; says so when not.
pub fn tool(name: &str) -> bool {
    let found = std::process::Command::new(name).arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: {name} is not installed");
    }
    found
}

/// The students as the engine hands them over.
pub fn orders(count: usize) -> Vec<DeliverableOrder> {
    (0..count).map(|index| order(&student(index))).collect()
}

fn order(student: &Invented) -> DeliverableOrder {
    DeliverableOrder {
        number: student.order.clone(),
        id_number: student.id_number.clone(),
        name: Some(student.name.clone()),
        student_number: Some(student.student_number.clone()),
        school: Some("虚构大学".to_owned()),
        college: Some("虚构学院".to_owned()),
        class: Some(student.class.clone()),
        code: None,
        accepted_at: CREATED,
        photo_sha256: sha2::Sha256::digest(&student.photo).into(),
        photo: student.photo.clone(),
    }
}

/// 2026-11-18 11:06:40 UTC.
pub const CREATED: i64 = 1_795_000_000_000;

pub fn about() -> About {
    About {
        title: "虚构大学 2026-11-18".to_owned(),
        scope: "虚构大学".to_owned(),
        at: CREATED,
        utc_offset_minutes: 480,
        software: "photo-kiosk test".to_owned(),
    }
}

pub fn naming(template: &str) -> Naming {
    Naming { template: template.to_owned(), extension: "jpg".to_owned() }
}

/// A plan by ID number, without a roster.
pub fn planned(orders: &[DeliverableOrder]) -> DeliveryPlan {
    plan(orders, &naming("{id_number}"), None, None, &about()).unwrap()
}

pub fn planned_at(orders: &[DeliverableOrder], at: i64) -> DeliveryPlan {
    plan(orders, &naming("{id_number}"), None, None, &About { at, ..about() }).unwrap()
}
