//! What a file name may be everywhere.

/// Longest folder or file name with its extension, in UTF-16 units. Joliet allows 64; writers of discs keep a few for
/// the version suffix.
const LONGEST_COMPONENT: usize = 60;

/// Longest path below the delivery's folder, in UTF-16 units. Windows allows 260 with drive and folder; Joliet 240.
const LONGEST_PATH: usize = 200;

/// Deepest nesting of ISO 9660 (ECMA-119, 6.8.2.1) counts the root as the first of eight.
pub(super) const DEEPEST: usize = 8;

/// Names that Windows keeps for devices, with or without extension
/// (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// Why a text cannot be (a part of) a file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsafe {
    /// A character that some file system or Windows forbids, or that cannot be seen.
    #[error("a character that a file name must not have")]
    Character,
    /// A dot at the beginning or end, or a blank there.
    #[error("a dot or blank at the beginning or end")]
    Edge,
    /// Windows keeps the name for a device.
    #[error("a name that Windows keeps for a device")]
    Device,
    /// Too long for a disc.
    #[error("longer than {LONGEST_COMPONENT} characters, or {LONGEST_PATH} with folders")]
    TooLong,
}

/// A value or a piece of a template: any characters that are allowed in one folder's or file's name.
pub(super) fn check_text(text: &str) -> Result<(), Unsafe> {
    if text.chars().all(is_allowed) { Ok(()) } else { Err(Unsafe::Character) }
}

/// A whole folder or file name.
pub(super) fn check_component(name: &str) -> Result<(), Unsafe> {
    check_text(name)?;
    let at_edge = |c: char| c == '.' || c.is_whitespace();
    // The blank before the extension is at an edge as well: some systems cut it.
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if [name, stem].iter().any(|n| n.is_empty() || n.starts_with(at_edge) || n.ends_with(at_edge)) {
        return Err(Unsafe::Edge);
    }
    if is_device(name.split('.').next().unwrap_or(name).trim_end()) {
        return Err(Unsafe::Device);
    }
    if name.encode_utf16().count() > LONGEST_COMPONENT { Err(Unsafe::TooLong) } else { Ok(()) }
}

/// The whole path, whose components are checked.
pub(super) fn check_path(path: &str) -> Result<(), Unsafe> {
    if path.encode_utf16().count() > LONGEST_PATH { Err(Unsafe::TooLong) } else { Ok(()) }
}

/// Names with equal folds are one file somewhere; folds a little more than any file system does.
pub(super) fn fold_case(name: &str) -> String {
    name.to_uppercase().to_lowercase()
}

/// Windows and FAT forbid `"*/:<>?\|` and controls, Joliet `;` as well. What cannot be seen could hide a second
/// file of the same look: zero-width and direction marks, private use, U+FFFD.
fn is_allowed(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '"' | '*' | '/' | ':' | ';' | '<' | '>' | '?' | '\\' | '|')
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        || matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFF}' | '\u{F0000}'..='\u{10FFFF}'))
}

fn is_device(stem: &str) -> bool {
    let stem = stem.to_uppercase();
    let numbered = ["COM", "LPT"].iter().any(|port| {
        let mut rest = stem.strip_prefix(port).unwrap_or_default().chars();
        matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    });
    numbered || DEVICES.contains(&stem.as_str())
}
