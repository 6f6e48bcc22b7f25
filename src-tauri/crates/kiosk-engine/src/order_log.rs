//! The thread that owns the order log. A log that cannot be opened is tried again with every call, so that a disk that
//! comes back needs no restart.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use kiosk_core::order::NewOrder;
use kiosk_core::report::Provenance;
use kiosk_core::roster::RosterEntry;
use kiosk_core::session::OverrideView;
use kiosk_core::{Fault, FaultCode, OrderNumber, OrderState, Verdict};
use kiosk_store::{Opening, OrderSummary, Query, Store};

use crate::contract::OrderRow;
use crate::keys::{KeyStoreChoice, Keys};
use crate::operator::ACTOR;
use crate::{Settings, clock};

pub use kiosk_store::{Finding, FindingKind, advice};

type Job = Box<dyn FnOnce(Result<&mut Store, Fault>) + Send>;

enum Message {
    Do(Job),
    Close,
}

/// Asks the thread that owns the order log. Clones ask the same thread.
#[derive(Clone)]
pub struct OrderLog {
    jobs: Sender<Message>,
    utc_offset_minutes: i32,
}

/// Where the order log lies and which station writes it.
#[derive(Debug, Clone)]
pub struct OrderLogPlace {
    /// The data folder; created when missing.
    pub data: PathBuf,
    /// Station letter.
    pub station: char,
    /// Where its key is kept.
    pub key_store: KeyStoreChoice,
    /// Local time, minutes east of Greenwich.
    pub utc_offset_minutes: i32,
}

impl OrderLogPlace {
    /// Where a studio's settings put it.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self {
            data: settings.data.clone(),
            station: settings.station,
            key_store: settings.key_store,
            utc_offset_minutes: settings.utc_offset_minutes,
        }
    }
}

impl OrderLog {
    /// Starts the thread. The first call finds out whether the log can be opened.
    pub fn start(place: OrderLogPlace) -> Result<(Self, JoinHandle<()>), Fault> {
        let (jobs, inbox) = channel();
        let utc_offset_minutes = place.utc_offset_minutes;
        let thread = thread::Builder::new()
            .name("order-log".to_owned())
            .spawn(move || keep(&place, &inbox))
            .map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
        Ok((Self { jobs, utc_offset_minutes }, thread))
    }

    /// Commits an order and then calls `answer`; never blocks.
    pub fn accept(
        &self,
        order: Box<NewOrder>,
        answer: impl FnOnce(Result<OrderNumber, Fault>) + Send + 'static,
    ) {
        let day = clock::local_day(order.accepted_at, self.utc_offset_minutes);
        let job: Job = Box::new(move |store| {
            answer(store.and_then(|store| store.accept(&order, day)).map(|accepted| accepted.number));
        });
        // When the thread is gone the program is closing; the visit's own time-out speaks then.
        let _ = self.jobs.send(Message::Do(job));
    }

    /// Finds the line of a code in the rosters and then calls `answer`; never blocks. A log that cannot be read knows nobody: its
    /// fault is spoken when the order is written.
    pub fn look_up(
        &self,
        find: impl FnOnce(&Store) -> Result<Option<RosterEntry>, Fault> + Send + 'static,
        answer: impl FnOnce(Option<Box<RosterEntry>>) + Send + 'static,
    ) {
        let job: Job = Box::new(move |store| {
            let found = store.and_then(|store| find(store)).unwrap_or_else(|fault| {
                tracing::warn!(%fault, "the rosters cannot be read");
                None
            });
            answer(found.map(Box::new));
        });
        let _ = self.jobs.send(Message::Do(job));
    }

    /// Ends the thread after everything that it was given before.
    pub fn close(&self) {
        let _ = self.jobs.send(Message::Close);
    }

    /// Runs `work` with the order log and waits for its result.
    pub fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (answer, result) = channel();
        let job: Job = Box::new(move |store| {
            let _ = answer.send(store.and_then(work));
        });
        let gone = || Fault::new(FaultCode::StoreUnavailable, "the order log is closed");
        self.jobs.send(Message::Do(job)).map_err(|_| gone())?;
        result.recv().map_err(|_| gone())?
    }
}

fn keep(place: &OrderLogPlace, inbox: &Receiver<Message>) {
    let mut open: Option<Store> = None;
    while let Ok(Message::Do(job)) = inbox.recv() {
        if open.is_none() {
            match open_in(place) {
                Ok(store) => open = Some(store),
                Err(fault) => {
                    tracing::warn!(%fault, "order log cannot be opened");
                    job(Err(fault));
                    continue;
                }
            }
        }
        if let Some(store) = &mut open {
            job(Ok(store));
        }
    }
}

