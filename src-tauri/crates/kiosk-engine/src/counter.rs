//! The counter: money, reviews, notes, the day's settlement, and copies of the order log.

use std::path::{Path, PathBuf};

use kiosk_core::money::{Account, PaymentKind, settle};
use kiosk_core::order::{LocalDay, UnixMillis};
use kiosk_core::{Fault, FaultCode, Fen, OrderNumber};
use kiosk_delivery::settlement::{self, SettledEntry};
use kiosk_store::{Arrangement, NewPayment, NewRefund, NewReview, Note, Payer, Query, Store};

use crate::contract::{
    ArrangeRequest, MoneyEntry, NoteRequest, NoteView, OrderDesk, PaymentRequest, RefundRequest,
    ReviewRequest, ReviewView, SettlementMade, SettlementView,
};
use crate::operator::{parse, parse_all};
use crate::order_log::OrderLog;
use crate::{Settings, clock, files};

/// Longest free words, characters.
const LONGEST_WORDS: usize = 500;

/// What the counter does to orders.
pub struct Counter {
    order_log: OrderLog,
    settings: Settings,
}

impl Counter {
    /// The counter of the orders in this log.
    pub fn new(settings: &Settings, order_log: OrderLog) -> Self {
        Self { order_log, settings: settings.clone() }
    }

    /// What is known about an order beside its row.
    pub fn order(&self, number: &str) -> Result<OrderDesk, Fault> {
        let number = parse(number)?;
        let handovers = self.settings.handovers.clone();
        self.order_log.call(move |store| order_desk(store, number, handovers))
    }

    /// Takes money for an order, or waives it.
    pub fn take(&self, request: &PaymentRequest, actor: &str) -> Result<(), Fault> {
        let now = clock::now();
        let payment = NewPayment {
            id: fresh_id(),
            payer: Payer::Order(parse(&request.order)?),
            kind: request.kind,
            amount: request.fen,
            reason: request.reason,
            actor: actor.to_owned(),
            at: now,
            day: self.day_of(now),
        };
        self.order_log.call(move |store| store.take(&payment)).map(|_| ())
    }

    /// Gives money back.
    pub fn give_back(&self, request: &RefundRequest, actor: &str) -> Result<(), Fault> {
        let now = clock::now();
        let refund = NewRefund {
            id: fresh_id(),
            of: request.entry.clone(),
            amount: request.fen,
            actor: actor.to_owned(),
            at: now,
            day: self.day_of(now),
        };
        self.order_log.call(move |store| store.give_back(&refund)).map(|_| ())
    }

    /// Approves or returns orders with reasons: all or none.
    pub fn review(&self, request: &ReviewRequest, actor: &str) -> Result<(), Fault> {
        let review = NewReview {
            numbers: parse_all(&request.orders)?,
            verdict: request.verdict,
            reasons: request.reasons.clone(),
            words: short_enough(&request.words)?,
            actor: actor.to_owned(),
            at: clock::now(),
        };
        self.order_log.call(move |store| store.review(&review))
    }

    /// Keeps a note.
    pub fn note(&self, request: &NoteRequest, actor: &str) -> Result<(), Fault> {
        let number = parse(&request.order)?;
        let words = short_enough(&request.words)?;
        let note = Note { id: fresh_id(), words, actor: actor.to_owned(), at: clock::now() };
        self.order_log.call(move |store| store.note(number, &note))
    }

    /// Says which group an order belongs to and how it is handed over.
    pub fn arrange(&self, request: &ArrangeRequest, actor: &str) -> Result<(), Fault> {
        let number = parse(&request.order)?;
        let told = |words: &Option<String>| -> Result<Option<String>, Fault> {
            let words = short_enough(words.as_deref().unwrap_or_default())?;
            Ok(Some(words).filter(|words| !words.is_empty()))
        };
        let arrangement = Arrangement { cohort: told(&request.cohort)?, handover: told(&request.handover)? };
        let actor = actor.to_owned();
        self.order_log.call(move |store| store.arrange(number, &arrangement, &actor, clock::now()))
    }

    /// A day's money; today's when no day is named.
    pub fn settlement(&self, day: Option<&str>) -> Result<SettlementView, Fault> {
        let day = self.day(day)?;
        self.order_log.call(move |store| Ok(settled(store, day)?.0))
    }

