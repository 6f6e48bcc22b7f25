//! What a visit leaves behind.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::consent::Consent;
use crate::face::Likeness;
use crate::{CollectionCode, IdNumber, PhotoReport};

pub use crate::calendar::{BadDay, LocalDay};

/// Milliseconds since 1970-01-01 UTC.
pub type UnixMillis = i64;

/// A number that people can say aloud: day, station, counter, as in `261121-A007`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber {
    /// The day on which the order was accepted.
    pub day: LocalDay,
    /// Station letter, `A`–`Z`.
    pub station: char,
    /// Counts from 1 on each day and station.
    pub counter: u32,
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LocalDay { year, month, day } = self.day;
        write!(f, "{:02}{month:02}{day:02}-{}{:03}", year % 100, self.station, self.counter)
    }
}

impl FromStr for OrderNumber {
    type Err = BadOrderNumber;

    fn from_str(text: &str) -> Result<Self, BadOrderNumber> {
        let bad = || BadOrderNumber;
        let (day, rest) = text.trim().split_once('-').ok_or_else(bad)?;
        let mut rest = rest.chars();
        let station =
            rest.next().map(|c| c.to_ascii_uppercase()).filter(char::is_ascii_uppercase).ok_or_else(bad)?;
        let counter = rest.as_str();
        let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        if day.len() != 6 || !digits(day) || counter.len() < 3 || !digits(counter) {
            return Err(bad());
        }
        let part =
            |range: std::ops::Range<usize>| day.get(range).and_then(|s| s.parse::<u8>().ok()).ok_or_else(bad);
        let (year, month, day) = (2000 + u16::from(part(0..2)?), part(2..4)?, part(4..6)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return Err(bad());
        }
        let counter = counter.parse().map_err(|_| bad())?;
        Ok(Self { day: LocalDay { year, month, day }, station, counter })
    }
}

/// Not an order number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order number looks like 261121-A007")]
pub struct BadOrderNumber;

/// The life of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// The person accepted the photo.
    Captured,
    /// An operator looked at it and agreed.
    Approved,
    /// An operator sent it back; a retake is free.
    Returned,
    /// On paper.
    Printed,
    /// In the school's hands, read back from the medium.
    Delivered,
    /// Photo and ID number are gone; the row remains.
    Purged,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Captured, Self::Approved, Self::Returned, Self::Printed, Self::Delivered, Self::Purged];

    /// The name in the order log and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Approved => "approved",
            Self::Returned => "returned",
            Self::Printed => "printed",
            Self::Delivered => "delivered",
            Self::Purged => "purged",
        }
    }

    /// Whether an order may go from here to `next`.
    ///
    /// Paper and delivery may be repeated; a reprint after the delivery leaves the order delivered, and a returned
    /// order waits for its retake.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Captured => {
                matches!(next, Self::Approved | Self::Returned | Self::Printed | Self::Delivered)
            }
            Self::Approved | Self::Printed => {
                matches!(next, Self::Returned | Self::Printed | Self::Delivered)
            }
            Self::Delivered => matches!(next, Self::Returned | Self::Delivered | Self::Purged),
            Self::Returned => matches!(next, Self::Captured | Self::Purged),
            Self::Purged => false,
        }
    }
}

impl FromStr for OrderState {
    type Err = UnknownState;

    fn from_str(name: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|s| s.as_str() == name).ok_or(UnknownState)
    }
}

/// A state that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown order state")]
pub struct UnknownState;

/// Who was photographed, as far as this visit knows. `Debug` shows nothing of it.
#[derive(Clone, PartialEq)]
pub struct Person {
    /// The verified number that names the file.
    pub id_number: IdNumber,
    /// Full name when typed or known from a roster, else the code's masked name.
    pub name: Option<String>,
    /// Student number from the code, or typed.
    pub student_number: Option<String>,
    /// School from the code or the roster.
    pub school: Option<String>,
    /// College (学院).
    pub college: Option<String>,
    /// Class (班级).
    pub class: Option<String>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(…)")
    }
}

