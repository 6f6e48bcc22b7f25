//! The result as a page.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::decoder::Decoder;
use super::{Endured, Followed, Tried};

/// Everything that was measured.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ScanReport {
    /// Who took part.
    pub decoders: Vec<Decoder>,
    /// Versions of those that Python knows.
    pub versions: BTreeMap<String, String>,
    /// Single frames.
    pub frames: Vec<Tried>,
    /// Presentations of a phone.
    pub sequences: Vec<Followed>,
    /// Pictures from elsewhere.
    pub pictures: Vec<Tried>,
    /// Pictures made to do harm.
    pub hostile: Vec<Endured>,
}

const HOW: &str = "\
Written by `kiosk bench scan --peers --bless`. Frames are generated at 1280 × 720: a phone before a room, codes of 128–400 bytes at 2–6
pixels a module, through motion, lens, noise and JPEG. A presentation begins with the first sight of the phone, takes 0.4 s to arrive,
trembles in the hand and is given up after 1.2 s; its codes are of versions 6–20, tilted by up to 35°. A decoder that is busy when
a frame comes misses it, and its code counts when two frames agree. Times are of this one machine, the picture already decoded; ours has
a budget of 30 ms a frame and 200 ms a picture file. *Wrong* is another payload than the code's.
";

impl ScanReport {
    /// Share of the trials that a decoder read.
    #[must_use]
    pub fn share(tried: &[Tried], decoder: Decoder) -> f64 {
        let mine = tried.iter().filter(|t| t.decoder == decoder);
        let (read, all) = mine.fold((0, 0), |(read, all), t| (read + usize::from(t.read), all + 1));
        f64::from(read as u32) / f64::from(all.max(1))
    }

    /// Times until a code counted, in ascending order, and all presentations; of one kind or of all.
    #[must_use]
    pub fn times(&self, decoder: Decoder, kind: Option<&str>) -> (Vec<f64>, usize) {
        let mine = || {
            let wanted = move |f: &&Followed| f.decoder == decoder && kind.is_none_or(|kind| f.kind == kind);
            self.sequences.iter().filter(wanted)
        };
        let mut times: Vec<f64> = mine().filter_map(|f| f.seconds).collect();
        times.sort_by(f64::total_cmp);
        (times, mine().count())
    }

    fn head(&self, f: &mut fmt::Formatter<'_>, first: &str) -> fmt::Result {
        let names: Vec<&str> = self.decoders.iter().map(|d| d.name()).collect();
        writeln!(f, "| {first} | {} |\n|---|{}", names.join(" | "), "--:|".repeat(names.len()))
    }

    fn row(&self, f: &mut fmt::Formatter<'_>, name: &str, cell: impl Fn(Decoder) -> String) -> fmt::Result {
        let cells: Vec<String> = self.decoders.iter().map(|d| cell(*d)).collect();
        writeln!(f, "| {name} | {} |", cells.join(" | "))
    }

    fn tried(&self, f: &mut fmt::Formatter<'_>, tried: &[Tried]) -> fmt::Result {
        let kinds = kinds(tried.iter().map(|t| t.kind));
        self.head(f, "read, %")?;
        for kind in kinds.iter().filter(|_| kinds.len() > 1) {
            let of_kind: Vec<Tried> = tried.iter().filter(|t| t.kind == *kind).cloned().collect();
            self.row(f, kind, |d| percent(ScanReport::share(&of_kind, d)))?;
        }
        self.row(f, "all", |d| percent(ScanReport::share(tried, d)))?;
        self.row(f, "wrong", |d| tried.iter().filter(|t| t.decoder == d && t.wrong).count().to_string())?;
        for (name, share) in [("median ms", 0.5), ("95 % ms", 0.95), ("greatest ms", 1.0)] {
            self.row(f, name, |d| {
                let mine = tried.iter().filter(|t| t.decoder == d).map(|t| t.ms);
                number(quantile(mine.collect(), share), 1)
            })?;
        }
        Ok(())
    }

    fn followed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = kinds(self.sequences.iter().map(|s| s.kind));
        self.head(f, "read / median s / 90 % s")?;
        for kind in kinds.iter().map(|kind| Some(*kind)).filter(|_| kinds.len() > 1).chain([None]) {
            self.row(f, kind.unwrap_or("all"), |d| {
                let (times, all) = self.times(d, kind);
                let at = |share| number(quantile_of_all(&times, all, share), 2);
                format!("{}/{all} · {} · {}", times.len(), at(0.5), at(0.9))
            })?;
        }
        self.row(f, "wrong", |d| {
            self.sequences.iter().filter(|s| s.decoder == d && s.wrong).count().to_string()
        })?;
        for (name, share) in [("median ms a frame", 0.5), ("95 % ms a frame", 0.95)] {
            self.row(f, name, |d| {
                let mine = self.sequences.iter().filter(|s| s.decoder == d).flat_map(|s| s.ms.clone());
                number(quantile(mine.collect(), share), 1)
            })?;
        }
        Ok(())
    }
}

impl fmt::Display for ScanReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# How well codes are read\n\n{HOW}")?;
        let versions: Vec<String> = self.versions.iter().map(|(name, v)| format!("{name} {v}")).collect();
        match versions.as_slice() {
            [] => writeln!(f, "Without zxing-cpp and zbar: they take part with `--peers`.")?,
            versions => writeln!(f, "Through Python: {}.", versions.join(", "))?,
        }
        if !self.sequences.is_empty() {
            let all = self.sequences.len() / self.decoders.len().max(1);
            writeln!(f, "\n## Time to decode: {all} presentations of a phone\n")?;
            self.followed(f)?;
        }
        for (title, tried) in [("single frames", &self.frames), ("pictures from elsewhere", &self.pictures)] {
            if !tried.is_empty() {
                writeln!(f, "\n## Decode rate: {} {title}\n", tried.len() / self.decoders.len().max(1))?;
                self.tried(f, tried)?;
            }
        }
        if !self.hostile.is_empty() {
            writeln!(f, "\n## Pictures made to do harm, and pictures of nothing: ours, ms\n")?;
            writeln!(f, "| picture | live frame | file | codes |\n|---|--:|--:|--:|")?;
        }
        for Endured { name, ms: [live, file], codes } in &self.hostile {
            writeln!(f, "| {name} | {live:.1} | {file:.1} | {codes} |")?;
        }
        Ok(())
    }
}

/// Kinds in the order in which they first appear.
fn kinds<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut kinds = Vec::new();
    for kind in all {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

fn quantile(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    values.get((share * last as f64).round() as usize).copied()
}

/// Over all presentations; those that were not read took longer than any.
fn quantile_of_all(times: &[f64], all: usize, share: f64) -> Option<f64> {
    times.get((share * all.saturating_sub(1) as f64).round() as usize).copied()
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}
