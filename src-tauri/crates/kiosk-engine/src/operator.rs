//! The operator's side: behind a PIN, with ID numbers masked.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use kiosk_core::order::UnixMillis;
use kiosk_core::session::{SessionId, Ticket};
use kiosk_core::{Fault, FaultCode, OrderNumber, OrderState, Profile};
use kiosk_delivery::printing::Spooler;
use kiosk_store::Query;

use crate::contract::{
    DeliveryGroups, DeliveryMade, DeliveryPlanned, DeliveryProgress, DeliveryRequest, DriveView,
    OperatorAccess, OperatorStatus, OrderPage, OrderQuery, PrintRequest, PrintView, PrinterView,
    RosterChanges, RosterOverview, RosterPreview, RosterProgress, RosterStudents, RosterStudentsQuery,
    SheetMade, SheetPreview, SheetRequest, StudioView,
};
use crate::deliveries::Deliveries;
use crate::empty_studio::EmptyStudio;
use crate::order_log::{OrderLog, masked_row};
use crate::printing::Printing;
use crate::rosters::Rosters;
use crate::sheets::Sheets;
use crate::sitting::Sitting;
use crate::{Assets, Settings, clock, drives};

/// The operator page locks itself after so long without a request.
const IDLE_LOCK_MS: UnixMillis = 5 * 60_000;
/// Largest page of a listing.
const PAGE_LIMIT: u32 = 200;
/// Who is named in the audit.
pub const ACTOR: &str = "operator";

/// Lists, prints and delivers orders once the PIN was given.
pub struct Operator {
    order_log: OrderLog,
    sheets: Sheets,
    deliveries: Deliveries,
    printing: Printing,
    rosters: Rosters,
    sitting: Sitting,
    empty_studio: EmptyStudio,
    profile: Profile,
    data: PathBuf,
    unlocked: AtomicBool,
    last_request: AtomicI64,
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
            order_log,
            profile,
            data: settings.data.clone(),
            unlocked: AtomicBool::new(false),
            last_request: AtomicI64::new(0),
        }
    }

    /// Whether the page is open, and whether a PIN was chosen.
    pub fn access(&self) -> Result<OperatorAccess, Fault> {
        let pin_set = self.order_log.call(|store| store.has_pin())?;
        Ok(OperatorAccess { pin_set, unlocked: self.is_unlocked() })
    }

    /// Chooses the PIN: the first one freely, a later one with the `current` one.
    pub fn set_pin(&self, pin: &str, current: Option<&str>) -> Result<(), Fault> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
        let (pin, current) = (pin.to_owned(), current.map(str::to_owned));
        let now = clock::now();
        self.order_log.call(move |store| {
            if store.has_pin()? {
                store.verify_pin(current.as_deref().unwrap_or_default(), now)?;
            }
            store.set_pin(&pin, &salt, ACTOR, now)
        })?;
        self.open_page();
        Ok(())
    }

    /// Opens the page.
    pub fn unlock(&self, pin: &str) -> Result<(), Fault> {
        let pin = pin.to_owned();
        self.order_log.call(move |store| store.verify_pin(&pin, clock::now()))?;
        self.open_page();
        Ok(())
    }

    /// Closes the page.
    pub fn lock(&self) {
        self.unlocked.store(false, Ordering::Relaxed);
    }

    /// Where things lie.
    pub fn status(&self) -> Result<OperatorStatus, Fault> {
        self.require_open()?;
        let orders = self.order_log.call(|store| store.count(&Query::default()))?;
        Ok(OperatorStatus {
            data_folder: shown(&self.data),
            sheet_folder: shown(self.sheets.folder()),
            delivery_folder: shown(self.deliveries.folder()),
            profile: self.profile.id.clone(),
            orders,
        })
    }

    /// One page of orders, newest first.
    pub fn orders(&self, query: &OrderQuery) -> Result<OrderPage, Fault> {
        self.require_open()?;
        let limit = if query.limit == 0 { PAGE_LIMIT } else { query.limit.min(PAGE_LIMIT) };
        let query = Query {
            find: Some(query.find.trim().to_owned()).filter(|find| !find.is_empty()),
            states: query.states.clone(),
            day: None,
            limit,
            offset: query.offset,
        };
        self.order_log.call(move |store| {
            let total = store.count(&query)?;
            let rows: Result<Vec<_>, Fault> =
                store.orders(&query)?.into_iter().map(|order| masked_row(store, order)).collect();
            Ok(OrderPage { rows: rows?, total })
        })
    }

    /// The photo that counts.
    pub fn photo(&self, number: &str) -> Result<Vec<u8>, Fault> {
        self.require_open()?;
        let number = parse(number)?;
        self.order_log.call(move |store| Ok(store.photo(number)?.jpeg))
    }

    /// Approves or returns orders: all or none.
    pub fn mark(&self, numbers: &[String], state: OrderState) -> Result<(), Fault> {
        self.require_open()?;
        let numbers = parse_all(numbers)?;
        self.order_log.call(move |store| store.mark(&numbers, state, ACTOR, clock::now()))
    }

    /// Lays out paper copies.
    pub fn sheet(&self, request: &SheetRequest) -> Result<SheetMade, Fault> {
        self.require_open()?;
        self.sheets.make(&parse_all(&request.orders)?, &request.look)
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

    /// Makes a stick safe to be pulled out.
    pub fn eject(&self, path: &str) -> Result<(), Fault> {
        self.require_open()?;
        drives::eject(path)
    }

    /// What a delivery would hold; nothing is written.
    pub fn plan_delivery(&self, request: &DeliveryRequest) -> Result<DeliveryPlanned, Fault> {
        self.require_open()?;
        self.deliveries.plan(&request.choice, Path::new(&request.to))
    }

    /// Writes the delivery that was shown, reads it back, and only then marks the orders.
    pub fn deliver(&self, request: &DeliveryRequest) -> Result<DeliveryMade, Fault> {
        self.require_open()?;
        let shown = request.plan.as_deref().unwrap_or_default();
        let to = Path::new(&request.to);
        let made =
            self.deliveries.make(&request.choice, to, Some(shown), &mut |_| ControlFlow::Continue(()))?;
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
        self.require_open()?;
        self.rosters.import(token)
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
        self.require_open()?;
        self.sitting.override_photo(Ticket { session: SessionId(session), attempt }, reason, ACTOR)
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

    fn open_page(&self) {
        self.last_request.store(clock::now(), Ordering::Relaxed);
        self.unlocked.store(true, Ordering::Relaxed);
    }

    fn is_unlocked(&self) -> bool {
        let idle = clock::now() - self.last_request.load(Ordering::Relaxed);
        // A clock that was set back locks the page as well.
        self.unlocked.load(Ordering::Relaxed) && (0..IDLE_LOCK_MS).contains(&idle)
    }

    fn require_open(&self) -> Result<(), Fault> {
        if !self.is_unlocked() {
            self.lock();
            return Err(Fault::new(FaultCode::PinWrong, "the operator page is locked"));
        }
        self.last_request.store(clock::now(), Ordering::Relaxed);
        Ok(())
    }
}

/// Reads an order number as a person writes it.
pub fn parse(number: &str) -> Result<OrderNumber, Fault> {
    number
        .parse()
        .map_err(|e: kiosk_core::order::BadOrderNumber| Fault::new(FaultCode::OrderUnknown, e.to_string()))
}

fn parse_all(numbers: &[String]) -> Result<Vec<OrderNumber>, Fault> {
    numbers.iter().map(|number| parse(number)).collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
