use std::fmt;

use serde::{Deserialize, Serialize};

use super::{IdNumber, shape};

/// Whether brackets are characters when "the last four" are taken. Systems disagree, so it is a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BracketRule {
    /// `01002(3)` ends in `2(3)`.
    #[default]
    Counted,
    /// `01002(3)` ends in `0023`.
    LeftOut,
}

/// The last four characters of a document, as a person typed them or a code tells them; folded like the number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LastFour(String);

impl LastFour {
    /// Folds full-width characters, lower case, blanks and dashes; exactly four characters must remain.
    ///
    /// # Errors
    /// Empty, not four characters, or a character that no document has.
    pub fn parse(typed: &str) -> Result<Self, LastFourError> {
        let text = shape::fold(typed, 4).map_err(|e| match e {
            super::IdNumberError::Empty => LastFourError::Empty,
            super::IdNumberError::BadLength => LastFourError::NotFour,
            _ => LastFourError::BadCharacter,
        })?;
        if text.len() == 4 { Ok(Self(text)) } else { Err(LastFourError::NotFour) }
    }

    /// The four characters: upper-case ASCII letters, digits, brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `number` ends in these four under `rule`.
    ///
    /// The 18-character form of a 15-digit number counts as well: the code may hold either.
    pub fn matches(&self, number: &IdNumber, rule: BracketRule) -> bool {
        number.last_four(rule) == self.0 || number.upgraded().is_some_and(|n| n.last_four(rule) == self.0)
    }
}

impl fmt::Debug for LastFour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LastFour(…)")
    }
}

/// Not the last four characters of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LastFourError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// More or fewer than four characters.
    #[error("not four characters")]
    NotFour,
    /// A character that no document number has.
    #[error("a character that no document number has")]
    BadCharacter,
}

/// The last four characters of folded text.
pub(super) fn tail(text: &str, rule: BracketRule) -> String {
    let kept = |c: &char| rule == BracketRule::Counted || c.is_ascii_alphanumeric();
    let mut tail: Vec<char> = text.chars().rev().filter(kept).take(4).collect();
    tail.reverse();
    tail.into_iter().collect()
}
