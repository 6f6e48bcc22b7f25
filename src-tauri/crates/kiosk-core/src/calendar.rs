//! Days as people count them.

use std::fmt;
use std::str::FromStr;

use crate::order::UnixMillis;

/// A day of the local calendar, as the operator reads it off the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDay {
    /// Year, e.g. 2026.
    pub year: u16,
    /// Month, 1–12.
    pub month: u8,
    /// Day, 1–31.
    pub day: u8,
}

impl fmt::Display for LocalDay {
    /// `2026-11-21`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for LocalDay {
    type Err = BadDay;

    fn from_str(text: &str) -> Result<Self, BadDay> {
        let mut parts = text.trim().splitn(3, '-');
        let mut part = || parts.next().filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
        let (year, month, day) = (part().ok_or(BadDay)?, part().ok_or(BadDay)?, part().ok_or(BadDay)?);
        let found = Self {
            year: year.parse().map_err(|_| BadDay)?,
            month: month.parse().map_err(|_| BadDay)?,
            day: day.parse().map_err(|_| BadDay)?,
        };
        let likely = year.len() == 4 && (1..=12).contains(&found.month) && (1..=31).contains(&found.day);
        if likely { Ok(found) } else { Err(BadDay) }
    }
}

/// Not a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day looks like 2026-11-21")]
pub struct BadDay;

impl LocalDay {
    /// The day of `at`, `utc_offset_minutes` east of Greenwich; 1970-01-01 before that day.
    #[must_use]
    pub fn of(at: UnixMillis, utc_offset_minutes: i32) -> Self {
        let minutes = at.div_euclid(60_000).saturating_add(i64::from(utc_offset_minutes));
        let mut days = minutes.div_euclid(24 * 60).max(0);
        let mut year = 1970;
        let length = |year: u16| if leap(year) { 366 } else { 365 };
        while days >= length(year) && year < u16::MAX {
            days -= length(year);
            year += 1;
        }
        let mut month = 1;
        while month < 12 && days >= i64::from(days_in(year, month)) {
            days -= i64::from(days_in(year, month));
            month += 1;
        }
        Self { year, month, day: u8::try_from(days + 1).unwrap_or(31) }
    }
}

/// Whether a year of the Gregorian calendar has 366 days.
pub(crate) fn leap(year: u16) -> bool {
    (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
}

/// Days of a month, 1–12.
pub(crate) fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_local_midnight() {
        // 2026-11-20 16:00:00 UTC: midnight in China.
        let midnight = 1_795_190_400_000;
        let day = |at| LocalDay::of(at, 480);
        assert_eq!(day(midnight - 1), LocalDay { year: 2026, month: 11, day: 20 });
        assert_eq!(day(midnight), LocalDay { year: 2026, month: 11, day: 21 });
    }

    #[test]
    fn leap_days_and_the_ends_of_years_are_where_they_belong() {
        for (at, [year, month, day]) in [
            (0, [1970, 1, 1]),
            (951_782_400_000, [2000, 2, 29]),
            (951_868_800_000, [2000, 3, 1]),
            (1_798_761_599_999, [2026, 12, 31]),
            (1_798_761_600_000, [2027, 1, 1]),
            (4_107_542_400_000, [2100, 3, 1]),
        ] {
            let expected = LocalDay { year, month: month as u8, day: day as u8 };
            assert_eq!(LocalDay::of(at, 0), expected);
        }
        assert_eq!(LocalDay::of(i64::MIN, -840), LocalDay { year: 1970, month: 1, day: 1 });
        assert_eq!(LocalDay::of(i64::MAX, 840).year, u16::MAX);
    }
}