/// An operator let a photo pass that fails a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Why, in the operator's words. Must not name the person.
    pub reason: String,
    /// Who, as the audit names operators.
    pub by: String,
    /// When.
    pub at: UnixMillis,
}

/// The order that a code opened on an earlier visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlierOrder {
    /// Its number.
    pub number: OrderNumber,
    /// Where it stands.
    pub state: OrderState,
}

impl EarlierOrder {
    /// Whether the same code may be photographed again without an operator: nobody has worked with the photo yet, or it was sent back.
    #[must_use]
    pub fn may_be_retaken(self) -> bool {
        matches!(self.state, OrderState::Captured | OrderState::Returned)
    }
}

/// Something that the operator has to look into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// Two codes, one ID document: a second record of one student, or somebody else's code.
    SameDocument,
    /// Two codes and two documents, but one face on one day.
    SameFace,
}

impl AlarmKind {
    /// The name in the order log and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SameDocument => "same_document",
            Self::SameFace => "same_face",
        }
    }
}

impl FromStr for AlarmKind {
    type Err = UnknownAlarm;

    fn from_str(name: &str) -> Result<Self, UnknownAlarm> {
        [Self::SameDocument, Self::SameFace]
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or(UnknownAlarm)
    }
}

/// An alarm that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown alarm")]
pub struct UnknownAlarm;

/// Everything that is committed when a person accepts the photo: one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOrder {
    /// The visit; the same visit is never committed twice.
    pub session: crate::session::SessionId,
    /// The code that opened the visit, verbatim.
    pub code: CollectionCode,
    /// Who.
    pub person: Person,
    /// The consent.
    pub consent: Consent,
    /// The standardised JPEG.
    pub photo: std::sync::Arc<[u8]>,
    /// The camera's own JPEG, when policy keeps it.
    pub shot: Option<std::sync::Arc<[u8]>>,
    /// How the photo was made.
    pub report: PhotoReport,
    /// Set when an operator let the photo pass.
    pub overridden: Option<Override>,
    /// How the photo compares with the enrolment photo, when it was compared.
    pub likeness: Option<Likeness>,
    /// What is agreed to be paid when this visit opens an order; a retake is free.
    pub price: crate::Fen,
    /// When the person accepted.
    pub accepted_at: UnixMillis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_number_can_be_said_and_read_back() {
        let number =
            OrderNumber { day: LocalDay { year: 2026, month: 11, day: 21 }, station: 'A', counter: 7 };
        assert_eq!(number.to_string(), "261121-A007");
        assert_eq!("261121-a007".parse(), Ok(number));
        for bad in ["", "261121", "261321-A007", "261121-7", "261121-A", "26112é-A007", "261121-A00x"] {
            assert_eq!(bad.parse::<OrderNumber>(), Err(BadOrderNumber), "{bad}");
        }
    }

    #[test]
    fn a_day_is_written_as_calendars_write_it() {
        let day = LocalDay { year: 2026, month: 11, day: 3 };
        assert_eq!((day.to_string().as_str(), "2026-11-03".parse()), ("2026-11-03", Ok(day)));
        for bad in [
            "",
            "2026-11",
            "26-11-03",
            "2026-13-03",
            "2026-11-32",
            "2026-11-0x",
            "-2026-11-03",
            "2026-11-3-1",
        ] {
            assert_eq!(bad.parse::<LocalDay>(), Err(BadDay), "{bad}");
        }
    }

    #[test]
    fn only_a_returned_order_is_captured_again_and_purged_is_the_end() {
        for state in OrderState::ALL {
            assert_eq!(state.may_become(OrderState::Captured), state == OrderState::Returned);
            assert!(!OrderState::Purged.may_become(state));
        }
        assert!(OrderState::Delivered.may_become(OrderState::Purged));
        assert!(!OrderState::Captured.may_become(OrderState::Purged));
    }
}
