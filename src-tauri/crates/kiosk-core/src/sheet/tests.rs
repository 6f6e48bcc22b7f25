#![allow(clippy::float_cmp, reason = "laid out from whole millimetres, which a float holds exactly")]

use proptest::prelude::*;

use super::*;

fn sheet(students: usize, change: impl FnOnce(&mut SheetOptions)) -> Sheet {
    let mut options = SheetOptions::new(Paper::SIX_INCH);
    change(&mut options);
    lay_out(students, &options).unwrap()
}

#[test]
fn six_inch_default_is_four_and_one_with_the_label_in_the_free_cells() {
    let sheet = sheet(3, |_| ());
    assert_eq!((sheet.page_width, sheet.page_height, sheet.pages.len()), (152.0, 102.0, 3));
    let page = &sheet.pages[1];
    let corners: Vec<_> = page.photos.iter().map(|p| (p.rect.x, p.rect.y)).collect();
    assert_eq!(corners, [(10.0, 3.0), (43.0, 3.0), (76.0, 3.0), (109.0, 3.0), (10.0, 51.0)]);
    assert_eq!(page.labels[0].area, Rect { x: 43.0, y: 51.0, width: 99.0, height: 48.0 });
    assert_eq!(page.labels[0].student, 1);
    assert!(page.photos.iter().all(|p| p.student == 1 && !p.turned));
}

#[test]
fn papers_need_as_many_pages_as_the_trade_expects() {
    let pages = |paper, arrangement| {
        sheet(200, |o| *o = SheetOptions { arrangement, ..SheetOptions::new(paper) }).pages.len()
    };
    let labelled = Arrangement::PerStudent { label: true };
    assert_eq!(pages(Paper::FIVE_INCH, labelled), 200);
    assert_eq!(pages(Paper::SIX_INCH, labelled), 200);
    assert_eq!(pages(Paper::A4, labelled), 34);
    assert_eq!(pages(Paper::FIVE_INCH, Arrangement::Ganged), 200);
    assert_eq!(pages(Paper::SIX_INCH, Arrangement::Ganged), 125);
    assert_eq!(pages(Paper::A4, Arrangement::Ganged), 28);
}

#[test]
fn a_set_on_a4_is_one_row_with_its_label() {
    let sheet = sheet(7, |o| *o = SheetOptions::new(Paper::A4));
    assert_eq!(sheet.pages.len(), 2);
    let first_row: Vec<_> = sheet.pages[0].photos.iter().filter(|p| p.student == 0).collect();
    assert!(first_row.windows(2).all(|w| w[0].rect.y == w[1].rect.y && w[0].rect.right() == w[1].rect.x));
    assert_eq!(sheet.pages[0].labels[0].area.x, first_row[4].rect.right());
    assert_eq!(sheet.pages[1].photos.len(), 5);
}

#[test]
fn waste_is_the_paper_that_is_no_photo() {
    let sheet = sheet(8, |o| o.arrangement = Arrangement::Ganged);
    let expected = 100.0 * (1.0 - 40.0 * 33.0 * 48.0 / (5.0 * 102.0 * 152.0));
    assert!((sheet.waste_percent - expected).abs() < 1e-9);
    assert_eq!((sheet.students, sheet.copies), (8, 40));
}

#[test]
fn a_set_larger_than_a_page_goes_on_over_the_next_with_its_label() {
    let sheet = sheet(2, |o| o.copies = 17);
    let per_page: Vec<_> = sheet.pages.iter().map(|p| (p.photos.len(), p.labels[0].student)).collect();
    assert_eq!(per_page, [(6, 0), (6, 0), (5, 0), (6, 1), (6, 1), (5, 1)]);
}

#[test]
fn what_cannot_be_done_is_said() {
    let fails = |change: fn(&mut SheetOptions)| {
        let mut options = SheetOptions::new(Paper::SIX_INCH);
        change(&mut options);
        lay_out(1, &options).unwrap_err()
    };
    assert_eq!(lay_out(0, &SheetOptions::new(Paper::A4)), Err(SheetError::NoStudents));
    assert_eq!(fails(|o| o.copies = 0), SheetError::BadCopies(0));
    assert!(matches!(fails(|o| o.gap = -1.0), SheetError::BadSize(_)));
    assert!(matches!(
        fails(|o| o.format = PrintFormat { width: 150.0, height: 150.0 }),
        SheetError::PaperTooSmall { .. }
    ));
    assert!(matches!(
        fails(|o| o.format = PrintFormat { width: 90.0, height: 140.0 }),
        SheetError::NoRoomForLabel(_)
    ));
}

#[test]
fn a_landscape_page_is_corrected_along_its_own_axes() {
    let sheet = sheet(1, |o| o.calibration.offset_mm = Offset { x: 0.5, y: 0.2 });
    assert_eq!(sheet.correction, Offset { x: 0.2, y: -0.5 });
}

#[test]
fn shared_cuts_are_marked_once_and_outside() {
    let sheet = sheet(1, |_| ());
    let page = &sheet.pages[0];
    // Above: five column edges. Below: the fifth print's two edges. Left: three row edges. Right: two edges of the
    // upper row. In the label's margin: the lower edge of the fifth print, and three column edges of the upper row.
    assert_eq!(page.marks.len(), 5 + 2 + 3 + 2 + 1 + 3);
}

