//! Codes as cameras and files show them, and pictures made to do harm.

#![allow(clippy::disallowed_methods, reason = "a test may draw and measure with any sine")]
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where clippy.toml allows it, are not inside #[test]"
)]

#[allow(clippy::disallowed_methods, reason = "pictures for a test may be drawn with any sine")]
#[path = "../../kiosk-proof/src/scan/frames/mod.rs"]
mod qr_frames;

use std::time::{Duration, Instant};

use image::{DynamicImage, GrayImage, Luma, Rgba, imageops};
use kiosk_vision::qr::{CodeReading, CodeScanner, Encoding, LIVE_BUDGET, STILL_BUDGET, read_still};
use qr_frames::{
    CodeFrame, HEIGHT, Random, Trouble, WIDTH, code_frame, idle_frame, lattice, payload, screenshot,
};
use qrcode::bits::Bits;
use qrcode::{EcLevel, QrCode, Version};

/// Every step runs to its end, so that a loaded machine reads what an idle one reads.
const NO_HURRY: Duration = Duration::from_mins(1);

fn first_look(frame: &GrayImage) -> Vec<CodeReading> {
    CodeScanner::new(NO_HURRY).scan(frame)
}

#[test]
fn clear_codes_are_read_where_they_are() {
    for trouble in [Trouble::Clear, Trouble::Tilt, Trouble::Inverted, Trouble::Small] {
        for seed in 100..104 {
            let CodeFrame { image, payload, version, corners } = code_frame(trouble, seed);
            let readings = first_look(&image);
            assert_eq!(readings.len(), 1, "{trouble:?} {seed}");
            assert_eq!(
                (&readings[0].payload, readings[0].version),
                (&payload, version),
                "{trouble:?} {seed}"
            );
            for (read, drawn) in readings[0].corners.iter().zip(corners) {
                let off = (read[0] - drawn[0]).hypot(read[1] - drawn[1]);
                assert!(off < 4.0, "{trouble:?} {seed}: {read:?} is {off} px from {drawn:?}");
            }
        }
    }
}

/// The measured figures are in `SCAN.md` of kiosk-proof; this holds them from below.
#[test]
fn troubled_frames_are_read_at_the_measured_rate_and_never_wrongly() {
    const SEEDS: u64 = 10;
    let mut read = 0;
    for trouble in Trouble::ALL {
        let frames = (0..SEEDS).map(|seed| code_frame(trouble, seed));
        let hits = frames.filter(|frame| {
            let readings = first_look(&frame.image);
            assert!(
                readings.iter().all(|reading| reading.payload == frame.payload),
                "{trouble:?}: a wrong payload"
            );
            !readings.is_empty()
        });
        let hits = hits.count() as u64;
        println!("{trouble:?}: {hits} of {SEEDS}");
        read += hits;
    }
    let share = read as f64 / (SEEDS * Trouble::ALL.len() as u64) as f64;
    assert!(share >= 0.9, "{share:.3} of the frames were read");
}

#[test]
fn bytes_survive_exactly() {
    let every_byte: Vec<u8> = (0..=255).collect();
    let mut payloads =
        vec![every_byte, b"0123456789".to_vec(), b"ABC-123 $%*".to_vec(), vec![0; 40], vec![0xff; 3]];
    payloads.push("姓名 ｘ（３）\u{feff}".as_bytes().to_vec());
    payloads.push(vec![0xd0, 0xd5, 0xc3, 0xfb, 0xb2, 0xe2]); // GBK
    payloads.push([b"12345678901234567890".as_slice(), b"mixed segments", b"ALPHA"].concat());
    for payload in payloads {
        let readings = read_still(&screenshot(&payload, 5), NO_HURRY);
        assert_eq!(readings.len(), 1, "{payload:?}");
        assert_eq!(readings[0].payload, payload);
        assert_eq!(readings[0].encoding, Encoding::Unstated);
    }
}

#[test]
fn segments_of_every_kind_give_their_raw_bytes() {
    let kanji = [0x93, 0x5f, 0xe4, 0xaa]; // 点茗 in Shift JIS, the standard's own example
    let mut bits = Bits::new(Version::Normal(5));
    bits.push_eci_designator(26).unwrap();
    bits.push_byte_data("é".as_bytes()).unwrap();
    bits.push_numeric_data(b"007").unwrap();
    bits.push_kanji_data(&kanji).unwrap();
    bits.push_alphanumeric_data(b"Z9").unwrap();
    bits.push_terminator(EcLevel::M).unwrap();
    let code = QrCode::with_bits(bits, EcLevel::M).unwrap();
    let readings = read_still(&drawn(&code, 6), NO_HURRY);
    assert_eq!(readings[0].payload, [[0xc3, 0xa9].as_slice(), b"007", &kanji, b"Z9"].concat());
    assert_eq!(readings[0].encoding, Encoding::Eci);
    assert_eq!(readings[0].text, None, "two character sets");
}

