//! Numbers of identity documents: parsed once, valid for ever after, shown only through a mask.
//!
//! | document | form | test |
//! |---|---|---|
//! | resident identity card, GB 11643-1999 | 17 digits and a check character | ISO 7064 MOD 11-2, date of birth |
//! | first-generation card | 15 digits | date of birth in the 1900s |
//! | residence permit for Hong Kong, Macao and Taiwan (港澳台居民居住证) | as the card, from 810000, 820000, 830000 | as the card |
//! | permanent resident foreigner (外国人永久居留身份证) | 18 characters from 9; older 3 letters and 12 digits | MOD 11-2; none |
//! | Hong Kong and Macao travel permit (港澳居民来往内地通行证) | H or M and 8 or 10 digits | none |
//! | Taiwan travel permit (台湾居民来往大陆通行证) | 8 digits; older with 2 issue digits and `(issuer)` | none |
//! | Hong Kong identity card | 1–2 letters, 6 digits, `(check)` | MOD 11, weights 9 to 2 |
//! | Macao identity card | 7 digits, `(check)` | none published |
//! | passport | 5–17 letters and digits | none |
//!
//! Brackets decide: `A1234563` without them stays as typed, because a passport may look like that and a file
//! that is named by it must carry the number that the recipient knows. An all-digit text of more than eleven
//! digits is never taken for a passport: it is a resident number with a slip in it.

mod checksum;
mod last_four;
mod shape;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::calendar::LocalDay;
use crate::{Fault, FaultCode};

pub use checksum::{hong_kong_check, mod_11_2_check};
pub use last_four::{BracketRule, LastFour, LastFourError};

/// Which document a number belongs to, as far as its form tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// 18 characters, GB 11643-1999.
    ResidentId18,
    /// 15 digits, before 1999.
    ResidentId15,
    /// Residence permit of a person from Hong Kong (810000…).
    HongKongResidencePermit,
    /// Residence permit of a person from Macao (820000…).
    MacaoResidencePermit,
    /// Residence permit of a person from Taiwan (830000…).
    TaiwanResidencePermit,
    /// H or M and 8 or 10 digits.
    HkMoTravelPermit,
    /// 8 digits, or 10 with a bracketed issuer.
    TaiwanTravelPermit,
    /// 18 characters from 9, since 2023.
    ForeignPermanentResident,
    /// 3 letters and 12 digits, before 2023.
    ForeignPermanentResidentOld,
    /// A123456(3).
    HongKongId,
    /// 1234567(8).
    MacaoId,
    /// Anything else of 5 to 17 letters and digits.
    Passport,
}

/// A document number that is known to be valid for its kind.
///
/// There is no `Display` and no `Serialize`, and `Debug` shows the kind only: whoever wants the characters asks
/// for [`canonical`](Self::canonical) by name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdNumber {
    // Upper-case ASCII letters, digits and brackets.
    text: String,
}

impl IdNumber {
    /// Recognises a number as typed or pasted: full-width characters, lower case, blanks and dashes are folded.
    ///
    /// # Errors
    /// Says what is wrong with the number, never which number.
    pub fn parse(typed: &str) -> Result<Self, IdNumberError> {
        let text = shape::fold(typed, shape::LONGEST)?;
        shape::recognise(&text)?;
        Ok(Self { text })
    }

    /// Which document it is.
    pub fn kind(&self) -> IdKind {
        shape::recognise(&self.text).unwrap_or(IdKind::Passport)
    }

    /// The number itself, folded: for the order log, file names of deliveries and lists, nowhere else.
    ///
    /// ASCII: digits, upper-case letters, and brackets where the document has them.
    pub fn canonical(&self) -> &str {
        &self.text
    }

    /// The 18-character form of a 15-digit number; `None` for every other kind.
    pub fn upgraded(&self) -> Option<Self> {
        if self.kind() != IdKind::ResidentId15 {
            return None;
        }
        let body = format!("{}19{}", &self.text[..6], &self.text[6..]);
        let check = mod_11_2_check(&body)?;
        Some(Self { text: format!("{body}{check}") })
    }

    /// Every valid way to write this person's number: itself, and for a card of the 1900s the form with 15 or 18 characters.
    pub fn forms(&self) -> Vec<Self> {
        let shortened = || {
            let own = self.text.get(6..8) == Some("19") && self.kind() == IdKind::ResidentId18;
            let text = format!("{}{}", self.text.get(..6)?, self.text.get(8..17)?);
            own.then_some(Self { text })
        };
        let other = self.upgraded().or_else(shortened);
        [Some(self.clone()), other].into_iter().flatten().collect()
    }

    /// The day of birth, where the number tells it. The foreigner's card is left out: the meaning of its digits is not published.
    pub fn birth_date(&self) -> Option<LocalDay> {
        match self.kind() {
            IdKind::ResidentId18
            | IdKind::HongKongResidencePermit
            | IdKind::MacaoResidencePermit
            | IdKind::TaiwanResidencePermit => shape::date(self.text.get(6..14)?),
            IdKind::ResidentId15 => shape::date(&format!("19{}", self.text.get(6..12)?)),
            _ => None,
        }
    }

    /// Whether two numbers belong to one person: equal, or the 15- and the 18-character form of one number.
    pub fn same_person(&self, other: &Self) -> bool {
        self == other || self.upgraded().as_ref() == Some(other) || other.upgraded().as_ref() == Some(self)
    }

    /// The last four characters; brackets count or are left out first.
    pub fn last_four(&self, rule: BracketRule) -> String {
        last_four::tail(&self.text, rule)
    }

    /// For operators: first six and last four, stars between. Of short numbers fewer, so that four stay hidden.
    pub fn masked_for_operator(&self) -> String {
        let shown_at_end = self.shown_at_end();
        let spare = self.text.len().saturating_sub(shown_at_end + 4);
        mask(&self.text, spare.min(6), shown_at_end)
    }

    /// For students: the last four, and never more than half of the number.
    pub fn masked_for_student(&self) -> String {
        mask(&self.text, 0, self.shown_at_end())
    }

    fn shown_at_end(&self) -> usize {
        (self.text.len() / 2).min(4)
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({:?})", self.kind())
    }
}

/// `text` is ASCII, so that bytes are characters.
fn mask(text: &str, head: usize, tail: usize) -> String {
    let end = text.len() - tail;
    text.char_indices().map(|(i, c)| if i < head || i >= end { c } else { '*' }).collect()
}

/// What is wrong with a typed number. No variant can hold the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdNumberError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// A character that no document number has, or has there.
    #[error("a character that does not belong there")]
    BadCharacter,
    /// Brackets that no document has there.
    #[error("brackets that do not belong there")]
    BadBracket,
    /// Too short, too long, or between the lengths that exist.
    #[error("wrong length")]
    BadLength,
    /// The date of birth is not in the calendar.
    #[error("no such date of birth")]
    BadDate,
    /// The check character does not fit the others.
    #[error("wrong check character")]
    BadChecksum,
}

impl From<IdNumberError> for Fault {
    fn from(error: IdNumberError) -> Self {
        Self::new(FaultCode::IdNumberInvalid, error.to_string())
    }
}

#[cfg(test)]
mod tests;
