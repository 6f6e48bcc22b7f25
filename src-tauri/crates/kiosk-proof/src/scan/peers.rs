//! zxing-cpp and zbar, asked through Python when it has them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use image::GrayImage;
use kiosk_core::{Fault, FaultCode};
use serde::Deserialize;

use super::decoder::{Decoder, Found};

const SCRIPT: &str = include_str!("peers.py");

/// A Python process that reads codes. It ends when its input does.
pub struct Peers {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Name and version of what is there.
    pub versions: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Answer {
    payloads: Vec<String>,
    ms: f64,
}

impl Peers {
    /// Starts a Python.
    ///
    /// # Errors
    /// `internal` when it does not start or answer.
    pub fn start(python: &Path) -> Result<Self, Fault> {
        let mut child = Command::new(python)
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| lost(&e))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(lost(&"no pipes"));
        };
        let mut peers =
            Self { child, input: Some(input), output: BufReader::new(output), versions: BTreeMap::new() };
        peers.versions = serde_json::from_str(&peers.line()?).map_err(|e| lost(&e))?;
        Ok(peers)
    }

    pub fn has(&self, decoder: Decoder) -> bool {
        self.versions.contains_key(decoder.name())
    }

    pub fn read(&mut self, decoder: Decoder, picture: &GrayImage) -> Result<Found, Fault> {
        let (width, height) = picture.dimensions();
        let input = self.input.as_mut().ok_or_else(|| lost(&"ended"))?;
        writeln!(input, "{} {width} {height}", decoder.name())
            .and_then(|()| input.write_all(picture.as_raw()))
            .and_then(|()| input.flush())
            .map_err(|e| lost(&e))?;
        let answer: Answer = serde_json::from_str(&self.line()?).map_err(|e| lost(&e))?;
        let payloads: Option<Vec<Vec<u8>>> = answer.payloads.iter().map(|hex| from_hex(hex)).collect();
        Ok(Found { payloads: payloads.ok_or_else(|| lost(&"not hexadecimal"))?, ms: answer.ms })
    }

    fn line(&mut self) -> Result<String, Fault> {
        let mut line = String::new();
        match self.output.read_line(&mut line) {
            Ok(0) => Err(lost(&"it ended")),
            Ok(_) => Ok(line),
            Err(error) => Err(lost(&error)),
        }
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        self.input = None;
        // It has nothing left to read, so it ends by itself.
        let _ = self.child.wait();
    }
}

fn lost(error: &dyn std::fmt::Display) -> Fault {
    Fault::new(FaultCode::Internal, format!("Python with the other decoders: {error}"))
}

/// Bytes of pairs of hexadecimal digits.
pub fn from_hex(hex: &str) -> Option<Vec<u8>> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(hex.get(i..i + 2)?, 16).ok()).collect()
}
