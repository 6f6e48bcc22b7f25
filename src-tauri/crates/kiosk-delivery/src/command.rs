//! Programs of the platform, as tables: which program with which words does what. Every row is tested on every platform.

use std::ffi::OsString;
use std::io;
use std::process::{Command, Output, Stdio};

/// Platforms whose programs differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Linux.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl Platform {
    /// The one that this runs on; what is neither macOS nor Windows has Linux' programs.
    #[must_use]
    pub fn current() -> Self {
        match std::env::consts::OS {
            "macos" => Self::MacOs,
            "windows" => Self::Windows,
            _ => Self::Linux,
        }
    }
}

/// A program and its words. Nothing goes through a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The program.
    pub program: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

impl CommandLine {
    /// A command of words.
    pub fn new<W: Into<OsString>>(
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = W>,
    ) -> Self {
        Self { program: program.into(), arguments: arguments.into_iter().map(Into::into).collect() }
    }

    /// Runs it to its end, in the language whose messages can be read.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when the program is not installed.
    pub fn run(&self) -> io::Result<Output> {
        self.command().output()
    }

    /// Ready to be run or watched; standard input is closed.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env("LC_ALL", "C").stdin(Stdio::null());
        command
    }

    /// The words, for tests and messages.
    pub fn words(&self) -> Vec<String> {
        let words = std::iter::once(&self.program).chain(&self.arguments);
        words.map(|word| word.to_string_lossy().into_owned()).collect()
    }
}
