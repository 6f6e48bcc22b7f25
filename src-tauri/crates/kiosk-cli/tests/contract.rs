//! The `kiosk` command as other programs call it: names, JSON keys, exit codes.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not inside #[test]")]

mod support;

use std::fs;
use std::path::Path;

use kiosk_camera::{FrameSource, InventedStudent, Pacing, SimulatedStudio, StudioOptions};
use support::{Run, kiosk, models_are_there, portraits};

#[test]
fn a_visit_becomes_an_order_a_sheet_and_a_delivery_that_shows_every_change() {
    if !models_are_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();

    let visits = kiosk(&[
        "visit",
        "--data",
        data,
        "--camera",
        "simulated",
        "--students",
        "2",
        "--seed",
        "11",
        "--json",
    ]);
    assert_eq!(visits.code, 0, "{visits:?}");
    let orders: Vec<String> = visits
        .lines()
        .iter()
        .map(|visit| {
            assert_eq!(visit["outcome"], "accepted");
            for stage in ["scan", "frame", "standardise", "commit", "total"] {
                assert!(visit["ms"][stage].as_f64().unwrap() > 0.0, "{visit}");
            }
            visit["order"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(orders.len(), 2);
    let student = InventedStudent::new(11, 0);
    assert!(!visits.stdout.contains(&student.id_number) && !visits.stderr.contains(&student.id_number));

    let listed = kiosk(&["orders", "--data", data, "--find", &student.student_number, "--json"]);
    assert_eq!((listed.code, listed.lines().len()), (0, 1));
    assert_eq!(listed.lines()[0]["number"], orders[0].as_str());
    assert!(!listed.stdout.contains(&student.id_number), "a listing shows a whole number");

    let stick = folder.path().join("stick");
    let planned = kiosk(&["deliver", "--data", data, "--to", stick.to_str().unwrap(), "--plan", "--json"]);
    assert_eq!((planned.code, planned.lines()[0]["photos"].as_u64()), (0, Some(2)), "{planned:?}");
    assert_eq!(planned.lines()[0]["not_approved"].as_array().unwrap().len(), 2);
    assert!(!stick.exists(), "a plan writes nothing");
    let nobody =
        ["deliver", "--data", data, "--to", stick.to_str().unwrap(), "--class", "no such class", "--plan"];
    assert_eq!(kiosk(&nobody).code, 1, "nothing to deliver");

    let sheet = folder.path().join("sheet.pdf");
    let drawn =
        kiosk(&["sheet", "--data", data, "--paper", "6r", "--out", sheet.to_str().unwrap(), "--json"]);
    assert_eq!(drawn.code, 0, "{drawn:?}");
    assert_eq!(drawn.lines()[0]["copies"], 10);
    assert!(fs::read(&sheet).unwrap().starts_with(b"%PDF-"));

    let delivered = kiosk(&["deliver", "--data", data, "--to", stick.to_str().unwrap(), "--json"]);
    assert_eq!(delivered.code, 0, "{delivered:?}");
    assert_eq!(
        (delivered.lines()[0]["photos"].as_u64(), &delivered.lines()[0]["verified"]),
        (Some(2), &true.into())
    );
    let photo = stick.join("data").join(format!("{}.jpg", student.id_number));
    let validated = kiosk(&["validate", photo.to_str().unwrap(), "--json"]);
    let verdict = |id: &str| {
        let lines = validated.lines();
        let checks = lines[0]["checks"].as_array().unwrap();
        checks.iter().find(|check| check["id"] == id).unwrap()["verdict"].as_str().unwrap().to_owned()
    };
    for id in ["head_top", "eye_line", "face_width", "centred", "file_format", "dpi", "file_bytes"] {
        assert_ne!(verdict(id), "fail", "{id}: {validated:?}");
        assert_ne!(verdict(id), "unknown", "{id}");
    }

    assert_eq!(kiosk(&["verify", stick.to_str().unwrap(), "--json"]).code, 0);
    let mut bytes = fs::read(&photo).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&photo, bytes).unwrap();
    let verified = kiosk(&["verify", stick.to_str().unwrap(), "--json"]);
    assert_eq!(verified.code, 1);
    assert_eq!(verified.lines()[0]["changed"].as_array().unwrap().len(), 1);

    let doctor = kiosk(&["doctor", "--data", data, "--json"]);
    assert_eq!((doctor.code, &doctor.lines()[0]["healthy"]), (0, &true.into()));
}

#[test]
fn a_phone_in_a_frame_is_scanned_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("frame.jpg");
    let student = InventedStudent::new(5, 0);
    let mut studio =
        SimulatedStudio::new(StudioOptions { pacing: Pacing::Simulated, auto: None, ..Default::default() });
    studio.control().show_code(&student.code_payload);
    let frame = (0..40).map(|_| studio.next_frame(std::time::Duration::ZERO).unwrap()).last().unwrap();
    fs::write(&picture, &frame.jpeg).unwrap();

    let scanned = kiosk(&["scan", picture.to_str().unwrap(), "--json"]);
    assert_eq!(scanned.code, 0, "{scanned:?}");
    let code = scanned.lines()[0]["codes"][0].clone();
    assert_eq!(code["kind"], "chsi_json");
    assert_eq!(code["text"].as_str().unwrap().as_bytes(), student.code_payload);
    assert_eq!(code["fields"]["student_number"], student.student_number);
    assert_eq!(code["corners"].as_array().unwrap().len(), 4);
}

#[test]
fn a_code_on_a_phone_that_was_held_sideways_is_read_upright() {
    let folder = tempfile::tempdir().unwrap();
    let student = InventedStudent::new(5, 0);
    let mut studio =
        SimulatedStudio::new(StudioOptions { pacing: Pacing::Simulated, auto: None, ..Default::default() });
    studio.control().show_code(&student.code_payload);
    let frame = (0..40).map(|_| studio.next_frame(std::time::Duration::ZERO).unwrap()).last().unwrap();
    let corners = |name: &str, file: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, file).unwrap();
        let scanned = kiosk(&["scan", path.to_str().unwrap(), "--json"]);
        assert_eq!(scanned.code, 0, "{scanned:?}");
        let corner = scanned.lines()[0]["codes"][0]["corners"][0].clone();
        [corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap()]
    };
    let [x, y] = corners("upright.jpg", &frame.jpeg);
    // Orientation 3: upside down.
    let mut turned = frame.jpeg[..2].to_vec();
    turned.extend(
        b"\xFF\xE1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0",
    );
    turned.extend(&frame.jpeg[2..]);
    let [u, v] = corners("turned.jpg", &turned);
    let (width, height) = (f64::from(frame.width), f64::from(frame.height));
    assert!((x + u - width).abs() < 3.0 && (y + v - height).abs() < 3.0, "{x} {y} {u} {v}");
}

