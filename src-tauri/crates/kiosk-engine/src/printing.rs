//! Sheets on their way through the system's print queue. Each print is written down before the system hears of it, so that a restart knows
//! what may be on paper.

use std::path::{Path, PathBuf};

use kiosk_core::{Fault, FaultCode};
use kiosk_delivery::printing::{Job, JobState, Spooler};
use kiosk_delivery::sheet_pdf::page_size_mm;
use kiosk_store::{QueuedPrint, QueuedState};

use crate::clock;
use crate::contract::{PrintRequest, PrintState, PrintView, PrinterView};
use crate::order_log::OrderLog;

/// Prints that the desk sees.
const SHOWN: u32 = 50;

/// Sends sheets and remembers what became of them.
pub struct Printing {
    order_log: OrderLog,
    spooler: Spooler,
    sheets: PathBuf,
}

impl Printing {
    /// Prints the sheets of this folder.
    pub fn new(order_log: OrderLog, spooler: Spooler, sheets: PathBuf) -> Self {
        Self { order_log, spooler, sheets }
    }

    /// Printers of the system; none where it has no print queue.
    pub fn printers(&self) -> Vec<PrinterView> {
        let printers = self.spooler.printers().unwrap_or_else(|error| {
            tracing::info!(%error, "no printers");
            Vec::new()
        });
        let view = |p: kiosk_delivery::printing::Printer| PrinterView {
            name: p.name,
            is_default: p.is_default,
            stopped: p.stopped,
        };
        printers.into_iter().map(view).collect()
    }

    /// Sends a sheet, for the first time or again. A printer that waits for somebody takes nothing new.
    pub fn print(&self, request: &PrintRequest) -> Result<PrintView, Fault> {
        let file = self.file_of(&request.sheet)?;
        let unreadable =
            |e: std::io::Error| Fault::new(FaultCode::PathUnusable, format!("{}: {e}", file.display()));
        let page_mm = page_size_mm(&std::fs::read(&file).map_err(unreadable)?).map_err(Fault::from)?;
        let mut print = self.queue(request, &file)?;
        let job = Job { printer: &request.printer, file: &file, page_mm, title: "degree photos" };
        let sent = self.spooler.send(&job);
        match &sent {
            Ok(system_job) => (print.state, print.system_job) = (QueuedState::Sent, system_job.clone()),
            Err(error) => (print.state, print.detail) = (QueuedState::Failed, error.to_string()),
        }
        self.write_down(&print)?;
        sent.map_err(Fault::from)?;
        Ok(view(print))
    }

    /// What was sent, newest first, as the system sees it now.
    pub fn prints(&self) -> Result<Vec<PrintView>, Fault> {
        let mut prints = self.order_log.call(|store| store.queued_prints(SHOWN))?;
        for print in
            prints.iter_mut().filter(|print| matches!(print.state, QueuedState::Queued | QueuedState::Sent))
        {
            let before = print.clone();
            match print.state {
                // Nobody is sending it any more: the kiosk ended in between, and it may or may not be on paper.
                QueuedState::Queued => {
                    (print.state, print.detail) = (QueuedState::Failed, "interrupted".to_owned());
                }
                _ => match self.spooler.state(&print.printer, &print.system_job) {
                    Ok(JobState::Printed) => print.state = QueuedState::Printed,
                    Ok(JobState::Failed(why)) => (print.state, print.detail) = (QueuedState::Failed, why),
                    Ok(JobState::Pending | JobState::Unknown) | Err(_) => (),
                },
            }
            if *print != before {
                self.write_down(print)?;
            }
        }
        Ok(prints.into_iter().map(view).collect())
    }

    fn queue(&self, request: &PrintRequest, file: &Path) -> Result<QueuedPrint, Fault> {
        let (job, printer) = (request.sheet.clone(), request.printer.clone());
        let (file, at) = (file.display().to_string(), clock::now());
        self.order_log.call(move |store| {
            let id = store.queue_print(&job, &file, &printer, at)?;
            let (system_job, detail) = (String::new(), String::new());
            Ok(QueuedPrint { id, job, file, printer, state: QueuedState::Queued, system_job, detail, at })
        })
    }

    fn write_down(&self, print: &QueuedPrint) -> Result<(), Fault> {
        let print = print.clone();
        self.order_log.call(move |store| store.change_print(&print, clock::now()))
    }

    /// The end of a sheet's id is the end of its file's name.
    fn file_of(&self, sheet: &str) -> Result<PathBuf, Fault> {
        let unknown = || Fault::new(FaultCode::PathUnusable, format!("no sheet {sheet:?}"));
        let id: uuid::Uuid = sheet.parse().map_err(|_| unknown())?;
        let id = id.to_string();
        let end = format!("-{}.pdf", &id[id.len() - crate::sheets::ID_END..]);
        let files = std::fs::read_dir(&self.sheets).into_iter().flatten().flatten();
        let mut found = files.filter(|entry| entry.file_name().to_string_lossy().ends_with(&end));
        found.next().map(|entry| entry.path()).ok_or_else(unknown)
    }
}

fn view(print: QueuedPrint) -> PrintView {
    PrintView {
        id: print.id,
        sheet: print.job,
        file: print.file,
        printer: print.printer,
        state: match print.state {
            QueuedState::Queued => PrintState::Queued,
            QueuedState::Sent => PrintState::Sent,
            QueuedState::Printed => PrintState::Printed,
            QueuedState::Failed => PrintState::Failed,
        },
        detail: print.detail,
        at: print.at,
    }
}

#[cfg(all(test, unix))]
mod tests;
