//! The result as a page.

use std::fmt;

use serde::Serialize;

use super::rivals::Rival;
use super::score::Score;

/// One way of cutting out one picture.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Kind of hair.
    pub hair: &'static str,
    /// Kind of wall.
    pub wall: &'static str,
    /// The way.
    pub rival: Rival,
    /// Its errors.
    pub score: Score,
}

/// Everything that was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// One line a picture and way.
    pub lines: Vec<Line>,
}

/// A column of the table.
type Column = (&'static str, fn(&Score) -> f64);

const COLUMNS: [Column; 4] = [
    ("Photo's edge band: mean difference from the ideal photo, 8-bit levels", |s| s.composite),
    ("SAD of alpha, thousands", |s| s.sad),
    ("MSE of alpha where it is mixed, thousandths", |s| s.mse),
    ("Gradient error, thousands", |s| s.gradient),
];

impl Report {
    /// Mean of a measure over the lines that `keep` wants.
    fn mean(&self, rival: Rival, measure: fn(&Score) -> f64, keep: impl Fn(&Line) -> bool) -> f64 {
        let (sum, count) = self
            .lines
            .iter()
            .filter(|line| line.rival == rival && keep(line))
            .fold((0.0, 0.0), |(sum, n), line| (sum + measure(&line.score), n + 1.0));
        sum / f64::max(count, 1.0)
    }

    /// Kinds in the order in which they first appear.
    fn kinds(&self, kind: fn(&Line) -> &'static str) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        for name in self.lines.iter().map(kind) {
            if !kinds.contains(&name) {
                kinds.push(name);
            }
        }
        kinds
    }

    fn block(
        &self,
        f: &mut fmt::Formatter<'_>,
        title: &str,
        kind: fn(&Line) -> &'static str,
        measure: fn(&Score) -> f64,
    ) -> fmt::Result {
        writeln!(
            f,
            "\n| {title} | pictures | {} | ours / bilinear | ours / closed-form |",
            Rival::ALL.map(Rival::name).join(" | ")
        )?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|--:|--:|")?;
        let everything = ["all"];
        for name in self.kinds(kind).iter().chain(&everything) {
            let keep = |line: &Line| *name == "all" || kind(line) == *name;
            let means = Rival::ALL.map(|rival| self.mean(rival, measure, keep));
            let count = self.lines.iter().filter(|line| line.rival == Rival::Ours && keep(line)).count();
            let values = means.map(|mean| format!("{mean:.2}")).join(" | ");
            let [bilinear, _, closed_form, ours] = means;
            writeln!(
                f,
                "| {name} | {count} | {values} | {:.2} | {:.2} |",
                ours / bilinear,
                ours / closed_form
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# How well people are cut out\n")?;
        writeln!(
            f,
            "Written by `kiosk bench matting --bless`. Lower is better. Drawn sitters (some with flying or curly hair added) and cut-outs of\n\
             portraits stand before generated walls, mixed in linear light, with noise and JPEG. Every way of cutting out gets the same\n\
             window, mask and trimap; bilinear and guided mask keep the colours as seen, closed-form gets our estimate of the wall to\n\
             take out. The edge band is what lies within 6 pixels of a mixed pixel of the photo; the ideal photo is what the camera would have\n\
             taken before a light-blue wall, under the same crop. The alpha of portraits' cut-outs is the mean of closed-form's and ours."
        )?;
        for (title, measure) in COLUMNS {
            writeln!(f, "\n## {title}")?;
            self.block(f, "wall", |line| line.wall, measure)?;
            self.block(f, "hair", |line| line.hair, measure)?;
        }
        Ok(())
    }
}
