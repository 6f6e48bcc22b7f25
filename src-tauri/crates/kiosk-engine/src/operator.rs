//! The operator's side: behind a PIN, with ID numbers masked. Each call says which role it needs.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kiosk_core::session::{SessionId, Ticket};
use kiosk_core::{Fault, FaultCode, OrderNumber, OrderState, Profile, Role};
use kiosk_delivery::printing::Spooler;
use kiosk_store::{Alarm, OperatorName, Query, Store};

use crate::contract::{
    AlarmView, ArrangeRequest, BackupMade, BurnerView, DeliveryGroups, DeliveryMade, DeliveryPlanned,
    DeliveryProgress, DeliveryRequest, DeskPerson, DriveView, NoteRequest, OperatorAccess, OperatorStatus,
    OrderDesk, OrderPage, OrderQuery, PaymentRequest, PrintRequest, PrintView, PrinterView, PurgeMade,
    RefundRequest, RetentionView, ReviewRequest, RosterChanges, RosterOverview, RosterPreview,
    RosterProgress, RosterStudents, RosterStudentsQuery, SettlementMade, SettlementView, SheetMade,
    SheetPreview, SheetRequest, StudioView, VisitPayment,
};
use crate::counter::Counter;
use crate::deliveries::{self, Deliveries, Target};
use crate::duty::Duty;
use crate::empty_studio::EmptyStudio;
use crate::keys::{Kept, Keys};
use crate::order_log::{OrderLog, masked_row, store_query};
use crate::printing::Printing;
use crate::retention::Retention;
use crate::rosters::Rosters;
use crate::sheets::Sheets;
use crate::sitting::Sitting;
use crate::{Assets, Settings, clock, drives};

/// Largest page of a listing.
const PAGE_LIMIT: u32 = 200;
/// Whom the audit names for what the command line does: whoever has the account of the computer.
pub const ACTOR: &str = "command line";
/// The first manager, until there are people with names.
const FIRST_MANAGER: &str = "店长";

/// Lists, prints and delivers orders once the PIN was given.
pub struct Operator {
    order_log: OrderLog,
    sheets: Sheets,
    deliveries: Deliveries,
    printing: Printing,
    rosters: Rosters,
    retention: Retention,
    counter: Counter,
    sitting: Sitting,
    empty_studio: EmptyStudio,
    profile: Profile,
    settings: Settings,
    duty: Duty,
}

impl Operator {
    /// The operator's side of an order log.
    pub fn new(
        assets: &Arc<Assets>,
        settings: &Settings,
        profile: Profile,
        order_log: OrderLog,
        sitting: Sitting,
        empty_studio: EmptyStudio,
    ) -> Self {
        Self {
            sitting,
            empty_studio,
            sheets: Sheets::new(assets.clone(), settings, order_log.clone()),
            deliveries: Deliveries::new(assets.clone(), settings, profile.clone(), order_log.clone()),
            printing: Printing::new(
                order_log.clone(),
                Spooler::of_this_system(),
                settings.data.join("sheets"),
            ),
            rosters: Rosters::new(order_log.clone()),
            retention: Retention::new(settings, order_log.clone()),
            counter: Counter::new(settings, order_log.clone()),
            settings: settings.clone(),
            order_log,
            profile,
            duty: Duty::default(),
        }
    }

    /// Whether the page is open, and for whom it could be.
    pub fn access(&self) -> Result<OperatorAccess, Fault> {
        let people = self.order_log.call(|store| store.operators())?;
        let people: Vec<DeskPerson> =
            people.into_iter().map(|OperatorName { name, role }| DeskPerson { name, role }).collect();
        let on_duty = self.duty.who();
        Ok(OperatorAccess { pin_set: !people.is_empty(), unlocked: on_duty.is_some(), people, on_duty })
    }