#[test]
fn the_shipped_printers_hold_the_sets_that_we_promise() {
    for text in [
        include_str!("../../../../../calibration/printers/dye-sub.toml"),
        include_str!("../../../../../calibration/printers/office.toml"),
    ] {
        let printer = crate::calibration::Printer::from_toml(text).unwrap();
        for (paper, pages) in [(Paper::FIVE_INCH, 6), (Paper::SIX_INCH, 6), (Paper::A4, 1)] {
            let calibration = printer.paper(&paper.to_string());
            let options = SheetOptions { calibration, ..SheetOptions::new(paper) };
            assert_eq!(lay_out(6, &options).unwrap().pages.len(), pages, "{} on {paper}", printer.id);
        }
    }
}

/// On every paper and for every print size that is offered, a labelled set has its order number as bars clear of the text, but for one:
/// five prints of 35 mm leave a label on A4 that is too narrow and too low for both.
#[test]
fn every_usual_label_has_room_for_the_order_number_as_bars() {
    for paper in [Paper::FIVE_INCH, Paper::SIX_INCH, Paper::A4] {
        for format in [PrintFormat::DIPLOMA, PrintFormat::ONE_INCH, PrintFormat::TWO_INCH] {
            let sheet = sheet(2, |o| *o = SheetOptions { format, ..SheetOptions::new(paper) });
            for label in sheet.pages.iter().flat_map(|page| &page.labels) {
                if (format, paper) == (PrintFormat::TWO_INCH, Paper::A4) {
                    assert_eq!((label.barcode, label.area.width), (None, 24.0));
                    continue;
                }
                let area = label.barcode.unwrap_or_else(|| panic!("{format} on {paper}: {:?}", label.area));
                assert!(label.area.contains(&area));
                assert!(!code128::bars("261121-A007", &area).is_empty(), "{format} on {paper}");
                let clear =
                    |run: &LabelRun| run.baseline <= area.y || run.x + run.max_width <= area.x + TOLERANCE;
                assert!(label.runs.iter().all(clear), "{format} on {paper}: text on the bars");
            }
        }
    }
}

fn any_options() -> impl Strategy<Value = SheetOptions> {
    let paper = prop_oneof![
        Just(Paper::FIVE_INCH),
        Just(Paper::SIX_INCH),
        Just(Paper::A4),
        (80.0..400.0, 80.0..400.0).prop_map(|(a, b)| Paper::custom(a, b).unwrap()),
    ];
    let format = prop_oneof![
        Just(PrintFormat::DIPLOMA),
        Just(PrintFormat::ONE_INCH),
        Just(PrintFormat::TWO_INCH),
        (20.0..60.0, 20.0..60.0).prop_map(|(width, height)| PrintFormat { width, height }),
    ];
    let arrangement = prop_oneof![
        Just(Arrangement::Ganged),
        any::<bool>().prop_map(|label| Arrangement::PerStudent { label }),
    ];
    let gap = prop_oneof![Just(0.0), 0.0..4.0];
    let margin = 0.0..8.0;
    let margins = (margin.clone(), margin.clone(), margin.clone(), margin);
    (paper, format, 1..12_u32, arrangement, gap, margins).prop_map(
        |(paper, format, copies, arrangement, gap, (top, right, bottom, left))| {
            let mut options = SheetOptions::new(paper);
            options.calibration.safe_margin_mm = Margins { top, right, bottom, left };
            SheetOptions { format, copies, arrangement, gap, ..options }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_sheet_is_sound(options in any_options(), students in 1..20_usize) {
        let Ok(sheet) = lay_out(students, &options) else { return Ok(()) };
        let mut seen = Vec::new();
        for page in &sheet.pages {
            let areas: Vec<Rect> =
                page.photos.iter().map(|p| p.rect).chain(page.labels.iter().map(|l| l.area)).collect();
            for (i, area) in areas.iter().enumerate() {
                prop_assert!(sheet.safe_area.contains(area), "{area:?} leaves {:?}", sheet.safe_area);
                prop_assert!(!areas[..i].iter().any(|other| other.overlaps(area)), "{area:?} overlaps");
            }
            for photo in &page.photos {
                let (w, h) = (photo.rect.width, photo.rect.height);
                let size = if photo.turned { (h, w) } else { (w, h) };
                prop_assert!((size.0 - options.format.width).abs() < 1e-9 && (size.1 - options.format.height).abs() < 1e-9);
                seen.push((photo.student, photo.copy));
            }
            for mark in &page.marks {
                let (x, y) = (mark.from[0].min(mark.to[0]), mark.from[1].min(mark.to[1]));
                let line = Rect { x: x - 0.15, y: y - 0.15,
                    width: (mark.from[0] - mark.to[0]).abs() + 0.3, height: (mark.from[1] - mark.to[1]).abs() + 0.3 };
                prop_assert!(!page.photos.iter().any(|p| p.rect.overlaps(&line)), "{mark:?} on a print");
            }
            for label in &page.labels {
                for run in &label.runs {
                    let inside = Rect { x: run.x, y: run.baseline - run.em * 0.75, width: run.max_width, height: run.em * 0.9 };
                    prop_assert!(label.area.contains(&inside), "{run:?} leaves {:?}", label.area);
                }
            }
        }
        let expected: Vec<_> =
            (0..students).flat_map(|s| (0..options.copies).map(move |c| (s, c))).collect();
        prop_assert_eq!(seen, expected);
        prop_assert!((0.0..100.0).contains(&sheet.waste_percent));
    }
}
