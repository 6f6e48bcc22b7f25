//! Where a passphrase comes from: a file or the keyboard, never the command line, which every program on the machine may read.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use kiosk_core::{Fault, FaultCode};

/// Longest file that is read as a passphrase, bytes.
const LONGEST: u64 = 4096;

/// For a new delivery: asked for twice, since nobody sees what is typed and nothing opens the delivery without it.
pub fn chosen(file: Option<&Path>) -> Result<String, Fault> {
    let Some(file) = file else {
        let first = asked("口令 · Passphrase (not shown): ")?;
        if asked("再次输入 · Once more: ")? != first {
            return Err(Fault::new(FaultCode::PassphraseWrong, "the two are not the same"));
        }
        return Ok(first);
    };
    read(file)
}

/// Of a delivery that is there.
pub fn given(file: Option<&Path>) -> Result<String, Fault> {
    file.map_or_else(|| asked("口令 · Passphrase (not shown): "), read)
}

fn asked(prompt: &str) -> Result<String, Fault> {
    rpassword::prompt_password(prompt)
        .map_err(|e| Fault::new(FaultCode::PathUnusable, format!("no terminal ({e}): use --passphrase-file")))
}

/// The first line.
fn read(file: &Path) -> Result<String, Fault> {
    let unusable =
        |e: std::io::Error| Fault::new(FaultCode::PathUnusable, format!("{}: {e}", file.display()));
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(LONGEST).read_to_string(&mut text).map_err(unusable)?;
    } else {
        File::open(file).map_err(unusable)?.take(LONGEST).read_to_string(&mut text).map_err(unusable)?;
    }
    // An editor ends the line, and on Windows it may begin the file with a mark.
    let line = text.trim_start_matches('\u{FEFF}').lines().next().unwrap_or_default();
    Ok(line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_the_file_is_the_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("words");
        for (content, words) in [
            ("4821-0935 x", "4821-0935 x"),
            ("4821-0935\n", "4821-0935"),
            ("\u{FEFF}4821-0935\r\nmore\r\n", "4821-0935"),
            ("", ""),
        ] {
            std::fs::write(&file, content).unwrap();
            assert_eq!(chosen(Some(&file)).unwrap(), words);
        }
        let none = given(Some(&folder.path().join("none"))).unwrap_err();
        assert_eq!(none.code, FaultCode::PathUnusable);
    }
}