#[test]
fn a_camera_is_measured_on_a_card_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let (card, out) = (folder.path().join("card.png"), folder.path().join("booth.toml"));
    image::RgbImage::from_pixel(300, 200, image::Rgb([100, 118, 110])).save(&card).unwrap();
    let calibrate = |card: &Path, more: &[&str]| {
        let fixed =
            ["calibrate", card.to_str().unwrap(), "--id", "booth", "--out", out.to_str().unwrap(), "--json"];
        kiosk(&[&fixed[..], more].concat())
    };
    let made = calibrate(&card, &["--reflectance", "0.18"]);
    assert_eq!(made.code, 0, "{made:?}");
    let gains = made.lines()[0]["white_balance"].clone();
    assert!(gains[0].as_f64().unwrap() > 1.3 && gains[1] == 1.0, "{gains}");
    assert!(made.lines()[0]["exposure_stops"].as_f64().unwrap().abs() < 0.02);
    assert!(fs::read_to_string(&out).unwrap().contains("[white_balance]"));
    let again = calibrate(&card, &[]);
    assert_eq!(again.code, 3, "an existing file is not replaced: {again:?}");

    fs::remove_file(&out).unwrap();
    image::RgbImage::from_fn(300, 200, |x, _| image::Rgb([x as u8; 3])).save(&card).unwrap();
    let uneven = calibrate(&card, &[]);
    assert_eq!((uneven.code, &uneven.lines()[0]["fault"]["code"]), (1, &"card_uneven".into()));
    assert!(!out.exists());
    assert_eq!(calibrate(&card, &["--reflectance", "7"]).code, 2);
    assert_eq!(calibrate(&card, &["--orientation", "45"]).code, 2);

    if !models_are_there() {
        return;
    }
    fs::write(&out, "id = 'x'").unwrap();
    let picture = card.to_str().unwrap();
    assert_eq!(kiosk(&["check", picture, "--camera", out.to_str().unwrap()]).code, 2);
    let neutral = kiosk_tests::repository().join("calibration/cameras/neutral.toml");
    let checked = kiosk(&["check", picture, "--camera", neutral.to_str().unwrap(), "--json"]);
    assert_eq!(checked.lines()[0]["calibration"]["id"], "neutral", "{checked:?}");
}