/// The character set's number in an ECI, its bytes, and what they say.
#[test]
fn text_is_told_where_the_symbol_makes_it_certain() {
    let (utf8, gb18030) = ("姓名：张三".as_bytes(), encoding_rs::GB18030.encode("姓名：张三").0);
    let cases: [(Option<u32>, &[u8], Option<&str>); 7] = [
        (None, utf8, Some("姓名：张三")),
        (None, &gb18030, None),
        (Some(26), utf8, Some("姓名：张三")),
        (Some(29), &gb18030, Some("姓名：张三")),
        (Some(20), &[0x93, 0x5f, 0xe4, 0xaa], Some("点茗")),
        (Some(899), &[0x93, 0x00, 0xff], None),
        (None, &[0xc3, 0xa9], None),
    ];
    for (eci, bytes, text) in cases {
        let mut bits = Bits::new(Version::Normal(4));
        if let Some(eci) = eci {
            bits.push_eci_designator(eci).unwrap();
        }
        bits.push_byte_data(bytes).unwrap();
        bits.push_terminator(EcLevel::M).unwrap();
        let readings = read_still(&drawn(&QrCode::with_bits(bits, EcLevel::M).unwrap(), 6), NO_HURRY);
        assert_eq!(readings[0].payload, bytes, "{eci:?}");
        assert_eq!(readings[0].text.as_deref(), text, "{eci:?} {bytes:x?}");
    }
}

fn drawn(code: &QrCode, module: u32) -> GrayImage {
    let side = code.width() as u32 + 8;
    GrayImage::from_fn(side * module, side * module, |x, y| {
        let (x, y) = ((x / module) as usize, (y / module) as usize);
        let inside = (4..side as usize - 4).contains(&x) && (4..side as usize - 4).contains(&y);
        Luma([if inside && code[(x - 4, y - 4)] == qrcode::Color::Dark { 0 } else { 255 }])
    })
}

#[test]
fn a_page_gives_all_its_codes() {
    let mut random = Random::new(7);
    let payloads: Vec<Vec<u8>> = (0..4).map(|_| payload(&mut random)).collect();
    let mut page = GrayImage::from_pixel(1600, 2000, Luma([240]));
    for (place, payload) in [(60, 80), (900, 100), (100, 1100), (850, 1200)].into_iter().zip(&payloads) {
        imageops::replace(&mut page, &screenshot(payload, 6), place.0, place.1);
    }
    let mut read: Vec<Vec<u8>> =
        read_still(&page, NO_HURRY).into_iter().map(|reading| reading.payload).collect();
    read.sort();
    let mut expected = payloads;
    expected.sort();
    assert!(read == expected, "{} codes of 4, or not these", read.len());
}

#[test]
fn small_and_huge_files_are_read() {
    let payload = b"a collection code in a file of an unusual size".as_slice();
    for module in [1, 2, 40, 120] {
        let readings = read_still(&screenshot(payload, module), NO_HURRY);
        assert_eq!(readings.len(), 1, "{module} px a module");
        assert_eq!(readings[0].payload, payload);
        let expected = 4.0 * module as f32;
        let corner = readings[0].corners[0];
        assert!(
            corner.iter().all(|axis| (axis - expected).abs() < module as f32),
            "{corner:?} at {module} px"
        );
    }
    let mut page = GrayImage::from_pixel(3000, 4000, Luma([255]));
    imageops::replace(&mut page, &screenshot(payload, 3), 2000, 3300);
    assert_eq!(read_still(&page, NO_HURRY).len(), 1, "a stamp on a large scan");
}

#[test]
fn a_screenshot_without_a_quiet_zone_is_read() {
    let picture = screenshot(b"cut at its very edge", 7);
    let side = picture.width() - 2 * 4 * 7;
    let cut = imageops::crop_imm(&picture, 28, 28, side, side).to_image();
    assert_eq!(read_still(&cut, NO_HURRY).len(), 1);
}

