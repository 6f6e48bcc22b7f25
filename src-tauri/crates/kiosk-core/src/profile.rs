//! A recipient's rules as data: `calibration/standard.toml`, and what `calibration/profiles/*.toml` say otherwise.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Band, Check, CheckId, Fault, FaultCode, Fen, PixelSize};

/// What one recipient accepts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Stable name, also the file's stem.
    pub id: String,
    /// What people call it.
    pub title: Title,
    /// Where the numbers come from.
    pub source: String,
    /// Pixels and colour.
    pub photo: PhotoRules,
    /// Size of the file.
    pub file: FileRules,
    /// The geometry of the head.
    pub bands: Bands,
    /// How a delivered file is called.
    pub naming: Naming,
    /// What an order costs.
    pub price: Price,
    /// Limits of the other checks, by check id.
    pub limits: BTreeMap<CheckId, Limit>,
}

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Title {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Pixels and colour of the photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoRules {
    /// Columns and rows.
    pub size: PixelSize,
    /// Dots per inch written into the header.
    pub dpi: u32,
    /// Background, 8-bit sRGB.
    pub background: [u8; 3],
}

/// Size of the file. "KB" may mean 1000 or 1024 bytes, so there are two windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRules {
    /// Window that holds under both readings: the encoder aims here.
    pub aim: [u32; 2],
    /// Window that holds under at least one reading: outside of it a recipient rejects for certain.
    pub accept: [u32; 2],
    /// Lowest JPEG quality, 1–100.
    pub min_quality: u8,
}

/// Where the head may be, photo pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// Top of the hair to the top edge.
    pub head_top: Band,
    /// Eye line to the top edge.
    pub eye_line: Band,
    /// Cheek to cheek.
    pub face_width: Band,
    /// Farthest that the face's centre may be from the photo's centre.
    pub centre_tolerance: f64,
}

/// Name of a delivered file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Naming {
    /// Template with fields in braces and `/` between folders, without extension; see [`crate::naming`].
    pub template: String,
    /// Extension with the case that the recipient wants, without dot.
    pub extension: String,
}

/// What an order costs with this recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// For everything from the first photo to the delivery, in fen; 0 when it is free.
    pub fen: Fen,
}

/// The limit of one check.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Lowest and highest value that passes.
    pub pass: [f64; 2],
    /// Zones inside the limit, at its low and at its high edge, that pass with a warning. A bound that nature sets, as 0 for a
    /// share, has none.
    #[serde(default)]
    pub warn: [f64; 2],
}

/// The standard, built in: the same for every recipient, and never missing.
const STANDARD: &str = include_str!("../../../../calibration/standard.toml");

impl Profile {
    /// Reads a recipient's TOML text, fills in from the standard what it does not name, and checks that the numbers make sense.
    pub fn from_toml(text: &str) -> Result<Self, Fault> {
        let unreadable = |e: toml::de::Error| Fault::new(FaultCode::ProfileUnknown, e.to_string());
        let mut rules: toml::Table = toml::from_str(STANDARD).map_err(unreadable)?;
        // Read by itself first, so that an error names a line of the recipient's own file.
        overlay(&mut rules, toml::from_str(text).map_err(unreadable)?);
        let profile: Self = rules.try_into().map_err(unreadable)?;
        profile.check_sense()?;
        Ok(profile)
    }

    /// Judges a value against this profile's limit for `id`; without a limit the check is unknown.
    #[must_use]
    pub fn judge(&self, id: CheckId, value: f64, unit: &str) -> Check {
        match self.limits.get(&id) {
            Some(limit) => Check::judge_edges(id, value, unit, limit.pass, limit.warn),
            None => Check { value: value.is_finite().then_some(value), ..Check::unknown(id, unit) },
        }
    }

    fn check_sense(&self) -> Result<(), Fault> {
        let wrong = |what: &str| Err(Fault::new(FaultCode::ProfileUnknown, format!("{}: {what}", self.id)));
        let PixelSize { width, height } = self.photo.size;
        if width == 0 || height == 0 || width > 8192 || height > 8192 {
            return wrong("photo.size is out of range");
        }
        let [low, high] = self.file.aim;
        let [outer_low, outer_high] = self.file.accept;
        if low >= high || outer_low > low || outer_high < high {
            return wrong("file.aim must lie inside file.accept");
        }
        if !(1..=100).contains(&self.file.min_quality) {
            return wrong("file.min_quality must be 1 to 100");
        }
        if self.price.fen > Fen::MOST {
            return wrong("price.fen is more than anybody pays");
        }
        for (name, band) in [
            ("head_top", self.bands.head_top),
            ("eye_line", self.bands.eye_line),
            ("face_width", self.bands.face_width),
        ] {
            if !(0.0 <= band.low && band.low < band.high && band.high.is_finite()) {
                return wrong(&format!("bands.{name} is not an interval"));
            }
        }
        if let Some((id, _)) =
            self.limits.iter().find(|(_, l)| !(l.pass[0] <= l.pass[1] && l.warn.iter().all(|w| *w >= 0.0)))
        {
            return wrong(&format!("limits.{id} is not an interval"));
        }
        Ok(())
    }
}

/// Puts `over` on `base`, value by value; tables are merged, but for a limit, which is one value.
fn overlay(base: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) if !below.contains_key("pass") => {
                overlay(below, above);
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "id = \"x\"\nsource = \"s\"\n[title]\nzh = \"z\"\nen = \"e\"\n[file]\naim = [20480, 40000]\naccept = [20000, 40960]\n";

    #[test]
    fn a_recipient_names_only_what_differs() {
        let standard = Profile::from_toml(OWN).unwrap();
        let own =
            format!("{OWN}[photo]\nbackground = [255, 255, 255]\n[limits]\nyaw = {{ pass = [-3.0, 3.0] }}\n");
        let white = Profile::from_toml(&own).unwrap();
        assert_eq!(white.photo.background, [255; 3]);
        assert_eq!((white.photo.size, white.bands), (standard.photo.size, standard.bands));
        assert_eq!(white.limits[&CheckId::Yaw], Limit { pass: [-3.0, 3.0], warn: [0.0; 2] });
        assert_eq!(white.limits[&CheckId::Roll], standard.limits[&CheckId::Roll]);
    }

    #[test]
    fn nonsense_is_refused_with_its_place() {
        for (own, part) in [
            (OWN.replace("20480", "50000"), "file.aim"),
            (format!("{OWN}[limits]\nsmile = {{ pass = [0.0, 1.0] }}\n"), "smile"),
            (format!("{OWN}[limits]\nyaw = {{ pass = [3.0, -3.0] }}\n"), "limits.yaw"),
            (format!("{OWN}[bands]\neye_line = [300.0, 200.0]\n"), "bands.eye_line"),
            (OWN.replace("source", "sauce"), "sauce"),
        ] {
            let fault = Profile::from_toml(&own).unwrap_err();
            assert!(fault.detail.contains(part), "{part}: {fault:?}");
        }
    }
}
