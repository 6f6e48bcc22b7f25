//! The system's print queue: which printers there are, whether one waits for somebody, and what became of a job.
//!
//! CUPS on Linux and macOS by `lp` and `lpstat`. On Windows printers are asked through CIM, and `SumatraPDF` prints: Windows itself has
//! no program that prints a PDF at its own size. Sizes are never left to the system: `print-scaling=none`, `noscale`.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use kiosk_core::{Fault, FaultCode};

use crate::command::{CommandLine, Platform};

/// A printer of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printer {
    /// The system's name for it.
    pub name: String,
    /// Used when nobody chooses.
    pub is_default: bool,
    /// Why it takes nothing now; `None` when it does.
    pub stopped: Option<String>,
}

/// What the system says of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// Waiting or printing.
    Pending,
    /// On paper.
    Printed,
    /// Cancelled or given up, and why.
    Failed(String),
    /// The system has forgotten it, or does not tell.
    Unknown,
}

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// No printer of this name.
    #[error("no printer {0:?}")]
    NoPrinter(String),
    /// It waits for somebody; nothing new is sent.
    #[error("{0}: {1}")]
    Stopped(String, String),
    /// The system has no print queue.
    #[error("the system's print queue cannot be asked: {0}")]
    NoQueue(io::Error),
    /// The system refused the job.
    #[error("the system refused the job: {0}")]
    Refused(String),
}

impl From<PrintError> for Fault {
    fn from(error: PrintError) -> Self {
        let code = match &error {
            PrintError::NoPrinter(_) | PrintError::NoQueue(_) => FaultCode::PrinterMissing,
            PrintError::Stopped(..) | PrintError::Refused(_) => FaultCode::PrinterStopped,
        };
        Self::new(code, error.to_string())
    }
}

/// What is printed.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The printer's name.
    pub printer: &'a str,
    /// The PDF.
    pub file: &'a Path,
    /// Size of its pages, upright or not, millimetres.
    pub page_mm: [f64; 2],
    /// What the queue shows. Names nobody.
    pub title: &'a str,
}

/// The system's print queue.
#[derive(Debug, Clone)]
pub struct Spooler {
    platform: Platform,
    programs: Option<PathBuf>,
}

impl Spooler {
    /// This system's.
    #[must_use]
    pub fn of_this_system() -> Self {
        Self { platform: Platform::current(), programs: None }
    }

    /// One whose programs lie in a folder.
    #[must_use]
    pub fn with_programs(platform: Platform, programs: PathBuf) -> Self {
        Self { platform, programs: Some(programs) }
    }

    /// Every printer.
    ///
    /// # Errors
    /// [`PrintError::NoQueue`].
    pub fn printers(&self) -> Result<Vec<Printer>, PrintError> {
        let said = self.ask(&list_command(self.platform))?;
        Ok(match self.platform {
            Platform::Linux | Platform::MacOs => cups_printers(&said),
            Platform::Windows => windows_printers(&said),
        })
    }