fn open_in(place: &OrderLogPlace) -> Result<Store, Fault> {
    std::fs::create_dir_all(&place.data)
        .map_err(|e| Fault::new(FaultCode::StoreUnavailable, format!("{}: {e}", place.data.display())))?;
    let key = Keys::of(&place.data, place.key_store).key()?;
    Store::open(&place.data.join(kiosk_store::FILE_NAME), Opening::at_station(place.station).with_key(key))
}

/// Masked rows of every order that `find` matches, newest first, for listings without a window.
pub fn masked_rows(settings: &Settings, find: Option<&str>) -> Result<Vec<OrderRow>, Fault> {
    let store = open_existing(settings)?;
    let query = Query { find: find.map(str::to_owned), ..Query::default() };
    store.orders(&query)?.into_iter().map(|order| masked_row(&store, order)).collect()
}

/// Looks at everything in the order log; empty when all is well.
pub fn examine(settings: &Settings) -> Result<Vec<Finding>, Fault> {
    open_existing(settings)?.doctor()
}

/// Writes a whole copy into `folder`, named after the local day and time. Returns its path.
pub fn backup(settings: &Settings, folder: &Path) -> Result<PathBuf, Fault> {
    let store = open_existing(settings)?;
    std::fs::create_dir_all(folder)
        .map_err(|e| Fault::new(FaultCode::PathUnusable, format!("{}: {e}", folder.display())))?;
    let to =
        folder.join(format!("orders-{}.sqlite", clock::stamp(clock::now(), settings.utc_offset_minutes)));
    store.backup(&to)?;
    Ok(to)
}

/// Puts a backup in the place of the order log; returns where the one before lies now, when there was one.
pub fn restore(settings: &Settings, from: &Path) -> Result<Option<PathBuf>, Fault> {
    let keys = Keys::of(&settings.data, settings.key_store);
    if !from.is_file() {
        return Err(Fault::new(FaultCode::PathUnusable, format!("{}: no such backup", from.display())));
    }
    // A new key would not open it, and would then be in the way of the right one.
    if keys.state()?.is_none() && kiosk_store::looks_encrypted(from)? {
        let detail = "the backup's key is not here; `kiosk key restore` makes it from the recovery code";
        return Err(Fault::new(FaultCode::StoreKeyMissing, detail));
    }
    std::fs::create_dir_all(&settings.data)
        .map_err(|e| Fault::new(FaultCode::StoreUnavailable, format!("{}: {e}", settings.data.display())))?;
    let opening = Opening::at_station(settings.station).with_key(keys.key()?);
    kiosk_store::restore(&settings.data.join(kiosk_store::FILE_NAME), from, opening)
}

/// The recovery code of the order log's key, once; the audit remembers that it was shown.
pub fn recovery_code(settings: &Settings, again: bool) -> Result<Option<String>, Fault> {
    let mut store = open_existing(settings)?;
    let keys = Keys::of(&settings.data, settings.key_store);
    if !again && keys.state()?.is_some_and(|key| key.noted) {
        return Ok(None);
    }
    // On record before anybody sees it.
    store.record_key_shown(ACTOR, clock::now())?;
    keys.recovery_code(again)
}

/// An order as a listing shows it, with the checks that an operator should look at.
pub fn masked_row(store: &Store, order: OrderSummary) -> Result<OrderRow, Fault> {
    let (mut concerns, mut overridden, mut provenance) = (Vec::new(), None, Provenance::default());
    if order.state != OrderState::Purged {
        let photo = store.photo(order.number)?;
        concerns = photo.report.checks;
        provenance = *photo.report.provenance;
        concerns.retain(|check| matches!(check.verdict, Verdict::Fail | Verdict::Warn));
        overridden = photo.overridden.map(|overridden| OverrideView { reason: overridden.reason });
    }
    Ok(OrderRow {
        number: order.number.to_string(),
        state: order.state,
        accepted_at: order.accepted_at,
        name: order.name,
        student_number: order.student_number,
        id_number_masked: order.id_number_masked.unwrap_or_default(),
        college: order.college,
        class: order.class,
        versions: order.version,
        concerns,
        overridden,
        provenance,
    })
}

/// Whether the data folder has an order log.
pub fn is_there(settings: &Settings) -> bool {
    settings.data.join(kiosk_store::FILE_NAME).is_file()
}

/// Opens the log of a data folder that must have one: looking must not create it.
fn open_existing(settings: &Settings) -> Result<Store, Fault> {
    let path = settings.data.join(kiosk_store::FILE_NAME);
    if !path.is_file() {
        return Err(Fault::new(
            FaultCode::StoreUnavailable,
            format!("{}: there is no order log", path.display()),
        ));
    }
    open_in(&OrderLogPlace::of(settings))
}
