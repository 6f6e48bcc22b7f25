//! Deliveries of orders: planned for the operator's eyes, written, read back, and only then recorded.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kiosk_core::order::LocalDay;
use kiosk_core::{Fault, FaultCode, OrderNumber, OrderState, Profile};
use kiosk_delivery::export::{self, About, DeliverableOrder, DeliveryPlan, ExportError, Progress};
use kiosk_delivery::iso;
use kiosk_delivery::medium::{Folder, Medium};
use kiosk_delivery::verify::verify;
use kiosk_store::{Deliverable, NewDelivery, PhotoVersion, Query, Store};

pub use kiosk_delivery::export::bag::MANIFEST;
pub use kiosk_delivery::verify::VerifyReport;

use crate::contract::{DeliveryMade, DeliveryPlanned};
use crate::counter::nothing_owed;
use crate::operator::ACTOR;
use crate::order_log::OrderLog;
use crate::{Settings, clock};

/// Deliveries of one day into one folder are numbered; more than this is a loop.
const MOST_A_DAY: u32 = 999;

/// Writes deliveries of the orders in one log.
pub struct Deliveries {
    folder: PathBuf,
    profile: Profile,
    utc_offset_minutes: i32,
    unpaid_waits: bool,
    order_log: OrderLog,
}

/// Orders with their photos, ready to be planned.
struct Load {
    orders: Vec<DeliverableOrder>,
    versions: Vec<PhotoVersion>,
}

/// Where a delivery goes: the folder that takes it, and its own name there when one was chosen.
struct Place {
    parent: PathBuf,
    name: Option<String>,
}

impl Deliveries {
    /// Deliveries under this profile's naming; they go into `deliveries` of the data folder unless another is chosen.
    pub fn new(settings: &Settings, profile: Profile, order_log: OrderLog) -> Self {
        Self {
            folder: settings.data.join("deliveries"),
            profile,
            utc_offset_minutes: settings.utc_offset_minutes,
            unpaid_waits: settings.policy.unpaid_waits,
            order_log,
        }
    }

    /// Where deliveries go unless another folder is chosen.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What a delivery of these orders would hold; nothing is written but that `actor` has seen their ID numbers.
    pub fn plan(&self, numbers: &[OrderNumber], to: &Path, actor: &str) -> Result<DeliveryPlanned, Fault> {
        let place = Place::of(to)?;
        let load = self.load(numbers.to_vec(), actor)?;
        let title = place.titles(self.day()).next().unwrap_or_default();
        let plan = self.planned(&load.orders, title)?;
        let space = existing_ancestor(&place.parent)
            .and_then(|folder| Folder::open(folder).ok())
            .and_then(|mut folder| folder.space().ok().flatten());
        Ok(DeliveryPlanned {
            photos: u32::try_from(plan.photos).unwrap_or(u32::MAX),
            bytes: plan.bytes,
            free_bytes: space.map(|space| space.free),
            folder: place.parent.join(&plan.title).display().to_string(),
            problems: problems(&plan),
        })
    }

    /// Writes a delivery, reads it back, and only then records its orders as delivered.
    pub fn make(&self, numbers: &[OrderNumber], to: &Path, actor: &str) -> Result<DeliveryMade, Fault> {
        self.write(numbers.to_vec(), to, actor, &mut |_| ControlFlow::Continue(()))
    }

    /// Delivers every order that has a photo and was not returned.
    pub fn make_all(&self, to: &Path, progress: &mut dyn FnMut(Progress)) -> Result<DeliveryMade, Fault> {
        let numbers = self.order_log.call(|store| {
            let states =
                vec![OrderState::Captured, OrderState::Approved, OrderState::Printed, OrderState::Delivered];
            let mut numbers: Vec<OrderNumber> = store
                .orders(&Query { states, ..Query::default() })?
                .into_iter()
                .map(|order| order.number)
                .collect();
            numbers.sort_unstable();
            Ok(numbers)
        })?;
        self.write(numbers, to, ACTOR, &mut |step| {
            progress(step);
            ControlFlow::Continue(())
        })
    }