    /// Hands a job over, unless its printer waits for somebody: more jobs would only pile up. Gives back the system's name of the job,
    /// empty where it tells none.
    ///
    /// # Errors
    /// See [`PrintError`].
    pub fn send(&self, job: &Job<'_>) -> Result<String, PrintError> {
        let printers = self.printers()?;
        let printer = printers.into_iter().find(|printer| printer.name == job.printer);
        let printer = printer.ok_or_else(|| PrintError::NoPrinter(job.printer.to_owned()))?;
        if let Some(why) = printer.stopped {
            return Err(PrintError::Stopped(printer.name, why));
        }
        let output = self.here(&send_command(self.platform, job)).run().map_err(PrintError::NoQueue)?;
        if !output.status.success() {
            return Err(PrintError::Refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        Ok(cups_job(&String::from_utf8_lossy(&output.stdout)).unwrap_or_default())
    }

    /// What became of a job.
    ///
    /// # Errors
    /// [`PrintError::NoQueue`].
    pub fn state(&self, printer: &str, system_job: &str) -> Result<JobState, PrintError> {
        if self.platform == Platform::Windows || system_job.is_empty() {
            return Ok(JobState::Unknown);
        }
        let ask = |which| self.ask(&jobs_command(printer, which));
        if ask("not-completed")?.lines().any(|line| first_word(line) == system_job) {
            return Ok(JobState::Pending);
        }
        Ok(cups_ended(&ask("completed")?, system_job))
    }

    fn ask(&self, command: &CommandLine) -> Result<String, PrintError> {
        let output = self.here(command).run().map_err(PrintError::NoQueue)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn here(&self, command: &CommandLine) -> CommandLine {
        let mut command = command.clone();
        if let Some(folder) = &self.programs {
            command.program = folder.join(&command.program).into_os_string();
        }
        command
    }
}

/// Lists printers with what they complain of.
#[must_use]
pub fn list_command(platform: Platform) -> CommandLine {
    const CIM: &str = "Get-CimInstance Win32_Printer | ForEach-Object { \"{0}`t{1}`t{2}`t{3}\" -f \
                       $_.Name, $_.Default, $_.WorkOffline, $_.DetectedErrorState }";
    match platform {
        Platform::Linux | Platform::MacOs => CommandLine::new("lpstat", ["-l", "-p", "-d"]),
        Platform::Windows => {
            CommandLine::new("powershell", ["-NoProfile", "-NonInteractive", "-Command", CIM])
        }
    }
}

/// Prints a file at its own size.
#[must_use]
pub fn send_command(platform: Platform, job: &Job<'_>) -> CommandLine {
    let [width, height] = job.page_mm;
    let (short, long) = (width.min(height), width.max(height));
    match platform {
        Platform::Linux | Platform::MacOs => {
            let media = format!("media=Custom.{short}x{long}mm");
            let words = ["-d", job.printer, "-t", job.title, "-o", "print-scaling=none", "-o", &media, "--"];
            let words = words.into_iter().map(OsString::from);
            CommandLine::new("lp", words.chain([job.file.as_os_str().to_owned()]))
        }
        Platform::Windows => {
            let words = ["-silent", "-print-to", job.printer, "-print-settings", "noscale"];
            let words = words.into_iter().map(OsString::from);
            CommandLine::new("SumatraPDF", words.chain([job.file.as_os_str().to_owned()]))
        }
    }
}

fn jobs_command(printer: &str, which: &str) -> CommandLine {
    CommandLine::new("lpstat", ["-l", "-W", which, "-o", printer])
}

/// `request id is DNP-42 (1 file(s))`
fn cups_job(said: &str) -> Option<String> {
    let (_, rest) = said.split_once("request id is ")?;
    Some(first_word(rest).to_owned())
}

fn cups_printers(said: &str) -> Vec<Printer> {
    let default = said.lines().find_map(|line| line.strip_prefix("system default destination: "));
    let mut printers: Vec<Printer> = Vec::new();
    for line in said.lines() {
        if let Some(rest) = line.strip_prefix("printer ") {
            let name = first_word(rest).to_owned();
            let is_default = default.map(str::trim) == Some(name.as_str());
            let disabled = rest[name.len()..].trim_start().starts_with("disabled");
            printers.push(Printer { name, is_default, stopped: disabled.then(|| "paused".to_owned()) });
        } else if let (Some(alerts), Some(printer)) =
            (line.trim().strip_prefix("Alerts:"), printers.last_mut())
        {
            let alert = alerts.split([' ', ',']).find(|alert| stops(alert));
            printer.stopped =
                alert.map(|alert| alert.trim_end_matches("-error").to_owned()).or(printer.stopped.take());
        }
    }
    printers
}

/// Reasons of RFC 8011, 5.4.12, that a printer waits for. Warnings and reports are not among them.
fn stops(alert: &str) -> bool {
    const REASONS: [&str; 16] = [
        "media-empty",
        "media-needed",
        "media-jam",
        "cover-open",
        "door-open",
        "interlock-open",
        "input-tray-missing",
        "input-media-supply-empty",
        "marker-supply-empty",
        "toner-empty",
        "output-area-full",
        "offline",
        "paused",
        "shutdown",
        "stopped",
        "other-error",
    ];
    !alert.ends_with("-warning")
        && !alert.ends_with("-report")
        && REASONS.iter().any(|reason| alert.starts_with(reason))
}

/// The lines below a job's own tell how it ended.
fn cups_ended(said: &str, system_job: &str) -> JobState {
    let mut lines = said.lines().skip_while(|line| first_word(line) != system_job);
    if lines.next().is_none() {
        return JobState::Unknown;
    }
    let mut own = lines.take_while(|line| line.starts_with([' ', '\t']));
    let alerts = own.find_map(|line| line.trim().strip_prefix("Alerts:")).unwrap_or_default().trim();
    match alerts {
        "job-completed-successfully" | "job-completed-with-warnings" => JobState::Printed,
        "" => JobState::Unknown,
        other => JobState::Failed(other.to_owned()),
    }
}

/// Name, default, offline, `DetectedErrorState` of `Win32_Printer`, with tabs between.
fn windows_printers(said: &str) -> Vec<Printer> {
    let reason = |state: &str| match state {
        "4" => Some("media-empty"),
        "6" => Some("marker-supply-empty"),
        "7" => Some("cover-open"),
        "8" => Some("media-jam"),
        "9" => Some("offline"),
        "10" => Some("other-error"),
        _ => None,
    };
    let printers = said.lines().filter_map(|line| {
        let mut cells = line.trim_end().split('\t');
        let (name, default) = (cells.next()?, cells.next()?);
        let (offline, state) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let stopped = if offline == "True" { Some("offline") } else { reason(state) };
        Some(Printer {
            name: name.to_owned(),
            is_default: default == "True",
            stopped: stopped.map(str::to_owned),
        })
    });
    printers.collect()
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_never_scaled() {
        let file = Path::new("/data/排版/sheet.pdf");
        let job = Job { printer: "DNP", file, page_mm: [152.0, 102.0], title: "sheet" };
        for platform in [Platform::Linux, Platform::MacOs] {
            assert_eq!(
                send_command(platform, &job).words(),
                [
                    "lp",
                    "-d",
                    "DNP",
                    "-t",
                    "sheet",
                    "-o",
                    "print-scaling=none",
                    "-o",
                    "media=Custom.102x152mm",
                    "--",
                    "/data/排版/sheet.pdf"
                ]
            );
        }
        assert_eq!(
            send_command(Platform::Windows, &job).words(),
            [
                "SumatraPDF",
                "-silent",
                "-print-to",
                "DNP",
                "-print-settings",
                "noscale",
                "/data/排版/sheet.pdf"
            ]
        );
    }

    #[test]
    fn a_printer_that_waits_for_somebody_is_told_from_one_that_only_warns() {
        let said = "printer DNP is idle.  enabled since Sat Nov 21 10:00:00 2026\n\tForm mounted:\n\tAlerts: media-low-warning\n\
                    printer Epson now printing Epson-3.  enabled since Sat Nov 21 10:00:00 2026\n\tAlerts: marker-supply-low-report media-empty-error\n\
                    printer Old disabled since Sat Nov 21 10:00:00 2026 -\n\tPaused\n\tAlerts: none\n\
                    printer Open is idle.\n\tAlerts: cover-open\nsystem default destination: DNP\n";
        let found: Vec<_> =
            cups_printers(said).into_iter().map(|p| (p.name, p.is_default, p.stopped)).collect();
        let row = |name: &str, default, stopped: Option<&str>| {
            (name.to_owned(), default, stopped.map(str::to_owned))
        };
        assert_eq!(
            found,
            [
                row("DNP", true, None),
                row("Epson", false, Some("media-empty")),
                row("Old", false, Some("paused")),
                row("Open", false, Some("cover-open")),
            ]
        );
        let windows = windows_printers(
            "DNP DS620\tTrue\tFalse\t2\r\nEpson\tFalse\tFalse\t4\r\nFar\tFalse\tTrue\t0\r\n",
        );
        let found: Vec<_> = windows.into_iter().map(|p| (p.name, p.is_default, p.stopped)).collect();
        assert_eq!(
            found,
            [
                row("DNP DS620", true, None),
                row("Epson", false, Some("media-empty")),
                row("Far", false, Some("offline"))
            ]
        );
    }

    #[test]
    fn how_a_job_ended_is_read_from_its_own_lines() {
        let said = "DNP-41  kiosk  1024  Sat Nov 21\n\tStatus: \n\tAlerts: job-canceled-by-user\n\tqueued for DNP\n\
                    DNP-42  kiosk  1024  Sat Nov 21\n\tAlerts: job-completed-successfully\n";
        assert_eq!(cups_ended(said, "DNP-42"), JobState::Printed);
        assert_eq!(cups_ended(said, "DNP-41"), JobState::Failed("job-canceled-by-user".to_owned()));
        assert_eq!(cups_ended(said, "DNP-4"), JobState::Unknown);
        assert_eq!(cups_job("request id is DNP-42 (1 file(s))\n").as_deref(), Some("DNP-42"));
        assert_eq!(cups_job("lp: error"), None);
    }
}
