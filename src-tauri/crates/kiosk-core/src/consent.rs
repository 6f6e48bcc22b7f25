//! What people agree to before anything of theirs is kept.

use serde::{Deserialize, Serialize};

use crate::IdNumber;
use crate::calendar::LocalDay;
use crate::order::UnixMillis;

/// The notice that is on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShownNotice {
    /// Its version.
    pub version: String,
    /// SHA-256 of its file, hexadecimal: the words that were agreed to.
    pub sha256: String,
}

/// What the person agreed to, and when. That the face is measured was agreed to apart from the rest, or there is no consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The notice that was on the screen.
    pub notice: ShownNotice,
    /// When it was agreed to.
    pub at: UnixMillis,
    /// A guardian agreed as well.
    pub guardian: bool,
    /// The photo may be compared with the enrolment photo.
    pub comparison: bool,
}

/// What the person ticked on the notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Ticks {
    /// The face may be measured (a separate consent for sensitive data).
    pub face_data: bool,
    /// A guardian is there and agrees.
    pub guardian: bool,
    /// The photo may be compared with the enrolment photo.
    pub comparison: bool,
}

/// Whether a guardian has to agree as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Guardian {
    /// The document says that the person is old enough.
    NotNeeded,
    /// The document does not tell the age: the person says.
    Offered,
    /// The person is too young to agree alone.
    Needed,
}

/// Under this age a guardian agrees (Personal Information Protection Law, article 31).
const OF_AGE: u16 = 14;

impl Guardian {
    /// What the document says at `now`. The day is Greenwich's: on the morning of the birthday a guardian is still asked for in China.
    #[must_use]
    pub fn of(id_number: &IdNumber, now: UnixMillis) -> Self {
        let Some(born) = id_number.birth_date() else { return Self::Offered };
        let of_age = LocalDay { year: born.year + OF_AGE, ..born };
        if LocalDay::of(now, 0) < of_age { Self::Needed } else { Self::NotNeeded }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guardian_is_needed_until_the_fourteenth_birthday() {
        // 2026-11-21 00:00 UTC.
        let today = 1_795_219_200_000;
        for (number, guardian) in [
            ("110105201211220024", Guardian::Needed),
            ("110105201211210029", Guardian::NotNeeded),
            ("11010519491231002X", Guardian::NotNeeded),
            ("110105491231002", Guardian::NotNeeded),
            ("E12345678", Guardian::Offered),
        ] {
            let id_number = IdNumber::parse(number).unwrap();
            assert_eq!(Guardian::of(&id_number, today), guardian, "{number}");
        }
    }
}
