//! The thread that owns the order log. A log that cannot be opened is tried again with every call, so that a disk that
//! comes back needs no restart.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use kiosk_core::face::FaceEmbedding;
use kiosk_core::money::{PaymentKind, WaiverReason};
use kiosk_core::order::{BadDay, LocalDay, NewOrder};
use kiosk_core::report::Provenance;
use kiosk_core::session::OverrideView;
use kiosk_core::{CollectionCode, Fault, FaultCode, Fen, OrderNumber, Verdict};
use kiosk_store::{NewPayment, Opening, OrderSummary, Payer, Query, Restoring, Store};
use sha2::{Digest as _, Sha256};

use crate::contract::{BackupMade, OrderQuery, OrderRow};
use crate::faces_of_day::FacesOfDay;
use crate::keys::{KeyStoreChoice, Keys};
use crate::operator::ACTOR;
use crate::operator::parse;
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
    faces: Arc<Mutex<FacesOfDay>>,
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
        Ok((Self { jobs, utc_offset_minutes, faces: Arc::default() }, thread))
    }

    /// Commits an order and then calls `answer`; never blocks. What there is to alarm about the photo's face is told to `alarms`, with all
    /// that nobody has looked into yet.
    pub fn accept(
        &self,
        order: Box<NewOrder>,
        face: Option<FaceEmbedding>,
        answer: impl FnOnce(Result<OrderNumber, Fault>) + Send + 'static,
        alarms: impl FnOnce(u32) + Send + 'static,
    ) {
        let day = LocalDay::of(order.accepted_at, self.utc_offset_minutes);
        let faces = self.faces.clone();
        let job: Job = Box::new(move |store| {
            let store = match store {
                Ok(store) => store,
                Err(fault) => return answer(Err(fault)),
            };
            let accepted = store.accept(&order, day).map(|accepted| accepted.number);
            let number = accepted.as_ref().ok().copied();
            // The person waits for the number and for nothing else.
            answer(accepted);
            let Some(number) = number else { return };
            let alike = match face {
                Some(face) => faces.lock().unwrap_or_else(PoisonError::into_inner).note(day, number, face),
                None => Vec::new(),
            };
            let raised = alike
                .into_iter()
                .try_for_each(|other| store.raise_same_face(number, other, order.accepted_at))
                .and_then(|()| store.unseen_alarms());
            match raised {
                Ok(unseen) => alarms(unseen),
                Err(fault) => tracing::warn!(%fault, "an alarm cannot be kept"),
            }
        });
        // When the thread is gone the program is closing; the visit's own time-out speaks then.
        let _ = self.jobs.send(Message::Do(job));
    }

    /// Records the whole price of a code's order before there is one and then calls `answer`; never blocks.
    pub fn take_for_code(
        &self,
        code: CollectionCode,
        price: Fen,
        (kind, reason): (PaymentKind, Option<WaiverReason>),
        actor: String,
        answer: impl FnOnce(Result<(), Fault>) + Send + 'static,
    ) {
        let at = clock::now();
        let payment = NewPayment {
            id: uuid::Uuid::now_v7().to_string(),
            payer: Payer::Code(Box::new(code), price),
            kind,
            amount: price,
            reason,
            actor,
            at,
            day: LocalDay::of(at, self.utc_offset_minutes),
        };
        let job: Job = Box::new(move |store| {
            answer(store.and_then(|store| store.take(&payment)).map(|_| ()));
        });
        let _ = self.jobs.send(Message::Do(job));
    }

    /// Finds something out about a visit's person and then calls `answer`; never blocks. A log that cannot be read knows nobody: its
    /// fault is spoken when the order is written.
    pub fn look_up<T: Default>(
        &self,
        find: impl FnOnce(&Store) -> Result<T, Fault> + Send + 'static,
        answer: impl FnOnce(T) + Send + 'static,
    ) {
        let job: Job = Box::new(move |store| {
            answer(store.and_then(|store| find(store)).unwrap_or_else(|fault| {
                tracing::warn!(%fault, "the order log cannot be asked");
                T::default()
            }));
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

/// The window's question in the order log's words, with at most `most` rows.
pub fn store_query(query: &OrderQuery, most: u32) -> Result<Query, Fault> {
    let unreadable = |e: BadDay| Fault::new(FaultCode::OrderUnknown, e.to_string());
    Ok(Query {
        find: Some(query.find.trim().to_owned()).filter(|find| !find.is_empty()),
        states: query.states.clone(),
        unpaid: query.unpaid,
        day: query.day.as_deref().map(str::parse).transpose().map_err(unreadable)?,
        limit: if query.limit == 0 { most } else { query.limit.min(most) },
        after: query.after.as_deref().map(parse).transpose()?,
    })
}

/// Masked rows of every order that the query matches, newest first, for listings without a window.
pub fn masked_rows(settings: &Settings, query: &OrderQuery) -> Result<Vec<OrderRow>, Fault> {
    let store = open_existing(settings)?;
    let query = store_query(query, u32::MAX)?;
    store.orders(&query)?.into_iter().map(|order| masked_row(&store, order)).collect()
}

/// Looks at everything in the order log; empty when all is well.
pub fn examine(settings: &Settings) -> Result<Vec<Finding>, Fault> {
    open_existing(settings)?.doctor()
}

/// A copy never replaces another; so many may be made in one second.
const MOST_A_SECOND: u32 = 100;

/// Writes a whole, checked copy of the order log into `folder` while it is in use. It opens with the same key.
pub fn backup(settings: &Settings, folder: &Path) -> Result<BackupMade, Fault> {
    let unusable =
        |e: std::io::Error| Fault::new(FaultCode::PathUnusable, format!("{}: {e}", folder.display()));
    let store = open_existing(settings)?;
    std::fs::create_dir_all(folder).map_err(unusable)?;
    let stamp = clock::stamp(clock::now(), settings.utc_offset_minutes);
    let names = (1..MOST_A_SECOND).map(|n| match n {
        1 => format!("orders-{stamp}.sqlite"),
        n => format!("orders-{stamp}-{n}.sqlite"),
    });
    let full = || Fault::new(FaultCode::PathUnusable, format!("{}: too many copies", folder.display()));
    let path = names.map(|name| folder.join(name)).find(|path| !path.exists()).ok_or_else(full)?;
    let orders = store.count(&Query::default())?;
    store.backup(&path)?;
    let mut file = std::fs::File::open(&path).map_err(unusable)?;
    let mut sum = Sha256::new();
    let bytes = std::io::copy(&mut file, &mut Hashing(&mut sum)).map_err(unusable)?;
    let sha256 = kiosk_core::hex::hex(&sum.finalize());
    Ok(BackupMade { path: path.display().to_string(), bytes, sha256, orders })
}

/// Feeds what is written to a hash.
struct Hashing<'a>(&'a mut Sha256);

impl std::io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Puts a backup in the place of the order log; returns where the one before lies now, when there was one.
pub fn restore(settings: &Settings, from: &Path, actor: &str) -> Result<Option<PathBuf>, Fault> {
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
    let at = clock::now();
    let restoring = Restoring { today: LocalDay::of(at, settings.utc_offset_minutes), actor, at };
    kiosk_store::restore(&settings.data.join(kiosk_store::FILE_NAME), from, opening, restoring)
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
    let mut likeness = None;
    if let Some(photo) = store.photo_facts(&order)? {
        concerns = photo.report.checks;
        provenance = *photo.report.provenance;
        concerns.retain(|check| matches!(check.verdict, Verdict::Fail | Verdict::Warn));
        likeness = photo.likeness;
        overridden = photo.overridden.map(|overridden| OverrideView { reason: overridden.reason });
    }
    let account = store.account(order.number)?;
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
        price: account.price,
        owing: account.owing(),
        concerns,
        overridden,
        provenance,
        likeness,
    })
}

/// Whether the data folder has an order log.
pub fn is_there(settings: &Settings) -> bool {
    settings.data.join(kiosk_store::FILE_NAME).is_file()
}

/// Opens the log of a data folder that must have one: looking must not create it.
pub fn open_existing(settings: &Settings) -> Result<Store, Fault> {
    let path = settings.data.join(kiosk_store::FILE_NAME);
    if !path.is_file() {
        return Err(Fault::new(
            FaultCode::StoreUnavailable,
            format!("{}: there is no order log", path.display()),
        ));
    }
    open_in(&OrderLogPlace::of(settings))
}