    /// Chooses a PIN: the first one freely, which makes the first manager; later one's own, with the `current` one.
    pub fn set_pin(&self, pin: &str, current: Option<&str>) -> Result<(), Fault> {
        let first = self.order_log.call(|store| Ok(store.operators()?.is_empty()))?;
        let person = match self.duty.who() {
            _ if first => DeskPerson { name: FIRST_MANAGER.to_owned(), role: Role::Manager },
            Some(person) => person,
            None => return Err(Fault::new(FaultCode::PinWrong, "the operator page is locked")),
        };
        if !first {
            let (name, current) = (person.name.clone(), current.unwrap_or_default().to_owned());
            self.order_log.call(move |store| store.verify_pin(&name, &current, clock::now()))?;
        }
        self.keep_pin(&person, pin, person.name.clone())?;
        self.duty.open(person);
        Ok(())
    }

    /// Opens the page for somebody.
    pub fn unlock(&self, name: &str, pin: &str) -> Result<(), Fault> {
        let (asked, pin) = (name.to_owned(), pin.to_owned());
        let role = self.order_log.call(move |store| store.verify_pin(&asked, &pin, clock::now()))?;
        self.duty.open(DeskPerson { name: name.to_owned(), role });
        Ok(())
    }

    /// Closes the page.
    pub fn lock(&self) {
        self.duty.close();
    }

    /// Adds somebody to the desk, or gives somebody another role and PIN.
    pub fn set_person(&self, person: &DeskPerson, pin: &str) -> Result<(), Fault> {
        let actor = self.duty.require(Role::Manager)?;
        self.keep_pin(person, pin, actor)
    }

    /// Takes somebody's access away.
    pub fn remove_person(&self, name: String) -> Result<(), Fault> {
        let actor = self.duty.require(Role::Manager)?;
        self.order_log.call(move |store| store.remove_operator(&name, &actor, clock::now()))
    }

