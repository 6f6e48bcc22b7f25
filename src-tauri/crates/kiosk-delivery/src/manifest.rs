//! BagIt manifests (RFC 8493, 2.1.3): a hash and a path a line, as `sha256sum -c` reads them.

use std::fmt::Write;

use kiosk_core::hex::{hex, unhex};

/// One line of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Path relative to the delivery's folder, `/` between folders.
    pub path: String,
}

/// A manifest that is not one, by line from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {0} of the manifest is not a hash and a path below the delivery's folder")]
pub struct BadLine(pub usize);

/// Writes a manifest. Paths must not hold `%` or line breaks, which the two readers would understand differently.
pub fn format<'a>(entries: impl IntoIterator<Item = (&'a str, &'a [u8; 32])>) -> String {
    let mut text = String::new();
    for (path, sha256) in entries {
        let _ = writeln!(text, "{}  {path}", hex(sha256));
    }
    text
}

/// Reads a manifest, also one of another program: `*` before the path, upper-case digits, `%0A %0D %25`.
///
/// # Errors
/// [`BadLine`], also for a path that leads out of the delivery's folder.
pub fn parse(text: &str) -> Result<Vec<Entry>, BadLine> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| entry(line).ok_or(BadLine(at + 1))).collect()
}

fn entry(line: &str) -> Option<Entry> {
    let (digits, path) = line.split_once(char::is_whitespace)?;
    let path = path.trim_start();
    let path = path.strip_prefix('*').unwrap_or(path);
    let path = path.strip_prefix("./").unwrap_or(path);
    let path = ["%0A", "%0a", "%0D", "%0d", "%25"]
        .iter()
        .zip(["\n", "\n", "\r", "\r", "%"])
        .fold(path.to_owned(), |path, (code, character)| path.replace(code, character));
    let inside = !path.contains('\\')
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
        && !path.split('/').next().is_some_and(|first| first.ends_with(':'));
    Some(Entry { sha256: unhex(digits)?, path }).filter(|_| inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let entries = [("data/测试 甲.jpg", &[7; 32]), ("data/b/c.JPG", &[0xAB; 32])];
        let read = parse(&format(entries)).unwrap();
        let read: Vec<_> = read.iter().map(|e| (e.path.as_str(), &e.sha256)).collect();
        assert_eq!(read, entries);
    }

    #[test]
    fn other_programs_manifests_are_read_as_well() {
        let hash = "AB".repeat(32);
        let text = format!("\u{FEFF}{hash} *data/a.jpg\r\n\r\n{hash}\t./data/100%25.jpg\r\n");
        let read = parse(&text).unwrap();
        assert_eq!(read.iter().map(|e| e.path.as_str()).collect::<Vec<_>>(), ["data/a.jpg", "data/100%.jpg"]);
        assert_eq!(read[0].sha256, [0xAB; 32]);
    }

    #[test]
    fn a_path_must_stay_inside() {
        let hash = "00".repeat(32);
        for path in ["../x", "/etc/passwd", "data/../../x", "C:/x", "data\\..\\x", "", "data//x"] {
            assert_eq!(parse(&format!("{hash}  {path}")), Err(BadLine(1)), "{path:?}");
        }
        assert_eq!(parse("zz  data/x"), Err(BadLine(1)));
        assert_eq!(parse(&format!("\n{hash}")), Err(BadLine(2)));
    }
}
