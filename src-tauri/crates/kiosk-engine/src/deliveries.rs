//! Deliveries of orders: planned for the operator's eyes, written, read back, and only then recorded.

mod choice;
mod place;
mod run;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kiosk_core::hex::hex;
use kiosk_core::order::LocalDay;
use kiosk_core::{Fault, FaultCode, OrderNumber, OrderState, Profile};
use kiosk_delivery::export::{self, About, Absence, DeliverableOrder, DeliveryPlan, ExportError};
use kiosk_delivery::iso;
use kiosk_delivery::medium::{Folder, Medium};
use kiosk_delivery::sheet_pdf::LabelFont;
use kiosk_delivery::verify::verify;
use kiosk_store::{Deliverable, NewDelivery, PhotoVersion, Store};
use sha2::{Digest, Sha256};

pub use kiosk_delivery::export::bag::MANIFEST;
pub use kiosk_delivery::verify::VerifyReport;

use crate::contract::{
    AbsentRow, DeliveryChoice, DeliveryGroups, DeliveryMade, DeliveryPlanned, DeliveryProgress, LeftOut,
};
use crate::counter::nothing_owed;
use crate::order_log::OrderLog;
use crate::{Assets, Settings, clock};
use choice::Selection;
use place::Place;

/// Absent students that a plan names one by one.
const MOST_NAMED: usize = 500;

/// Writes deliveries of the orders in one log.
pub struct Deliveries {
    assets: Arc<Assets>,
    folder: PathBuf,
    profile: Profile,
    utc_offset_minutes: i32,
    unpaid_waits: bool,
    order_log: OrderLog,
    run: run::Run,
}

/// A delivery that was read back and recorded.
pub struct Made {
    /// What the window is told.
    pub view: DeliveryMade,
    /// Students of the school's list who are not in it: student number, else name.
    pub missing: Vec<String>,
}

/// Orders with their photos, ready to be planned.
struct Load {
    selection: Selection,
    orders: Vec<DeliverableOrder>,
    versions: Vec<PhotoVersion>,
    font: LabelFont,
    /// Whom the audit names.
    actor: String,
}

impl Deliveries {
    /// Deliveries under this profile's naming; they go into `deliveries` of the data folder unless another is chosen.
    pub fn new(assets: Arc<Assets>, settings: &Settings, profile: Profile, order_log: OrderLog) -> Self {
        Self {
            assets,
            folder: settings.data.join("deliveries"),
            profile,
            utc_offset_minutes: settings.utc_offset_minutes,
            unpaid_waits: settings.policy.unpaid_waits,
            order_log,
            run: run::Run::default(),
        }
    }

    /// Where deliveries go unless another folder is chosen.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What can be chosen.
    pub fn groups(&self) -> Result<DeliveryGroups, Fault> {
        self.order_log.call(|store| choice::groups(store))
    }

    /// What a delivery would hold; nothing is written but that `actor` has seen ID numbers.
    pub fn plan(&self, choice: &DeliveryChoice, to: &Path, actor: &str) -> Result<DeliveryPlanned, Fault> {
        let place = Place::of(to)?;
        let load = self.load(choice, actor)?;
        let titles = place.titles(self.day());
        let title = titles.last().cloned().or_else(|| place.name.clone()).unwrap_or_default();
        let mut plan = self.planned(&load, title)?;
        let mut resumes = false;
        if let Ok(mut folder) = Folder::open(&place.parent) {
            for unfinished in titles {
                let ours = self.planned(&load, unfinished)?;
                if export::is_unfinished(&ours, &mut folder).unwrap_or(false) {
                    (plan, resumes) = (ours, true);
                    break;
                }
            }
        }
        let space = place::existing_ancestor(&place.parent)
            .and_then(|folder| Folder::open(folder).ok())
            .and_then(|mut folder| folder.space().ok().flatten());
        Ok(self.shown(&load, &plan, space.map(|space| space.free), &place, resumes))
    }