/// A bound against hanging, not a measurement: ten seconds for what takes 30 and 250 ms.
#[test]
fn hostile_pictures_end_without_a_code() {
    let mut random = Random::new(3);
    let mut noise = |width, height| GrayImage::from_fn(width, height, |_, _| Luma([random.bits() as u8]));
    let mut pictures = vec![noise(WIDTH, HEIGHT), noise(77, 1900), noise(41, 41), noise(21, 22)];
    for (width, height) in [
        (0, 0),
        (0, 9),
        (1, 1),
        (1, 5000),
        (20000, 16),
        (16, 20000),
        (21, 21),
        (40, 5000),
        (5000, 41),
        (4000, 3000),
    ] {
        pictures.push(GrayImage::new(width, height));
        pictures.push(GrayImage::from_pixel(width, height, Luma([255])));
    }
    for module in [1, 2, 3, 8] {
        pictures.push(lattice(WIDTH, HEIGHT, module));
        pictures.push(GrayImage::from_fn(WIDTH, HEIGHT, |x, y| {
            Luma([((x / module + y / module) % 2 * 255) as u8])
        }));
        pictures.push(GrayImage::from_fn(WIDTH, HEIGHT, |x, _| Luma([(x / module % 2 * 255) as u8])));
    }
    pictures.push(lattice(4000, 3000, 1));
    for picture in &pictures {
        let started = Instant::now();
        assert_eq!(CodeScanner::new(LIVE_BUDGET).scan(picture), [], "{:?}", picture.dimensions());
        assert_eq!(read_still(picture, STILL_BUDGET), [], "{:?}", picture.dimensions());
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{:?} took {:?}",
            picture.dimensions(),
            started.elapsed()
        );
    }
}

#[test]
fn a_code_among_idle_frames_is_met_within_five_frames_and_then_tracked() {
    let idle = idle_frame(5);
    let shown = code_frame(Trouble::Clear, 5);
    for wait in 40..45 {
        let mut scanner = CodeScanner::new(NO_HURRY);
        for _ in 0..wait {
            assert_eq!(scanner.scan(&idle), []);
        }
        let reads: Vec<bool> = (0..8).map(|_| !scanner.scan(&shown.image).is_empty()).collect();
        let met = reads.iter().position(|read| *read).unwrap();
        assert!(met < 5, "after {wait} idle frames: {reads:?}");
        assert!(reads[met..].iter().all(|read| *read), "after {wait} idle frames: {reads:?}");
    }
}

#[test]
fn large_frames_are_scanned_and_placed_at_their_own_size() {
    let shown = code_frame(Trouble::Clear, 2);
    let large = imageops::resize(&shown.image, WIDTH * 3, HEIGHT * 3, imageops::FilterType::Triangle);
    let readings = first_look(&large);
    assert_eq!(readings[0].payload, shown.payload);
    let off = (readings[0].corners[2][0] - 3.0 * shown.corners[2][0]).abs();
    assert!(off < 12.0, "{off} px");
}

/// zxing-cpp's public test pictures: not in the repository, tested where the shared folder is present.
#[test]
fn public_pictures_are_read_at_the_measured_rate() {
    let Some(folder) = kiosk_tests::shared("qr") else { return };
    let list = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    let mut read = 0;
    for case in &cases {
        let name = case["file"].as_str().unwrap();
        let expected = from_hex(case["payload_hex"].as_str().unwrap());
        let picture = luma_on_white(&image::open(folder.join(name)).unwrap());
        let readings = read_still(&picture, NO_HURRY);
        let right = readings.iter().any(|reading| same_content(&reading.payload, &expected));
        if !right {
            let got: Vec<_> =
                readings.iter().map(|reading| String::from_utf8_lossy(&reading.payload)).collect();
            println!(
                "{name} {:?}: {got:?} for {:?}",
                picture.dimensions(),
                String::from_utf8_lossy(&expected)
            );
        }
        read += usize::from(right);
    }
    let share = read as f64 / cases.len() as f64;
    println!("{read} of {} ({:.1} %)", cases.len(), 100.0 * share);
    assert!(share >= 0.96, "{share:.3} of the public pictures were read");
}

/// The list holds UTF-8 text where Japanese and Chinese codes hold bytes of their own sets.
fn same_content(payload: &[u8], expected: &[u8]) -> bool {
    let sets = [encoding_rs::SHIFT_JIS, encoding_rs::GB18030];
    payload == expected || sets.iter().any(|set| set.decode(payload).0.as_bytes() == expected)
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

fn luma_on_white(picture: &DynamicImage) -> GrayImage {
    let mut white = image::RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
    imageops::overlay(&mut white, &picture.to_rgba8(), 0, 0);
    DynamicImage::ImageRgba8(white).into_luma8()
}
