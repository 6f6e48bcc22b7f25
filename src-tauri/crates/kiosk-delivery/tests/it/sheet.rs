//! The printed page.

use std::process::Command;

use kiosk_core::sheet::{self, Arrangement, LabelField, Paper, PrintFormat, SheetOptions};
use kiosk_delivery::sheet_pdf::{LabelFont, SheetPdfError, SheetStudent, draw};
use lopdf::{Document, Object};

use crate::support::{self, CREATED, Invented};

fn on_sheet(student: &Invented) -> SheetStudent<'_> {
    SheetStudent {
        order_number: &student.order,
        name: Some(&student.name),
        student_number: Some(&student.student_number),
        class: Some(&student.class),
        last_four: Some(&student.id_number[14..]),
        photo: &student.photo,
    }
}

fn font() -> Option<LabelFont> {
    support::label_font().map(|bytes| LabelFont::parse(&bytes).unwrap())
}

fn pdf(students: usize, options: &SheetOptions, font: &LabelFont) -> Vec<u8> {
    let students: Vec<_> = (0..students).map(support::student).collect();
    let students: Vec<_> = students.iter().map(on_sheet).collect();
    let sheet = sheet::lay_out(students.len(), options).unwrap();
    draw(&sheet, &students, font, CREATED).unwrap()
}

