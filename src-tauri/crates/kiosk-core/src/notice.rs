//! The notice that people agree to before anything of theirs is kept: a studio's own words, with a version.

use serde::{Deserialize, Serialize};

/// Longest text that still fits the screen, in characters.
const LONGEST: usize = 400;

/// Most parts that fit the screen.
const MOST_PARTS: usize = 6;

/// A notice in both languages, as a studio writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Kept with every consent; a new one for every change of the text.
    pub version: String,
    /// Who answers for the data.
    pub studio: String,
    /// Days after their delivery for which photos and ID numbers are kept at most, as the words say; 0 where they promise no number.
    pub kept_days: u32,
    /// Chinese.
    pub zh: NoticeText,
    /// English.
    pub en: NoticeText,
}

/// The words of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct NoticeText {
    /// What is agreed to apart from the rest: that the face is measured.
    pub face_data: String,
    /// What may be agreed to besides: the comparison with the enrolment photo. Asked only where the studio does that.
    pub comparison: String,
    /// What a guardian agrees to.
    pub guardian: String,
    /// The notice itself.
    pub parts: Vec<NoticePart>,
}

/// One part of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct NoticePart {
    /// What it is about; chooses the drawing.
    pub about: NoticeTopic,
    /// Its title.
    pub title: String,
    /// Its words.
    pub body: String,
}

/// What a part of a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NoticeTopic {
    /// Who handles the data.
    Who,
    /// Which data.
    What,
    /// What for.
    Why,
    /// Where they are kept.
    Where,
    /// How long.
    HowLong,
    /// What people may ask for.
    Rights,
}

/// A notice that cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// Not TOML, or a key is missing or unknown.
    #[error("{0}")]
    Unreadable(String),
    /// A text that is empty or does not fit the screen.
    #[error("{0} must have 1 to {LONGEST} characters")]
    Text(String),
    /// No part, or more than fit the screen.
    #[error("{0} must have 1 to {MOST_PARTS} parts")]
    Parts(&'static str),
}

impl Notice {
    /// Reads a notice (TOML).
    ///
    /// # Errors
    /// [`NoticeError`] names the place.
    pub fn parse(toml: &str) -> Result<Self, NoticeError> {
        let notice: Self = toml::from_str(toml).map_err(|e| NoticeError::Unreadable(e.to_string()))?;
        fits("version", &notice.version)?;
        fits("studio", &notice.studio)?;
        for (language, text) in [("zh", &notice.zh), ("en", &notice.en)] {
            text.check(language)?;
        }
        Ok(notice)
    }

    /// Whether orders may be kept for so many days after their delivery; 0 is for ever.
    #[must_use]
    pub fn allows(&self, retention_days: u32) -> bool {
        self.kept_days == 0 || (1..=self.kept_days).contains(&retention_days)
    }
}

impl NoticeText {
    fn check(&self, language: &'static str) -> Result<(), NoticeError> {
        for (name, text) in
            [("face_data", &self.face_data), ("comparison", &self.comparison), ("guardian", &self.guardian)]
        {
            fits(&format!("{language}.{name}"), text)?;
        }
        if !(1..=MOST_PARTS).contains(&self.parts.len()) {
            return Err(NoticeError::Parts(language));
        }
        for (i, part) in self.parts.iter().enumerate() {
            fits(&format!("{language}.parts[{i}].title"), &part.title)?;
            fits(&format!("{language}.parts[{i}].body"), &part.body)?;
        }
        Ok(())
    }
}

fn fits(name: &str, text: &str) -> Result<(), NoticeError> {
    let blank = text.trim().is_empty();
    if blank || text.chars().count() > LONGEST { Err(NoticeError::Text(name.to_owned())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE: &str = r#"
        version = "1"
        studio = "Studio"
        kept_days = 180
        [zh]
        face_data = "a"
        comparison = "b"
        guardian = "c"
        parts = [{ about = "who", title = "t", body = "b" }]
        [en]
        face_data = "a"
        comparison = "b"
        guardian = "c"
        parts = [{ about = "how_long", title = "t", body = "b" }]
    "#;

    #[test]
    fn a_notice_is_read() {
        let notice = Notice::parse(NOTICE).unwrap();
        assert_eq!((notice.version.as_str(), notice.en.parts[0].about), ("1", NoticeTopic::HowLong));
    }

    #[test]
    fn nothing_is_kept_longer_than_was_promised() {
        let promised = Notice::parse(NOTICE).unwrap();
        assert_eq!([1, 180, 181, 0].map(|days| promised.allows(days)), [true, true, false, false]);
        let nothing = Notice { kept_days: 0, ..promised };
        assert_eq!([1, 365, 0].map(|days| nothing.allows(days)), [true; 3]);
    }

    #[test]
    fn what_cannot_be_shown_is_named() {
        let long = "字".repeat(LONGEST + 1);
        for (from, to, named) in [
            ("version = \"1\"", "version = \" \"", "version"),
            ("studio = \"Studio\"", "studio = \"\"", "studio"),
            (
                "guardian = \"c\"\n        parts = [{ about = \"who\"",
                "guardian = \"\"\n        parts = [{ about = \"who\"",
                "zh.guardian",
            ),
            (
                "title = \"t\", body = \"b\" }]\n    ",
                "title = \"t\", body = \"\" }]\n    ",
                "zh.parts[0].body",
            ),
            ("face_data = \"a\"", &format!("face_data = \"{long}\""), "zh.face_data"),
            ("parts = [{ about = \"how_long\", title = \"t\", body = \"b\" }]", "parts = []", "en"),
            ("about = \"who\"", "about = \"whom\"", "whom"),
            ("[en]", "[fr]", "fr"),
        ] {
            let changed = NOTICE.replacen(from, to, 1);
            assert_ne!(changed, NOTICE, "{from}");
            let error = Notice::parse(&changed).unwrap_err().to_string();
            assert!(error.contains(named), "{named}: {error}");
        }
    }
}
