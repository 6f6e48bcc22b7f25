//! The result as Markdown.

use std::fmt::{self, Display, Write};

use kiosk_core::CheckId;

use crate::case::Origin;
use crate::tally::{Catch, Collateral, Overview, PoseError, Row, Tally};

/// How the table is made again.
const AGAIN: &str = "kiosk bench checks --bless";

impl Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# How well the checks see\n")?;
        writeln!(
            f,
            "Measured by `{AGAIN}` (version {}) with profile `{}`: {} pictures, from {} portraits and {} simulated \
             sitters.\n",
            env!("CARGO_PKG_VERSION"),
            self.profile,
            self.pictures,
            self.portraits,
            self.sitters
        )?;
        f.write_str(HOW)?;
        overview(f, &self.overview)?;
        pose(f, &self.pose)?;
        details(f, &self.rows)?;
        collateral(f, &self.collateral)?;
        writeln!(
            f,
            "\n## Every second picture of the first simulated sitter\n\nA test measures these again: failed ? unknown / pictures.\n\n```text\n{}```",
            brief(&self.sample)
        )
    }
}

const HOW: &str = "\
*Clean*: pictures that nothing was done to; a check that fails on one is a false reject. *Mild*: something was done that nobody
would refuse. *Undecided*: reviewers would differ; counted nowhere. *Clear* and *gross*: a reviewer would refuse it; a check that
does not fail is a false accept, also when it says `unknown` (counted beside it as `?`). Where several checks may notice the
same trouble, one of them is enough, and the trouble is listed under the first. Portraits are spoilt by arithmetic on linear light,
JPEG quality 92 (copies of screens and prints: 70); simulated sitters are drawn at 1280 × 720. Values: least, 5 %, median,
95 %, greatest.

";

/// What the checks say of simulated sitters, as a test compares it: failed, `?` unknown, `/` pictures.
#[must_use]
pub fn brief(rows: &[Overview]) -> String {
    let mut text = String::new();
    for row in rows {
        let part = |c: Catch| format!("{}?{}/{}", c.failed, c.unknown, c.n);
        let (clean, mild, studio) = (part(row.clean_studio), part(row.mild), part(row.studio));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}: clean {clean}, mild {mild}, bad {studio}", row.check);
    }
    text
}

fn rejected(c: Catch) -> String {
    let unknown = if c.unknown > 0 { format!(" ({} ?)", c.unknown) } else { String::new() };
    if c.n == 0 { "–".to_owned() } else { format!("{}/{}{unknown}", c.failed, c.n) }
}

fn caught(c: Catch) -> String {
    if c.n == 0 {
        return "–".to_owned();
    }
    format!("{} = {:.0} %", rejected(c), 100.0 * c.failed as f64 / c.n as f64)
}

fn overview(f: &mut fmt::Formatter<'_>, rows: &[Overview]) -> fmt::Result {
    writeln!(f, "## Overview\n")?;
    writeln!(
        f,
        "| check | clean portraits refused | clean simulated refused | mild refused | damaged portraits caught | \
         simulated caught |\n|---|---|---|---|---|---|"
    )?;
    for row in rows {
        writeln!(
            f,
            "| {} | {} | {} | {} | {} | {} |",
            row.check,
            rejected(row.clean_portraits),
            rejected(row.clean_studio),
            rejected(row.mild),
            caught(row.portraits),
            caught(row.studio)
        )?;
    }
    writeln!(f)
}

fn pose(f: &mut fmt::Formatter<'_>, rows: &[PoseError]) -> fmt::Result {
    writeln!(f, "## Turn of the head against the truth, degrees\n")?;
    writeln!(
        f,
        "| axis | true turn within | n | bias | median error | 95 % | greatest |\n|---|---|---|---|---|---|---|"
    )?;
    for row in rows {
        let [median, p95, max] = row.errors;
        writeln!(
            f,
            "| {} | ±{} | {} | {:+.1} | {median:.1} | {p95:.1} | {max:.1} |",
            row.check, row.within, row.n, row.bias
        )?;
    }
    writeln!(f)
}

fn details(f: &mut fmt::Formatter<'_>, rows: &[Row]) -> fmt::Result {
    writeln!(f, "## Check by check\n")?;
    let mut last: Option<CheckId> = None;
    for row in rows {
        if last != Some(row.check) {
            writeln!(f, "\n### {}\n", row.check)?;
            writeln!(
                f,
                "| pictures | grade | n | failed | ? | caught by any | least | 5 % | median | 95 % | greatest |"
            )?;
            writeln!(f, "|---|---|---|---|---|---|---|---|---|---|---|")?;
            last = Some(row.check);
        }
        let origin = if row.origin == Origin::Studio { "simulated " } else { "" };
        let grade = format!("{:?}", row.grade).to_lowercase();
        let values = row.values.map_or([const { String::new() }; 5], |v| v.quantiles.map(number));
        writeln!(
            f,
            "| {origin}{}{}{} | {grade} | {} | {} | {} | {} | {} |",
            row.family,
            if row.variant.is_empty() { "" } else { ": " },
            row.variant,
            row.n,
            row.failed,
            row.unknown,
            if row.family == "clean" { "–".to_owned() } else { row.caught.to_string() },
            values.join(" | ")
        )?;
    }
    writeln!(f)
}

fn number(value: f64) -> String {
    if value.abs() >= 20.0 { format!("{value:.1}") } else { format!("{value:.3}") }
}

fn collateral(f: &mut fmt::Formatter<'_>, rows: &[Collateral]) -> fmt::Result {
    writeln!(f, "## What else failed\n")?;
    writeln!(
        f,
        "Checks that were not meant, on pictures whose sitter passes them when clean. Listed, not judged.\n"
    )?;
    writeln!(f, "| trouble | grade | check | failed |\n|---|---|---|---|")?;
    for row in rows {
        let grade = format!("{:?}", row.grade).to_lowercase();
        writeln!(f, "| {} | {grade} | {} | {}/{} |", row.family, row.check, row.failed, row.n)?;
    }
    Ok(())
}