fn images(pdf: &Document) -> Vec<Vec<u8>> {
    let streams = pdf.objects.values().filter_map(|object| object.as_stream().ok());
    let images = streams
        .filter(|s| s.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image"));
    images.map(|s| s.content.clone()).collect()
}

#[test]
fn each_photo_is_in_the_file_once_and_unchanged() {
    let Some(font) = font() else { return };
    let bytes = pdf(9, &SheetOptions::new(Paper::A4), &font);
    let pdf = Document::load_mem(&bytes).unwrap();
    let mut embedded = images(&pdf);
    let mut sources: Vec<_> = (0..9).map(|i| support::photo(i).to_vec()).collect();
    embedded.sort();
    sources.sort();
    assert!(embedded == sources, "{} images for 9 photos", embedded.len());
    let uses = pdf.get_pages().into_values().map(|page| {
        let content = pdf.get_page_content(page);
        content.windows(4).filter(|w| *w == b" Do\n").count()
    });
    assert_eq!(uses.sum::<usize>(), 45);
}

#[test]
fn the_file_says_what_a_printer_must_know() {
    let Some(font) = font() else { return };
    let bytes = pdf(1, &SheetOptions::new(Paper::SIX_INCH), &font);
    let pdf = Document::load_mem(&bytes).unwrap();
    assert_eq!(pdf.version, "1.7");
    let catalog = pdf.catalog().unwrap();
    let preferences = catalog.get(b"ViewerPreferences").and_then(Object::as_dict).unwrap();
    assert_eq!(preferences.get(b"PrintScaling").and_then(Object::as_name).unwrap(), b"None");
    let intents = catalog.get(b"OutputIntents").and_then(Object::as_array).unwrap();
    let intent = intents[0].as_dict().unwrap();
    let condition = intent.get(b"OutputConditionIdentifier").and_then(Object::as_str).unwrap();
    assert_eq!(condition, b"sRGB IEC61966-2.1");
    let info = pdf.trailer.get(b"Info").and_then(Object::as_reference).unwrap();
    let date = pdf.get_dictionary(info).unwrap().get(b"CreationDate").and_then(Object::as_str).unwrap();
    assert_eq!(date, b"D:20261118110640Z".as_slice());
    let page = pdf.get_dictionary(pdf.get_pages()[&1]).unwrap();
    let media = page.get(b"MediaBox").and_then(Object::as_array).unwrap();
    let width = media[2].as_float().unwrap() - media[0].as_float().unwrap();
    assert!((f64::from(width) - 152.0 * 72.0 / 25.4).abs() < 0.01);
}

#[test]
fn the_font_is_a_subset_and_the_text_can_be_searched() {
    let Some(font) = font() else { return };
    let bytes = pdf(5, &SheetOptions::new(Paper::A4), &font);
    assert!(bytes.len() < 5 * 45_000 + 60_000, "{} bytes", bytes.len());
    if !support::tool("pdftotext") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sheet.pdf");
    std::fs::write(&file, bytes).unwrap();
    let text = Command::new("pdftotext").arg(&file).arg("-").output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap();
    for index in 0..5 {
        let student = support::student(index);
        for value in [&student.name, &student.student_number, &student.order] {
            assert!(text.contains(value.as_str()), "{value} in {text}");
        }
    }
}

#[test]
fn the_same_sheet_is_the_same_bytes_and_another_has_another_identity() {
    let Some(font) = font() else { return };
    let options = SheetOptions::new(Paper::SIX_INCH);
    let (first, again, other) = (pdf(2, &options, &font), pdf(2, &options, &font), pdf(3, &options, &font));
    assert!(first == again);
    let id = |bytes: &[u8]| {
        let pdf = Document::load_mem(bytes).unwrap();
        pdf.trailer.get(b"ID").and_then(Object::as_array).unwrap()[0].as_str().unwrap().to_vec()
    };
    assert_eq!(id(&first).len(), 16);
    assert_ne!(id(&first), id(&other));
}

#[test]
fn a_character_without_a_glyph_is_named_by_order_and_code_point() {
    let Some(font) = font() else { return };
    let mut student = support::student(0);
    student.name = "测\u{10FFFD}".to_owned();
    let sheet = sheet::lay_out(1, &SheetOptions::new(Paper::SIX_INCH)).unwrap();
    let error = draw(&sheet, &[on_sheet(&student)], &font, CREATED).unwrap_err();
    let expected = SheetPdfError::GlyphMissing {
        order: student.order,
        field: LabelField::Name,
        code_point: 0x0010_FFFD,
    };
    assert_eq!(error, expected);
    assert!(!error.to_string().contains('测'));
}

#[test]
fn rare_name_characters_have_glyphs() {
    let Some(font) = font() else { return };
    // Of the extensions A and B, and the last of the 20,902 of GBK.
    for rare in ['㛃', '䶮', '𬭎', '𠅤', '龥', '齉', '·'] {
        assert!(font.has(rare), "{rare} U+{:04X}", u32::from(rare));
    }
}

#[test]
fn what_is_no_photo_is_refused_by_order_number() {
    let Some(font) = font() else { return };
    let student = support::student(0);
    let sheet = sheet::lay_out(1, &SheetOptions::new(Paper::SIX_INCH)).unwrap();
    let broken = SheetStudent { photo: &student.photo[..100], ..on_sheet(&student) };
    let error = draw(&sheet, &[broken], &font, CREATED).unwrap_err();
    assert!(matches!(error, SheetPdfError::PhotoUnusable { order, .. } if order == "261121-A001"));
    let error = draw(&sheet, &[], &font, CREATED).unwrap_err();
    assert_eq!(error, SheetPdfError::OtherStudents { sheet: 1, given: 0 });
}

/// A page at 600 dpi, one byte a pixel.
struct Rendered {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

impl Rendered {
    fn of(pdf: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sheet.pdf");
        std::fs::write(&file, pdf).unwrap();
        let out = Command::new("pdftoppm").args(["-r", "600", "-gray", "-singlefile"]).arg(&file).output();
        let pgm = out.unwrap().stdout;
        let header: Vec<_> = pgm.splitn(4, u8::is_ascii_whitespace).collect();
        assert_eq!(header[0], b"P5");
        let number = |text: &[u8]| std::str::from_utf8(text).unwrap().parse::<usize>().unwrap();
        let (width, height) = (number(header[1]), number(header[2]));
        let grey = pgm[pgm.len() - width * height..].to_vec();
        Self { width, height, grey }
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.grey[y * self.width + x] < 128
    }

    /// Runs of dark pixels that are longer than 10 mm, in millimetres: start and length.
    fn runs(dark: impl Iterator<Item = bool>) -> Vec<(f64, f64)> {
        let mut runs = Vec::new();
        let mut start = None;
        for (at, dark) in dark.chain([false]).enumerate() {
            match (dark, start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    runs.push((from as f64 * 25.4 / 600.0, (at - from) as f64 * 25.4 / 600.0));
                    start = None;
                }
                _ => (),
            }
        }
        runs.retain(|(_, length)| *length > 10.0);
        runs
    }
}

#[test]
fn prints_measure_what_they_should() {
    let Some(font) = font() else { return };
    if !support::tool("pdftoppm") {
        return;
    }
    // Dark all over, so that every edge against the paper can be found.
    let photo = support::picture(480, 640, |_, _| [30, 30, 30]);
    let student = Invented { photo, ..support::student(0) };
    for (format, paper) in [
        (PrintFormat::DIPLOMA, Paper::SIX_INCH),
        (PrintFormat::ONE_INCH, Paper::SIX_INCH),
        (PrintFormat::TWO_INCH, Paper::A4),
        (PrintFormat::DIPLOMA, Paper::FIVE_INCH),
    ] {
        let gap = if paper == Paper::FIVE_INCH { 0.5 } else { 1.0 };
        let arrangement = Arrangement::PerStudent { label: false };
        let options = SheetOptions { format, gap, arrangement, ..SheetOptions::new(paper) };
        let sheet = sheet::lay_out(1, &options).unwrap();
        let page = Rendered::of(&draw(&sheet, &[on_sheet(&student)], &font, CREATED).unwrap());
        assert!((page.width as f64 * 25.4 / 600.0 - sheet.page_width).abs() < 0.1);
        for placed in &sheet.pages[0].photos {
            let rect = placed.rect;
            let pixel = |mm: f64| (mm * 600.0 / 25.4).round() as usize;
            let (row, column) = (pixel(rect.y + rect.height / 2.0), pixel(rect.x + rect.width / 2.0));
            let across = Rendered::runs((0..page.width).map(|x| page.is_dark(x, row)));
            let down = Rendered::runs((0..page.height).map(|y| page.is_dark(column, y)));
            let finds = |runs: &[(f64, f64)], start: f64, length: f64| {
                runs.iter().any(|(s, l)| (s - start).abs() <= 0.1 && (l - length).abs() <= 0.1)
            };
            assert!(finds(&across, rect.x, rect.width), "{format} on {paper}: {rect:?} in {across:?}");
            assert!(finds(&down, rect.y, rect.height), "{format} on {paper}: {rect:?} in {down:?}");
        }
    }
}

/// Upright and lying prints show the same part of the photo, the right way round.
#[test]
fn a_print_shows_the_middle_440_columns_and_keeps_left_and_right() {
    let Some(font) = font() else { return };
    if !support::tool("pdftoppm") {
        return;
    }
    // Dark only in the top left quarter, and in the outer 20 columns that the crop takes away.
    let photo = support::picture(480, 640, |x, y| {
        let dark = (x < 240.0 && y < 320.0) || !(18.0..462.0).contains(&x);
        if dark { [20, 20, 20] } else { [250, 250, 250] }
    });
    let student = Invented { photo, ..support::student(0) };
    let options = SheetOptions {
        arrangement: Arrangement::PerStudent { label: false },
        ..SheetOptions::new(Paper::FIVE_INCH)
    };
    let sheet = sheet::lay_out(1, &options).unwrap();
    assert!(
        sheet.pages[0].photos.iter().any(|p| p.turned) && sheet.pages[0].photos.iter().any(|p| !p.turned)
    );
    let page = Rendered::of(&draw(&sheet, &[on_sheet(&student)], &font, CREATED).unwrap());
    for placed in &sheet.pages[0].photos {
        let rect = placed.rect;
        let dark = |u: f64, v: f64| {
            let (x, y) = if placed.turned {
                (rect.x + v * rect.width, rect.bottom() - u * rect.height)
            } else {
                (rect.x + u * rect.width, rect.y + v * rect.height)
            };
            page.is_dark((x * 600.0 / 25.4) as usize, (y * 600.0 / 25.4) as usize)
        };
        assert!(dark(0.25, 0.25) && dark(0.48, 0.48) && dark(0.02, 0.02), "{placed:?}");
        assert!(!dark(0.52, 0.48) && !dark(0.48, 0.52) && !dark(0.75, 0.75), "{placed:?}");
        assert!(!dark(0.01, 0.75) && !dark(0.99, 0.25), "{placed:?}");
    }
}
