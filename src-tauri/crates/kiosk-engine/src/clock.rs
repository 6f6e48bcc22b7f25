//! The one place that asks what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use kiosk_core::order::{LocalDay, UnixMillis};

/// Now.
#[must_use]
pub fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis::try_from(since.as_millis()).unwrap_or(UnixMillis::MAX)
}

/// Local day and time for names of files, as `20261121-163059`.
#[must_use]
pub fn stamp(at: UnixMillis, utc_offset_minutes: i32) -> String {
    let LocalDay { year, month, day } = LocalDay::of(at, utc_offset_minutes);
    let local = at.saturating_add(i64::from(utc_offset_minutes) * 60_000);
    let seconds = local.div_euclid(1000).rem_euclid(86_400);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_local_time() {
        assert_eq!(stamp(1_795_190_400_000 - 1, 480), "20261120-235959");
        assert_eq!(stamp(1_795_190_400_000, 0), "20261120-160000");
    }
}
