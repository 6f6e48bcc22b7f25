//! Burning through Windows' own interfaces, IMAPI2: what its numbers mean. The calls themselves are in `com`, on Windows only.
#![cfg_attr(not(windows), allow(dead_code, reason = "the numbers are read, and tested, on every platform"))]

#[cfg(windows)]
mod com;

#[cfg(windows)]
pub(crate) use com::{burn, eject, list, look};

use crate::burn::BurnError;
use crate::export::Stage;
use crate::optical::{Disc, SECTOR};

/// `IMAPI_FORMAT2_DATA_MEDIA_STATE` (imapi2.h): bits that can stand together.
mod state {
    pub(super) const OVERWRITE_ONLY: i32 = 0x1;
    pub(super) const BLANK: i32 = 0x2;
    pub(super) const APPENDABLE: i32 = 0x4;
    pub(super) const DAMAGED: i32 = 0x400;
    pub(super) const ERASE_REQUIRED: i32 = 0x800;
    pub(super) const NON_EMPTY_SESSION: i32 = 0x1000;
    pub(super) const WRITE_PROTECTED: i32 = 0x2000;
    pub(super) const FINALIZED: i32 = 0x4000;
    pub(super) const UNSUPPORTED_MEDIA: i32 = 0x8000;
}

/// What lies in a drive. A disc that can be written over at will (DVD+RW, BD-RE) counts as blank only when nothing is on it, which
/// `nothing_on_it` tells: it is the drive's own guess (`MediaHeuristicallyBlank`).
fn disc_of(state: i32, nothing_on_it: bool, free_sectors: i32) -> Disc {
    let is = |bits: i32| state & bits != 0;
    if is(state::DAMAGED | state::UNSUPPORTED_MEDIA | state::WRITE_PROTECTED) {
        return Disc::Unknown;
    }
    let blank = is(state::BLANK) || (is(state::OVERWRITE_ONLY) && nothing_on_it);
    if blank && !is(state::NON_EMPTY_SESSION) {
        return Disc::Blank { capacity: u64::try_from(free_sectors).unwrap_or(0) * SECTOR };
    }
    if is(state::OVERWRITE_ONLY
        | state::APPENDABLE
        | state::ERASE_REQUIRED
        | state::FINALIZED
        | state::NON_EMPTY_SESSION)
    {
        Disc::Written
    } else {
        Disc::Unknown
    }
}

/// What a failed call means (imapi2error.h), by its HRESULT. `needed` are the image's bytes.
fn error_of(code: i32, words: &str, needed: u64) -> BurnError {
    match code.cast_unsigned() {
        // RECORDER_MEDIA_NO_MEDIA, and the disc that lies upside down.
        0xC0AA_0202 | 0xC0AA_0204 => BurnError::NoDisc,
        // DF2DATA_MEDIA_NOT_BLANK, DF2DATA_INVALID_MEDIA_STATE
        0xC0AA_0405 | 0xC0AA_0402 => BurnError::NotBlank,
        // DF2DATA_STREAM_TOO_LARGE_FOR_CURRENT_MEDIA
        0xC0AA_0404 => BurnError::TooSmall { needed, capacity: 0 },
        // RECORDER_LOCKED, RECORDER_MEDIA_BUSY, _BECOMING_READY, _FORMAT_IN_PROGRESS, DF2DATA_WRITE_IN_PROGRESS; another program has it open.
        0xC0AA_0210 | 0xC0AA_0207 | 0xC0AA_0205 | 0xC0AA_0206 | 0xC0AA_0400 | 0x8007_0020 | 0x8007_0005 => {
            BurnError::InUse
        }
        // BURN_VERIFICATION_FAILED
        0xC0AA_0007 => BurnError::ReadBackDiffers,
        code => BurnError::Refused(format!("{} ({code:#010x})", words.trim())),
    }
}

/// What a drive tells while it works: `IMAPI_FORMAT2_DATA_WRITE_ACTION`, and sectors counted from the beginning of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Event {
    action: i32,
    start: i32,
    last_written: i32,
    sectors: i32,
}

/// Stage and bytes of an event; `None` for one that tells nothing about how far it is.
fn progress_of(event: Event, bytes: u64) -> Option<(Stage, u64)> {
    const WRITING: i32 = 4;
    const FINALISING: i32 = 5;
    const VERIFYING: i32 = 7;
    let written = i64::from(event.last_written) - i64::from(event.start);
    let done = u64::try_from(written).unwrap_or(0) * SECTOR;
    match event.action {
        WRITING if event.sectors > 0 => Some((Stage::Burning, done.min(bytes))),
        // Closing the disc, and the drive's own look at it, take minutes in which nothing is counted.
        FINALISING | VERIFYING => Some((Stage::Burning, bytes)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_tell_what_lies_in_the_drive() {
        let free = 2_298_496;
        let blank = Disc::Blank { capacity: 4_707_319_808 };
        for (state, nothing, disc) in [
            (state::BLANK, true, blank),
            (state::BLANK | state::APPENDABLE, true, blank),
            (state::OVERWRITE_ONLY, true, blank),
            (state::OVERWRITE_ONLY | state::BLANK, true, blank),
            (state::OVERWRITE_ONLY, false, Disc::Written),
            (state::OVERWRITE_ONLY | state::NON_EMPTY_SESSION, true, Disc::Written),
            (state::APPENDABLE, false, Disc::Written),
            (state::FINALIZED, false, Disc::Written),
            (state::ERASE_REQUIRED, false, Disc::Written),
            (state::WRITE_PROTECTED | state::BLANK, true, Disc::Unknown),
            (state::DAMAGED | state::BLANK, true, Disc::Unknown),
            (state::UNSUPPORTED_MEDIA, false, Disc::Unknown),
            (0, false, Disc::Unknown),
        ] {
            assert_eq!(disc_of(state, nothing, free), disc, "{state:#x}");
        }
        assert_eq!(disc_of(state::BLANK, true, -1), Disc::Blank { capacity: 0 });
    }

    #[test]
    fn each_failure_is_told_as_what_it_is() {
        let told = |code: u32| error_of(code.cast_signed(), " said ", 5);
        assert!(matches!(told(0xC0AA_0202), BurnError::NoDisc));
        assert!(matches!(told(0xC0AA_0405), BurnError::NotBlank));
        assert!(matches!(told(0xC0AA_0404), BurnError::TooSmall { needed: 5, .. }));
        for busy in [0xC0AA_0210, 0xC0AA_0207, 0xC0AA_0400, 0x8007_0020] {
            assert!(matches!(told(busy), BurnError::InUse), "{busy:#x}");
        }
        assert!(matches!(told(0xC0AA_0007), BurnError::ReadBackDiffers));
        assert!(matches!(told(0xC0AA_02FF), BurnError::Refused(why) if why == "said (0xc0aa02ff)"));
    }

    #[test]
    fn events_tell_how_far_it_is() {
        let event = |action, last_written| Event { action, start: 16, last_written, sectors: 1000 };
        let bytes = 1000 * SECTOR;
        assert_eq!(progress_of(event(4, 516), bytes), Some((Stage::Burning, 500 * SECTOR)));
        assert_eq!(progress_of(event(4, 9000), bytes), Some((Stage::Burning, bytes)));
        assert_eq!(progress_of(event(4, 0), bytes), Some((Stage::Burning, 0)));
        assert_eq!(progress_of(event(7, 0), bytes), Some((Stage::Burning, bytes)));
        for silent in [0, 1, 2, 3, 6] {
            assert_eq!(progress_of(event(silent, 516), bytes), None);
        }
    }
}