    fn keep_pin(&self, person: &DeskPerson, pin: &str, actor: String) -> Result<(), Fault> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
        let who = OperatorName { name: person.name.trim().to_owned(), role: person.role };
        let pin = pin.to_owned();
        self.order_log.call(move |store| store.set_operator(&who, &pin, &salt, &actor, clock::now()))
    }

    /// The recovery code of the order log's key, the first time that it is asked for; later with `again`. The audit remembers it.
    pub fn recovery_code(&self, again: bool) -> Result<Option<String>, Fault> {
        let actor = self.duty.require(Role::Manager)?;
        let keys = self.keys();
        if !again && keys.state()?.is_some_and(|key| key.noted) {
            return Ok(None);
        }
        // On record before anybody sees it.
        self.order_log.call(move |store| store.record_key_shown(&actor, clock::now()))?;
        keys.recovery_code(again)
    }

    /// What is due to be deleted, and what will be.
    pub fn retention(&self) -> Result<RetentionView, Fault> {
        self.duty.require(Role::Manager)?;
        self.retention.overview()
    }

    /// Deletes what is due; `None` when nothing is.
    pub fn purge(&self) -> Result<Option<PurgeMade>, Fault> {
        let actor = self.duty.require(Role::Manager)?;
        self.retention.purge(&actor)
    }

    /// Where things lie.
    pub fn status(&self) -> Result<OperatorStatus, Fault> {
        self.require_open()?;
        let orders = self.order_log.call(|store| store.count(&Query::default()))?;
        let key = self.keys().state()?;
        Ok(OperatorStatus {
            data_folder: shown(&self.settings.data),
            sheet_folder: shown(self.sheets.folder()),
            delivery_folder: shown(self.deliveries.folder()),
            profile: self.profile.id.clone(),
            orders,
            key_in_store: key.is_some_and(|key| key.kept == Kept::KeyStore),
            recovery_code_shown: key.is_some_and(|key| key.noted),
        })
    }

    /// One page of orders, newest first.
    pub fn orders(&self, query: &OrderQuery) -> Result<OrderPage, Fault> {
        self.require_open()?;
        let query = store_query(query, PAGE_LIMIT)?;
        let searched = query.find.is_some() || query.unpaid;
        self.order_log.call(move |store| {
            let counted = store.count(&query)?;
            let more = searched && counted > Store::MOST_COUNTED;
            let total = if more { Store::MOST_COUNTED } else { counted };
            let rows: Result<Vec<_>, Fault> =
                store.orders(&query)?.into_iter().map(|order| masked_row(store, order)).collect();
            Ok(OrderPage { rows: rows?, total, more })
        })
    }

    /// What has to be looked into, the newest first.
    pub fn alarms(&self) -> Result<Vec<AlarmView>, Fault> {
        self.require_open()?;
        self.order_log.call(|store| {
            let view = |alarm: Alarm| {
                let row = |number| masked_row(store, store.order(number)?);
                Ok(AlarmView {
                    id: alarm.id,
                    kind: alarm.kind,
                    order: row(alarm.order)?,
                    other: row(alarm.other)?,
                    raised_at: alarm.raised_at,
                })
            };
            store.alarms(false)?.into_iter().map(view).collect()
        })
    }

    /// Notes that an alarm was looked into.
    pub fn see_alarm(&self, id: i64) -> Result<(), Fault> {
        let actor = self.require_open()?;
        let unseen = self.order_log.call(move |store| {
            store.see_alarm(id, &actor, clock::now())?;
            store.unseen_alarms()
        })?;
        self.sitting.alarms(unseen);
        Ok(())
    }

    /// The photo that counts.
    pub fn photo(&self, number: &str) -> Result<Vec<u8>, Fault> {
        self.require_open()?;
        let number = parse(number)?;
        self.order_log.call(move |store| Ok(store.photo(number)?.jpeg))
    }

    /// Approves orders, or returns them as a manager: all or none.
    pub fn mark(&self, numbers: &[String], state: OrderState) -> Result<(), Fault> {
        let actor = self.duty.require(role_for(state))?;
        let numbers = parse_all(numbers)?;
        self.order_log.call(move |store| store.mark(&numbers, state, &actor, clock::now()))
    }

    /// What the counter knows about an order.
    pub fn order_desk(&self, number: &str) -> Result<OrderDesk, Fault> {
        self.require_open()?;
        self.counter.order(number)
    }

    /// Takes money for an order, or waives it.
    pub fn take_payment(&self, request: &PaymentRequest) -> Result<(), Fault> {
        let actor = self.require_open()?;
        self.counter.take(request, &actor)
    }

    /// Takes the price of the visit whose shutter waits for it.
    pub fn pay_visit(&self, request: &VisitPayment) -> Result<(), Fault> {
        let actor = self.require_open()?;
        self.sitting.take_payment(request, &actor)
    }

    /// Gives money back.
    pub fn refund(&self, request: &RefundRequest) -> Result<(), Fault> {
        let actor = self.require_open()?;
        self.counter.give_back(request, &actor)
    }

    /// Approves orders with reasons, or returns them as a manager: all or none.
    pub fn review(&self, request: &ReviewRequest) -> Result<(), Fault> {
        let actor = self.duty.require(role_for(request.verdict))?;
        self.counter.review(request, &actor)
    }

    /// Keeps a note on an order.
    pub fn note(&self, request: &NoteRequest) -> Result<(), Fault> {
        let actor = self.require_open()?;
        self.counter.note(request, &actor)
    }

    /// Says which group an order belongs to and how it is handed over.
    pub fn arrange(&self, request: &ArrangeRequest) -> Result<(), Fault> {
        let actor = self.require_open()?;
        self.counter.arrange(request, &actor)
    }

    /// A day's money; today's when no day is named.
    pub fn settlement(&self, day: Option<&str>) -> Result<SettlementView, Fault> {
        self.require_open()?;
        self.counter.settlement(day)
    }

    /// Writes a day's settlement into a folder; into `settlements` of the data folder when none is named.
    pub fn settle(&self, day: Option<&str>, to: &str) -> Result<SettlementMade, Fault> {
        self.require_open()?;
        let folder =
            if to.trim().is_empty() { self.counter.settlement_folder() } else { PathBuf::from(to.trim()) };
        self.counter.settle(day, &folder)
    }

    /// Writes a copy of the order log into a folder while it is in use.
    pub fn back_up(&self, to: &str) -> Result<BackupMade, Fault> {
        self.require_open()?;
        if to.trim().is_empty() {
            return Err(Fault::new(FaultCode::PathUnusable, "name a folder for the copy"));
        }
        crate::order_log::backup(&self.settings, Path::new(to.trim()))
    }

    /// Lays out paper copies.
    pub fn sheet(&self, request: &SheetRequest) -> Result<SheetMade, Fault> {
        let actor = self.require_open()?;
        self.sheets.make(&parse_all(&request.orders)?, &request.look, &actor)
    }

    /// One page of how that would look; nothing is written.
    pub fn sheet_preview(&self, request: &SheetRequest, page: u32) -> Result<SheetPreview, Fault> {
        self.require_open()?;
        self.sheets.preview(&parse_all(&request.orders)?, &request.look, page)
    }

    /// Printers of the system.
    pub fn printers(&self) -> Result<Vec<PrinterView>, Fault> {
        self.require_open()?;
        Ok(self.printing.printers())
    }

    /// Sends a sheet to a printer, for the first time or again.
    pub fn print(&self, request: &PrintRequest) -> Result<PrintView, Fault> {
        self.require_open()?;
        self.printing.print(request)
    }

    /// What was sent to printers, newest first.
    pub fn prints(&self) -> Result<Vec<PrintView>, Fault> {
        self.require_open()?;
        self.printing.prints()
    }

    /// What can be chosen for a delivery.
    pub fn delivery_groups(&self) -> Result<DeliveryGroups, Fault> {
        self.require_open()?;
        self.deliveries.groups()
    }

    /// Places that a delivery can go to, sticks and cards first.
    pub fn drives(&self) -> Result<Vec<DriveView>, Fault> {
        self.require_open()?;
        Ok(drives::list())
    }

    /// Drives that burn discs, and what lies in them.
    pub fn burners(&self) -> Result<Vec<BurnerView>, Fault> {
        self.require_open()?;
        Ok(drives::burners())
    }

    /// A passphrase for an encrypted delivery, which nothing keeps.
    pub fn suggest_passphrase(&self) -> Result<String, Fault> {
        self.require_open()?;
        deliveries::suggest_passphrase()
    }

    /// Makes a stick safe to be pulled out.
    pub fn eject(&self, path: &str) -> Result<(), Fault> {
        self.require_open()?;
        drives::eject(path)
    }

    /// What a delivery would hold. Its file names are ID numbers, which only a manager may reveal.
    pub fn plan_delivery(&self, request: &DeliveryRequest) -> Result<DeliveryPlanned, Fault> {
        let actor = self.duty.require(Role::Manager)?;
        self.deliveries.plan(&request.choice, &Target::of(request)?, &actor)
    }

    /// Writes the delivery that was shown, reads it back, and only then marks the orders.
    pub fn deliver(&self, request: &DeliveryRequest) -> Result<DeliveryMade, Fault> {
        let actor = self.duty.require(Role::Manager)?;
        let shown = request.plan.as_deref().unwrap_or_default();
        let target = Target::of(request)?;
        let go_on = &mut |_| ControlFlow::Continue(());
        let made = self.deliveries.make(&request.choice, &target, &actor, Some(shown), go_on)?;
        Ok(made.view)
    }

    /// How far the delivery is; whoever watches it is at the desk.
    pub fn delivery_progress(&self) -> Result<DeliveryProgress, Fault> {
        self.require_open()?;
        Ok(self.deliveries.progress())
    }

    /// Stops the delivery; what is written can be continued.
    pub fn stop_delivery(&self) -> Result<(), Fault> {
        self.require_open()?;
        self.deliveries.stop();
        Ok(())
    }

    /// Looks a school's list through; nothing is written.
    pub fn preview_roster(&self, file: &[u8], school: &str) -> Result<RosterPreview, Fault> {
        self.require_open()?;
        self.rosters.preview(file, school)
    }

    /// The list that was shown, as another school's.
    pub fn preview_roster_for(&self, token: &str, school: &str) -> Result<RosterPreview, Fault> {
        self.require_open()?;
        self.rosters.preview_for(token, school)
    }

    /// Imports the list that was shown.
    pub fn import_roster(&self, token: &str) -> Result<RosterChanges, Fault> {
        let actor = self.require_open()?;
        self.rosters.import(token, &actor)
    }

    /// How far the import is.
    pub fn roster_progress(&self) -> Result<RosterProgress, Fault> {
        self.require_open()?;
        Ok(self.rosters.progress())
    }

    /// Every school's list, and how far each class is.
    pub fn rosters(&self) -> Result<RosterOverview, Fault> {
        self.require_open()?;
        self.rosters.overview()
    }

    /// Students of the rosters with a photo, or without one.
    pub fn roster_students(&self, query: &RosterStudentsQuery) -> Result<RosterStudents, Fault> {
        self.require_open()?;
        self.rosters.students(query)
    }

    /// Lets the photo on the review screen pass although it fails a check; the order keeps the reason.
    pub fn override_photo(&self, session: String, attempt: u32, reason: &str) -> Result<(), Fault> {
        let actor = self.require_open()?;
        self.sitting.override_photo(Ticket { session: SessionId(session), attempt }, reason, &actor)
    }

    /// Gives the visit that is being framed a picture from a file instead of the camera's.
    pub fn import_shot(&self, session: String, file: Vec<u8>) -> Result<(), Fault> {
        self.require_open()?;
        self.sitting.import_shot(SessionId(session), file)
    }

    /// What is known about camera and wall.
    pub fn studio(&self) -> Result<StudioView, Fault> {
        self.require_open()?;
        Ok(self.empty_studio.view())
    }

    /// Takes the picture of the empty studio.
    pub fn take_plate(&self) -> Result<StudioView, Fault> {
        self.require_open()?;
        self.empty_studio.take()?;
        Ok(self.empty_studio.view())
    }

    /// Throws the picture of the empty studio away.
    pub fn discard_plate(&self) -> Result<StudioView, Fault> {
        self.require_open()?;
        self.empty_studio.discard()?;
        Ok(self.empty_studio.view())
    }

    /// The picture of the empty studio as the camera gave it; empty when there is none.
    pub fn plate(&self) -> Result<Vec<u8>, Fault> {
        self.require_open()?;
        Ok(self.empty_studio.picture())
    }

    /// Whoever is at the desk; the day's work needs no more.
    fn require_open(&self) -> Result<String, Fault> {
        self.duty.require(Role::Operator)
    }

    fn keys(&self) -> Keys {
        Keys::of(&self.settings.data, self.settings.key_store)
    }
}

/// Sending an order back, which costs its student another visit, is a manager's.
fn role_for(state: OrderState) -> Role {
    if state == OrderState::Returned { Role::Manager } else { Role::Operator }
}

/// Reads an order number as a person writes it.
pub fn parse(number: &str) -> Result<OrderNumber, Fault> {
    number
        .parse()
        .map_err(|e: kiosk_core::order::BadOrderNumber| Fault::new(FaultCode::OrderUnknown, e.to_string()))
}

/// Reads several.
pub fn parse_all(numbers: &[String]) -> Result<Vec<OrderNumber>, Fault> {
    numbers.iter().map(|number| parse(number)).collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
