//! The file itself: size, format, density.

use kiosk_core::{Check, CheckId, Profile, Verdict};

use crate::standardise::header::{self, Process};

/// The checks made here.
pub const IDS: [CheckId; 3] = [CheckId::FileBytes, CheckId::FileFormat, CheckId::Dpi];

/// The three checks of a finished file.
#[must_use]
pub fn measure(file: &[u8], profile: &Profile) -> Vec<Check> {
    vec![bytes(file, profile), format(file, profile), dpi(file, profile)]
}

/// Size in bytes. Between the two readings of "KB" it is a warning.
fn bytes(file: &[u8], profile: &Profile) -> Check {
    let accept = profile.file.accept.map(f64::from);
    let mut check = Check::judge(CheckId::FileBytes, file.len() as f64, "bytes", accept, 0.0);
    let aimed = (profile.file.aim[0] as usize..=profile.file.aim[1] as usize).contains(&file.len());
    if check.verdict == Verdict::Pass && !aimed {
        check.verdict = Verdict::Warn;
    }
    check
}

/// Number of broken rules among: baseline JPEG, complete, 8 bit, three components, the profile's pixel size.
fn format(file: &[u8], profile: &Profile) -> Check {
    const RULES: u32 = 5;
    let size = profile.photo.size;
    let broken = header::read(file).map_or(RULES, |h| {
        let rules = [
            h.process == Process::Baseline,
            h.complete,
            h.precision == 8,
            h.components == 3,
            u32::from(h.width) == size.width && u32::from(h.height) == size.height,
        ];
        rules.iter().filter(|&&kept| !kept).count() as u32
    });
    Check::judge(CheckId::FileFormat, f64::from(broken), "count", [0.0, 0.0], 0.0)
}

/// Dots per inch of the JFIF header; the smaller direction. A file that does not say is unknown.
fn dpi(file: &[u8], profile: &Profile) -> Check {
    let wanted = f64::from(profile.photo.dpi);
    let density = header::read(file).ok().and_then(|h| h.density);
    match density {
        Some((x, y)) => Check::judge(CheckId::Dpi, f64::from(x.min(y)), "dpi", [wanted, wanted], 0.0),
        None => Check { limit: Some([wanted, wanted]), ..Check::unknown(CheckId::Dpi, "dpi") },
    }
}