    fn write(
        &self,
        numbers: Vec<OrderNumber>,
        to: &Path,
        actor: &str,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<DeliveryMade, Fault> {
        let place = Place::of(to)?;
        let load = self.load(numbers, actor)?;
        // Everything about the photos is known before the medium is touched.
        let first = self.planned(&load.orders, place.titles(self.day()).next().unwrap_or_default())?;
        first.check().map_err(Fault::from)?;
        std::fs::create_dir_all(&place.parent)
            .map_err(|e| Fault::new(FaultCode::MediumMissing, format!("{}: {e}", place.parent.display())))?;
        let mut medium = Folder::open(&place.parent)
            .map_err(|e| Fault::new(FaultCode::MediumMissing, format!("{}: {e}", place.parent.display())))?;
        for title in place.titles(self.day()) {
            let plan = self.planned(&load.orders, title)?;
            match export::write(&plan, &mut medium, progress) {
                Ok(delivered) => return self.record(&place, &plan, &load, actor, delivered.manifest_sha256),
                // Somebody else's unfinished delivery is left alone; our own is continued under its name.
                Err(ExportError::OtherUnfinished) if place.name.is_none() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::new(FaultCode::PathUnusable, "too many deliveries of one day in one folder"))
    }

    fn record(
        &self,
        place: &Place,
        plan: &DeliveryPlan,
        load: &Load,
        actor: &str,
        manifest_sha256: [u8; 32],
    ) -> Result<DeliveryMade, Fault> {
        let bytes = load.orders.iter().map(|order| order.photo.len() as u64).sum();
        let delivery = NewDelivery {
            id: uuid::Uuid::now_v7().to_string(),
            profile: self.profile.id.clone(),
            medium: plan.title.clone(),
            photos: load.versions.clone(),
            bytes,
            manifest_sha256,
            actor: actor.to_owned(),
            verified_at: clock::now(),
        };
        self.order_log.call(move |store| store.record_delivery(&delivery))?;
        Ok(DeliveryMade {
            path: place.parent.join(&plan.title).display().to_string(),
            photos: u32::try_from(plan.photos).unwrap_or(u32::MAX),
            bytes,
            verified: true,
        })
    }

    fn load(&self, numbers: Vec<OrderNumber>, actor: &str) -> Result<Load, Fault> {
        if numbers.is_empty() {
            return Err(Fault::new(FaultCode::NothingToDeliver, "no order was chosen"));
        }
        let (actor, unpaid_waits) = (actor.to_owned(), self.unpaid_waits);
        self.order_log.call(move |store| {
            nothing_owed(store, &numbers, unpaid_waits)?;
            let deliverables = store.deliverable(&numbers, &actor, clock::now())?;
            let versions = deliverables.iter().map(|deliverable| deliverable.photo).collect();
            let orders: Result<Vec<_>, Fault> =
                deliverables.into_iter().map(|deliverable| order_of(store, deliverable)).collect();
            Ok(Load { orders: orders?, versions })
        })
    }

    fn planned(&self, orders: &[DeliverableOrder], title: String) -> Result<DeliveryPlan, Fault> {
        let about = About {
            title,
            at: clock::now(),
            utc_offset_minutes: i16::try_from(self.utc_offset_minutes).unwrap_or(0),
            software: format!("degree-photo kiosk {}", env!("CARGO_PKG_VERSION")),
        };
        export::plan(orders, &self.profile.naming, None, &about).map_err(Fault::from)
    }

    fn day(&self) -> LocalDay {
        LocalDay::of(clock::now(), self.utc_offset_minutes)
    }
}

impl Place {
    /// An existing folder takes a new folder with today's name; a path that does not exist yet becomes the delivery itself.
    fn of(to: &Path) -> Result<Self, Fault> {
        if to.is_dir() {
            return Ok(Self { parent: to.to_owned(), name: None });
        }
        let unusable =
            || Fault::new(FaultCode::PathUnusable, format!("{}: not a place for a delivery", to.display()));
        if to.exists() {
            return Err(unusable());
        }
        let name = to.file_name().and_then(|name| name.to_str()).ok_or_else(unusable)?.to_owned();
        let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { parent: parent.to_owned(), name: Some(name) })
    }

    /// Names to try, in order; names that are taken are left out.
    fn titles(&self, day: LocalDay) -> impl Iterator<Item = String> + use<> {
        let LocalDay { year, month, day } = day;
        let (parent, chosen) = (self.parent.clone(), self.name.clone());
        let last = if chosen.is_some() { 1 } else { MOST_A_DAY };
        let titles = (1..=last).map(move |n| {
            chosen.clone().unwrap_or_else(|| format!("degree-photos-{year:04}{month:02}{day:02}-{n}"))
        });
        titles.filter(move |title| !parent.join(title).exists())
    }
}

fn order_of(store: &Store, deliverable: Deliverable) -> Result<DeliverableOrder, Fault> {
    let Deliverable { photo, person, code, .. } = deliverable;
    let stored = store.photo(photo.number)?;
    Ok(DeliverableOrder {
        number: photo.number.to_string(),
        id_number: person.id_number.canonical().to_owned(),
        name: person.name,
        student_number: person.student_number,
        school: person.school,
        college: person.college,
        class: person.class,
        code: code.0,
        accepted_at: stored.accepted_at,
        photo_sha256: kiosk_core::hex::unhex(&stored.sha256)
            .ok_or_else(|| Fault::new(FaultCode::StoreCorrupt, format!("order {photo:?}: no hash")))?,
        photo: Arc::from(stored.jpeg),
    })
}

/// What keeps a plan from being written, without names: by order number.
fn problems(plan: &DeliveryPlan) -> Vec<Fault> {
    let damaged = plan.damaged.iter().map(|order| Fault::from(ExportError::PhotoDamaged(order.clone())));
    let clashes = plan
        .clashes
        .iter()
        .map(|clash| Fault::new(FaultCode::NameClash, format!("{} / {}", clash.first, clash.second)));
    let illegal = plan
        .illegal
        .iter()
        .map(|name| Fault::new(FaultCode::NameClash, format!("{}: {}", name.order, name.why)));
    damaged.chain(clashes).chain(illegal).collect()
}

fn existing_ancestor(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| folder.is_dir())
}

/// Reads a delivery back, wherever it lies now.
pub fn verify_at(path: &Path) -> Result<VerifyReport, Fault> {
    verify(path).map_err(Fault::from)
}

/// Writes a delivery as a disc image (ISO 9660 with Joliet), which is read back as well.
pub fn write_image(delivery: &Path, image: &Path) -> Result<(), Fault> {
    iso::write(delivery, image, clock::now()).map(|_| ()).map_err(Fault::from)
}
