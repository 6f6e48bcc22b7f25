#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::os::unix::fs::PermissionsExt;

use kiosk_delivery::command::Platform;

use super::*;
use crate::keys::KeyStoreChoice;
use crate::order_log::OrderLogPlace;

const SHEET: &str = "01919191-0000-7000-8000-00000000abcd";

struct Studio {
    folder: tempfile::TempDir,
    printing: Printing,
}

impl Studio {
    /// With a print queue whose answers lie in files.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = OrderLogPlace {
            data: folder.path().join("data"),
            station: 'A',
            utc_offset_minutes: 480,
            key_store: KeyStoreChoice::File,
        };
        let (order_log, _) = OrderLog::start(place).unwrap();
        let programs = folder.path().join("bin");
        std::fs::create_dir(&programs).unwrap();
        let studio = Self {
            printing: Printing::new(
                order_log,
                Spooler::with_programs(Platform::Linux, programs),
                folder.path().to_owned(),
            ),
            folder,
        };
        studio.program("lp", "echo \"$@\" >> ../sent; echo 'request id is DNP-42 (1 file(s))'");
        studio.program(
            "lpstat",
            "case \"$*\" in *-p*) cat ../printers;; *not-completed*) cat ../waiting;; *) cat ../ended;; esac",
        );
        studio.says("printers", "printer DNP is idle.  enabled\n\tAlerts: none\n");
        for file in ["waiting", "ended", "sent"] {
            studio.says(file, "");
        }
        studio.sheet();
        studio
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.folder.path().join("bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\ncd \"$(dirname \"$0\")\"\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn says(&self, file: &str, text: &str) {
        std::fs::write(self.folder.path().join(file), text).unwrap();
    }

    fn sent(&self) -> usize {
        std::fs::read_to_string(self.folder.path().join("sent")).unwrap().lines().count()
    }

    fn sheet(&self) {
        let pdf = kiosk_delivery::sheet_pdf::empty_page(152.0, 102.0).unwrap();
        std::fs::write(self.folder.path().join("sheet-20261121-6r-00abcd.pdf"), pdf).unwrap();
        let job = kiosk_store::NewPrint {
            id: SHEET.to_owned(),
            paper: "6r".to_owned(),
            pages: 1,
            copies: 5,
            photos: Vec::new(),
            actor: "operator".to_owned(),
            at: 0,
        };
        self.printing.order_log.call(move |store| store.record_print(&job)).unwrap();
    }

    fn print(&self) -> Result<PrintView, Fault> {
        self.printing.print(&PrintRequest { sheet: SHEET.to_owned(), printer: "DNP".to_owned() })
    }

    fn newest(&self) -> PrintState {
        self.printing.prints().unwrap()[0].state
    }
}

#[test]
fn a_print_is_followed_until_it_is_on_paper_and_may_be_repeated() {
    let studio = Studio::new();
    assert_eq!(studio.print().unwrap().state, PrintState::Sent);
    let words = std::fs::read_to_string(studio.folder.path().join("sent")).unwrap();
    assert!(words.contains("print-scaling=none -o media=Custom.102x152mm"), "{words}");
    studio.says("waiting", "DNP-42 kiosk 1024\n");
    assert_eq!(studio.newest(), PrintState::Sent);
    studio.says("waiting", "");
    studio.says("ended", "DNP-42 kiosk 1024\n\tAlerts: job-completed-successfully\n");
    assert_eq!(studio.newest(), PrintState::Printed);
    studio.print().unwrap();
    assert_eq!((studio.sent(), studio.printing.prints().unwrap().len()), (2, 2));
}

#[test]
fn without_paper_nothing_new_is_sent() {
    let studio = Studio::new();
    studio.says("printers", "printer DNP is idle.\n\tAlerts: media-empty-error\n");
    assert_eq!(studio.print().unwrap_err().code, FaultCode::PrinterStopped);
    assert_eq!((studio.sent(), studio.newest()), (0, PrintState::Failed));
    assert_eq!(studio.printing.printers()[0].stopped.as_deref(), Some("media-empty"));
}

#[test]
fn what_nobody_knows_is_not_called_printed() {
    let studio = Studio::new();
    studio.printing.order_log.call(|store| store.queue_print(SHEET, "x.pdf", "DNP", 1)).unwrap();
    assert_eq!(studio.newest(), PrintState::Failed);
    let other = PrintRequest { sheet: "../../etc/passwd".to_owned(), printer: "DNP".to_owned() };
    assert_eq!(studio.printing.print(&other).unwrap_err().code, FaultCode::PathUnusable);
}