    /// Writes a day's settlement into a folder, in place of an earlier one of the same day.
    pub fn settle(&self, day: Option<&str>, to: &Path) -> Result<SettlementMade, Fault> {
        let day = self.day(day)?;
        let (view, entries) = self.order_log.call(move |store| settled(store, day))?;
        let offset = i16::try_from(self.settings.utc_offset_minutes).unwrap_or(0);
        let made = settlement::files(day, &entries, clock::now(), offset).map_err(Fault::from)?;
        for file in &made {
            files::write_whole(&to.join(&file.name), &file.bytes)?;
        }
        Ok(SettlementMade {
            folder: to.display().to_string(),
            files: made.into_iter().map(|file| file.name).collect(),
            settlement: view,
        })
    }

    /// Where settlements go unless another folder is chosen.
    pub fn settlement_folder(&self) -> PathBuf {
        self.settings.data.join("settlements")
    }

    fn day(&self, day: Option<&str>) -> Result<LocalDay, Fault> {
        match day.filter(|day| !day.trim().is_empty()) {
            Some(day) => day
                .parse()
                .map_err(|e: kiosk_core::order::BadDay| Fault::new(FaultCode::OrderUnknown, e.to_string())),
            None => Ok(self.day_of(clock::now())),
        }
    }

    fn day_of(&self, at: UnixMillis) -> LocalDay {
        LocalDay::of(at, self.settings.utc_offset_minutes)
    }
}

/// Whether these orders may leave the studio, where unpaid ones wait.
pub fn nothing_owed(store: &Store, numbers: &[OrderNumber], unpaid_waits: bool) -> Result<(), Fault> {
    let owing = if unpaid_waits { store.owing(numbers)? } else { Vec::new() };
    owed(&owing).map_or(Ok(()), Err)
}

/// What is told of orders that owe something; `None` when there is none.
pub fn owed(owing: &[OrderNumber]) -> Option<Fault> {
    const NAMED: usize = 5;
    if owing.is_empty() {
        return None;
    }
    let named: Vec<String> = owing.iter().take(NAMED).map(ToString::to_string).collect();
    let more = if owing.len() > NAMED { format!(" … ({})", owing.len()) } else { String::new() };
    Some(Fault::new(FaultCode::OrderUnpaid, format!("{}{more}", named.join(", "))))
}

fn order_desk(store: &Store, number: OrderNumber, handovers: Vec<String>) -> Result<OrderDesk, Fault> {
    let account = store.account(number)?;
    let arrangement = store.arrangement(number)?;
    let reviews = store.reviews(number)?.into_iter().map(|review| ReviewView {
        version: review.version,
        verdict: review.verdict,
        reasons: review.reasons,
        words: review.words,
        actor: review.actor,
        at: review.at,
    });
    let notes = store.notes(number)?.into_iter().map(|note| NoteView {
        words: note.words,
        actor: note.actor,
        at: note.at,
    });
    Ok(OrderDesk {
        price: account.price,
        owing: account.owing(),
        entries: money_entries(&account).collect(),
        reviews: reviews.collect(),
        notes: notes.collect(),
        cohort: arrangement.cohort,
        handover: arrangement.handover,
        handovers,
    })
}

fn money_entries(account: &Account) -> impl Iterator<Item = MoneyEntry> {
    account.entries.iter().map(|entry| MoneyEntry {
        id: entry.id.clone(),
        kind: entry.kind,
        fen: entry.amount,
        left: account.left_of(&entry.id).unwrap_or_default(),
        gives_back: entry.gives_back.clone(),
        reason: entry.reason,
        actor: entry.actor.clone(),
        at: entry.at,
    })
}

fn settled(store: &Store, day: LocalDay) -> Result<(SettlementView, Vec<SettledEntry>), Fault> {
    let entries: Vec<SettledEntry> = store
        .ledger(day)?
        .into_iter()
        .map(|of_day| SettledEntry {
            entry: of_day.entry,
            order: of_day.number.map(|number| number.to_string()),
        })
        .collect();
    let lines = settle(entries.iter().map(|settled| &settled.entry));
    let money = || lines.iter().filter(|line| line.kind != PaymentKind::Waived);
    let query = Query { day: Some(day), ..Query::default() };
    let view = SettlementView {
        day: day.to_string(),
        taken: money().map(|line| line.taken).sum::<Fen>(),
        given_back: money().map(|line| line.given_back).sum::<Fen>(),
        orders: store.count(&query)?,
        unpaid: store.count(&Query { unpaid: true, ..query })?.min(Store::MOST_COUNTED),
        unclaimed: store.unclaimed(day)?.iter().flat_map(money_entries).collect(),
        lines,
    };
    Ok((view, entries))
}

fn short_enough(words: &str) -> Result<String, Fault> {
    let words = words.trim();
    if words.chars().count() > LONGEST_WORDS {
        return Err(Fault::new(FaultCode::OrderWrongState, format!("more than {LONGEST_WORDS} characters")));
    }
    Ok(words.to_owned())
}

fn fresh_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
