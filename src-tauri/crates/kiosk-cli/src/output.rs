//! What goes to standard output (results) and to standard error (progress, faults).

use std::io::Write;
use std::process::ExitCode;

use kiosk_core::{Fault, FaultCode};
use serde::Serialize;

/// How a command ends. The worse one counts when several inputs end differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// The input was understood but falls short.
    FallsShort = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The surroundings failed: no camera, full disk.
    Environment = 3,
}

impl Exit {
    /// The exit that a fault leads to.
    pub fn of(fault: &Fault) -> Self {
        match fault.code {
            FaultCode::ProfileUnknown | FaultCode::CalibrationUnknown | FaultCode::PaperUnknown => {
                Self::Usage
            }
            code if code.is_environment() => Self::Environment,
            _ => Self::FallsShort,
        }
    }

    /// [`Exit::FallsShort`] unless `good`.
    pub fn unless(good: bool) -> Self {
        if good { Self::Done } else { Self::FallsShort }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Results as one JSON object a line, or as lines for people.
pub struct Output {
    json: bool,
}

impl Output {
    /// Output in the chosen form.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// One result. Errors of standard output (a closed pipe) end the output, not the work.
    pub fn line<T: Serialize>(&mut self, result: &T, for_people: impl FnOnce() -> String) {
        let text = if self.json {
            serde_json::to_string(result).unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}"))
        } else {
            for_people()
        };
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}");
        let _ = out.flush();
    }
}

/// A message on standard error.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A fault on standard error.
pub fn report(fault: &Fault) {
    note(&format!("kiosk: {fault}"));
}