#[test]
fn exit_codes_tell_mistakes_from_shortcomings_and_surroundings() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = folder.path().join("nothing.jpg");
    let text = folder.path().join("text.jpg");
    fs::write(&text, "not a picture").unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();

    let code = |args: &[&str]| kiosk(args).code;
    assert_eq!(code(&["scan"]), 2);
    assert_eq!(code(&["scan", nothing.to_str().unwrap()]), 2);
    assert_eq!(code(&["scan", text.to_str().unwrap(), "--json"]), 1);
    assert_eq!(code(&["validate", text.to_str().unwrap(), "--profile", "no-such-school"]), 2);
    assert_eq!(code(&["visit", "--data", data, "--camera", "film"]), 2);
    assert_eq!(code(&["visit", "--data", data, "--camera", "webcam:no-such-camera"]), 3);
    assert_eq!(code(&["orders", "--data", nothing.to_str().unwrap(), "--find", "x"]), 3);
    assert_eq!(code(&["--version"]), 0);
}

#[test]
fn a_missing_model_is_named_and_nothing_is_passed() {
    let folder = tempfile::tempdir().unwrap();
    let assets = folder.path().join("assets");
    fs::create_dir_all(assets.join("models")).unwrap();
    fs::copy(kiosk_tests::repository().join("assets/models.toml"), assets.join("models.toml")).unwrap();
    copy_folder(&kiosk_tests::repository().join("calibration"), &assets.join("calibration"));
    let picture = folder.path().join("grey.png");
    image::GrayImage::from_pixel(64, 64, image::Luma([128])).save(&picture).unwrap();

    let checked =
        kiosk(&["check", picture.to_str().unwrap(), "--assets", assets.to_str().unwrap(), "--json"]);
    assert_eq!(checked.code, 3, "{checked:?}");
    assert!(checked.stderr.contains("model_missing"), "{checked:?}");
    let lines = checked.lines();
    let checks = lines[0]["checks"].as_array().unwrap();
    assert!(!checks.is_empty());
    assert!(checks.iter().all(|check| check["verdict"] == "unknown"), "{checked:?}");
}

/// Each portrait sits in front of the replayed camera for one visit.
#[test]
fn real_people_get_through_a_whole_visit() {
    let Some(portraits) = portraits() else { return };
    if !models_are_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("recording");
    fs::create_dir(&recording).unwrap();
    let mut names: Vec<_> = fs::read_dir(&portraits)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name.to_string_lossy().ends_with("_neutral.jpg"))
        .collect();
    names.sort();
    names.truncate(4);
    for name in &names {
        fs::copy(portraits.join(name), recording.join(name)).unwrap();
    }
    let camera = format!("replay:{}", recording.display());
    let data = folder.path().join("data");
    let visits =
        kiosk(&["visit", "--data", data.to_str().unwrap(), "--camera", &camera, "--students", "4", "--json"]);
    let accepted = visits.lines().iter().filter(|visit| visit["outcome"] == "accepted").count();
    assert!(accepted >= 3, "{visits:?}");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn standard_output_holds_json_only() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.jpg");
    fs::write(&text, "not a picture").unwrap();
    let run: Run = kiosk(&["scan", text.to_str().unwrap(), "--json"]);
    assert_eq!(run.lines().len(), 1);
    assert_eq!(run.lines()[0]["fault"]["code"], "image_unreadable");
}