    /// Writes a delivery, reads it back, and only then records its orders as delivered. With `shown`, the fingerprint of a plan, nothing
    /// else than what the operator saw is written. `progress` is told of every file.
    pub fn make(
        &self,
        choice: &DeliveryChoice,
        to: &Path,
        actor: &str,
        shown: Option<&str>,
        progress: &mut dyn FnMut(DeliveryProgress) -> ControlFlow<()>,
    ) -> Result<Made, Fault> {
        let mut turn = self.run.begin()?;
        let place = Place::of(to)?;
        let load = self.load(choice, actor)?;
        // Everything about the photos is known before the medium is touched.
        let titles = place.titles(self.day());
        let first =
            self.planned(&load, titles.last().or(place.name.as_ref()).cloned().unwrap_or_default())?;
        first.check().map_err(Fault::from)?;
        if shown.is_some_and(|shown| shown != first.fingerprint()) {
            return Err(Fault::new(FaultCode::PlanChanged, "the orders are not those that were shown"));
        }
        if let Some(made) = self.record_unrecorded(&place, &first, &load)? {
            return Ok(made);
        }
        let missing = |e: std::io::Error| {
            Fault::new(FaultCode::MediumMissing, format!("{}: {e}", place.parent.display()))
        };
        std::fs::create_dir_all(&place.parent).map_err(missing)?;
        let mut medium = Folder::open(&place.parent).map_err(missing)?;
        for title in titles {
            let plan = self.planned(&load, title)?;
            let written = export::write(&plan, &mut medium, &mut |step| {
                let (now, wish) = turn.step(step);
                if progress(now).is_break() { ControlFlow::Break(()) } else { wish }
            });
            match written {
                Ok(delivered) => return self.record(&place, &plan.title, &plan, &load, delivered.resumed),
                // Somebody else's unfinished delivery is left alone; our own is continued under its name.
                Err(ExportError::OtherUnfinished) if place.name.is_none() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::new(FaultCode::PathUnusable, format!("{}: something is there already", to.display())))
    }

    /// How far the delivery is that is being written.
    pub fn progress(&self) -> DeliveryProgress {
        self.run.progress()
    }

    /// Stops it after the file that it is at; the same delivery may be continued later.
    pub fn stop(&self) {
        self.run.stop();
    }

    /// A delivery that was finished but for its record, because the power went in between, is read back once more and recorded.
    fn record_unrecorded(
        &self,
        place: &Place,
        plan: &DeliveryPlan,
        load: &Load,
    ) -> Result<Option<Made>, Fault> {
        let recorded: Vec<(String, String)> = self.order_log.call(|store| {
            Ok(store.deliveries()?.into_iter().map(|made| (made.medium, made.manifest_sha256)).collect())
        })?;
        let manifest = plan.manifest_sha256();
        for title in place.finished() {
            let path = place.parent.join(&title);
            let same = std::fs::read(path.join(MANIFEST))
                .is_ok_and(|text| <[u8; 32]>::from(Sha256::digest(text)) == manifest);
            let known = recorded.iter().any(|(medium, sum)| *medium == title && *sum == hex(&manifest));
            if same && !known && verify(&path).is_ok_and(|report| report.passed()) {
                return self.record(place, &title, plan, load, plan.files.len()).map(Some);
            }
        }
        Ok(None)
    }

    fn record(
        &self,
        place: &Place,
        title: &str,
        plan: &DeliveryPlan,
        load: &Load,
        resumed: usize,
    ) -> Result<Made, Fault> {
        let bytes = load.orders.iter().map(|order| order.photo.len() as u64).sum();
        let manifest_sha256 = plan.manifest_sha256();
        let delivery = NewDelivery {
            id: uuid::Uuid::now_v7().to_string(),
            profile: self.profile.id.clone(),
            medium: title.to_owned(),
            photos: load.versions.clone(),
            bytes,
            manifest_sha256,
            actor: load.actor.clone(),
            verified_at: clock::now(),
        };
        let unchanged = self.order_log.call(move |store| store.record_delivery(&delivery))?;
        let absent = plan.absent.as_deref().unwrap_or_default();
        let view = DeliveryMade {
            path: place.parent.join(title).display().to_string(),
            photos: count(plan.photos),
            bytes,
            verified: true,
            resumed: count(resumed),
            absent: count(absent.len()),
            unchanged: unchanged.iter().map(OrderNumber::to_string).collect(),
            manifest_sha256: hex(&manifest_sha256),
        };
        let missing = absent.iter().filter_map(|s| s.student_number.clone().or_else(|| s.name.clone()));
        Ok(Made { view, missing: missing.collect() })
    }

    fn load(&self, choice: &DeliveryChoice, actor: &str) -> Result<Load, Fault> {
        let font = LabelFont::parse(&self.assets.label_font()?).map_err(Fault::from)?;
        let (choice, actor, unpaid_waits) = (choice.clone(), actor.to_owned(), self.unpaid_waits);
        self.order_log.call(move |store| {
            let selection = choice::select(store, &choice)?;
            if selection.chosen.is_empty() {
                return Err(Fault::new(FaultCode::NothingToDeliver, "no order fits"));
            }
            let numbers: Vec<OrderNumber> = selection.chosen.iter().map(|order| order.number).collect();
            nothing_owed(store, &numbers, unpaid_waits)?;
            let deliverables = store.deliverable(&numbers, &actor, clock::now())?;
            let versions = deliverables.iter().map(|deliverable| deliverable.photo).collect();
            let orders: Result<Vec<_>, Fault> =
                deliverables.into_iter().map(|deliverable| order_of(store, deliverable)).collect();
            Ok(Load { selection, orders: orders?, versions, font, actor })
        })
    }

    fn planned(&self, load: &Load, title: String) -> Result<DeliveryPlan, Fault> {
        let about = About {
            title,
            scope: load.selection.scope.clone(),
            at: clock::now(),
            utc_offset_minutes: i16::try_from(self.utc_offset_minutes).unwrap_or(0),
            software: format!("degree-photo kiosk {}", env!("CARGO_PKG_VERSION")),
        };
        let absent = load.selection.absent.clone();
        export::plan(&load.orders, &self.profile.naming, absent, Some(&load.font), &about)
            .map_err(Fault::from)
    }

    fn shown(
        &self,
        load: &Load,
        plan: &DeliveryPlan,
        free_bytes: Option<u64>,
        place: &Place,
        resumes: bool,
    ) -> DeliveryPlanned {
        let absent = plan.absent.as_deref().unwrap_or_default();
        let row = |student: &export::AbsentStudent| AbsentRow {
            name: student.name.clone(),
            student_number: student.student_number.clone(),
            college: student.college.clone(),
            class: student.class.clone(),
            left_out: student.why == Absence::LeftOut,
        };
        let chosen = load.selection.chosen.iter();
        let unapproved = chosen.filter(|order| order.state == OrderState::Captured);
        let left_out = load.selection.left_out.iter();
        let mut problems = problems(plan);
        if place.name.as_ref().is_some_and(|name| place.parent.join(name).exists()) {
            let detail = format!("{}: something is there already", place.parent.join(&plan.title).display());
            problems.push(Fault::new(FaultCode::PathUnusable, detail));
        }
        if free_bytes.is_some_and(|free| free < plan.bytes) && !resumes {
            problems.push(Fault::new(FaultCode::MediumFull, format!("{} bytes are needed", plan.bytes)));
        }
        DeliveryPlanned {
            plan: plan.fingerprint(),
            photos: count(plan.photos),
            bytes: plan.bytes,
            free_bytes,
            folder: place.parent.join(&plan.title).display().to_string(),
            resumes,
            naming: format!("{}.{}", self.profile.naming.template, self.profile.naming.extension),
            problems,
            listed: load.selection.listed,
            absent: count(absent.len()),
            absent_students: absent.iter().take(MOST_NAMED).map(row).collect(),
            not_approved: unapproved.map(|order| order.number.to_string()).collect(),
            left_out: left_out
                .map(|order| LeftOut { number: order.number.to_string(), state: order.state })
                .collect(),
            duplicates: plan.duplicates.clone(),
        }
    }

    fn day(&self) -> LocalDay {
        LocalDay::of(clock::now(), self.utc_offset_minutes)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
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

/// Reads a delivery back, wherever it lies now.
pub fn verify_at(path: &Path) -> Result<VerifyReport, Fault> {
    verify(path).map_err(Fault::from)
}

/// Writes a delivery as a disc image (ISO 9660 with Joliet), which is read back as well.
pub fn write_image(delivery: &Path, image: &Path) -> Result<(), Fault> {
    iso::write(delivery, image, clock::now()).map(|_| ()).map_err(Fault::from)
}

/// Burns a disc image and reads the whole disc back; tells the bytes and their SHA-256.
pub fn burn_image(image: &Path, drive: &str) -> Result<(u64, String), Fault> {
    let burned = kiosk_delivery::burn::burn(image, drive).map_err(Fault::from)?;
    Ok((burned.bytes, hex(&burned.sha256)))
}
