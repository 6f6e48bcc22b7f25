//! The product cuts out better than the ways that it is compared with, on a small sample of the committed table.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are not inside #[test]")]

mod support;

use kiosk_proof::{MATTING_TABLE, MattingPlan, MattingWatch, Rival, prove_matting};

struct Nobody;

impl MattingWatch for Nobody {
    fn progress(&self, _: usize, _: usize) {}
    fn photo(&self, _: &image::RgbImage, _: &str) {}
}

#[test]
fn the_edge_is_far_better_than_the_masks_and_no_worse_than_closed_form() {
    let Some(models) = support::models() else { return };
    let plan = MattingPlan {
        profile: support::profile(),
        portraits: Vec::new(),
        only: None,
        quick: false,
        sample: true,
    };
    let report = prove_matting(&models, &plan, &Nobody).unwrap();
    let walls: Vec<&str> =
        report.lines.iter().filter(|line| line.rival == Rival::Ours).map(|line| line.wall).collect();
    assert_eq!(walls.len(), 2);
    for wall in walls {
        let of = |rival| {
            let line = report.lines.iter().find(|line| line.wall == wall && line.rival == rival).unwrap();
            line.score.composite
        };
        let (ours, bilinear, closed_form) = (of(Rival::Ours), of(Rival::Bilinear), of(Rival::ClosedForm));
        assert!(ours <= 0.6 * bilinear, "{wall}: {ours} against the mask's {bilinear}");
        assert!(ours <= closed_form, "{wall}: {ours} against closed-form's {closed_form}");
    }
}

/// Every row of walls in the committed table, not only its mean.
#[test]
fn the_committed_table_keeps_what_was_promised() {
    let table = std::fs::read_to_string(MATTING_TABLE).unwrap();
    let edge = table.split("\n## ").nth(1).unwrap();
    let walls = edge.split("| wall |").nth(1).and_then(|rest| rest.split("| hair |").next()).unwrap();
    let mut rows = 0;
    for row in walls.lines().filter(|line| line.starts_with("| ") && !line.contains("---")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let ratio = |i: usize| cells[i].parse::<f64>().unwrap();
        assert!(ratio(6) <= 0.6 && ratio(7) <= 1.0, "{row}");
        rows += 1;
    }
    assert!(rows > 10, "{rows}");
}
