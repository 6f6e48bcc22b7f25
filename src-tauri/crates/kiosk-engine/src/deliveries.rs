//! Deliveries of orders: planned for the operator's eyes, written, read back, and only then recorded.

mod choice;
mod load;
mod place;
mod run;
mod shown;
mod target;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kiosk_core::hex::hex;
use kiosk_core::order::LocalDay;
use kiosk_core::{Fault, FaultCode, OrderNumber, Profile};
use kiosk_delivery::export::{self, About, DeliveryPlan};
use kiosk_delivery::passphrase::Passphrase;
use kiosk_delivery::verify::verify_with;
use kiosk_delivery::{archive, burn, iso};
use kiosk_store::NewDelivery;

pub use kiosk_delivery::export::bag::MANIFEST;
pub use kiosk_delivery::verify::VerifyReport;
pub use target::{Target, strong};

use crate::contract::{DeliveryChoice, DeliveryGroups, DeliveryMade, DeliveryPlanned, DeliveryProgress};
use crate::order_log::OrderLog;
use crate::{Assets, Settings, clock};
use load::Load;
use place::Place;
use target::Written;

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
    pub fn plan(
        &self,
        choice: &DeliveryChoice,
        target: &Target,
        actor: &str,
    ) -> Result<DeliveryPlanned, Fault> {
        let place = target.place(&self.folder)?;
        let load = self.load(choice, actor)?;
        let titles = target.titles(&place, self.day(), &self.recorded_names()?);
        let title = titles.last().cloned().or_else(|| place.name.clone()).unwrap_or_default();
        let mut plan = self.planned(&load, title)?;
        let mut resumes = false;
        for unfinished in titles {
            let ours = self.planned(&load, unfinished)?;
            if target.resumes(&place, &ours) {
                (plan, resumes) = (ours, true);
                break;
            }
        }
        Ok(self.shown(&load, &plan, target, &place, resumes))
    }

    /// Writes a delivery, reads it back, and only then records its orders as delivered. With `shown`, the fingerprint of a plan, nothing
    /// else than what the operator saw is written. `progress` is told of every file.
    pub fn make(
        &self,
        choice: &DeliveryChoice,
        target: &Target,
        actor: &str,
        shown: Option<&str>,
        progress: &mut dyn FnMut(DeliveryProgress) -> ControlFlow<()>,
    ) -> Result<Made, Fault> {
        let mut turn = self.run.begin(target.work())?;
        let place = target.place(&self.folder)?;
        let load = self.load(choice, actor)?;
        // Everything about the photos is known before the medium is touched.
        let titles = target.titles(&place, self.day(), &self.recorded_names()?);
        let first =
            self.planned(&load, titles.last().or(place.name.as_ref()).cloned().unwrap_or_default())?;
        first.check().map_err(Fault::from)?;
        if shown.is_some_and(|shown| shown != first.fingerprint()) {
            return Err(Fault::new(FaultCode::PlanChanged, "the orders are not those that were shown"));
        }
        if let Some(made) = self.record_unrecorded(target, &place, &first, &load)? {
            return Ok(made);
        }
        std::fs::create_dir_all(&place.parent)
            .map_err(|e| Fault::new(FaultCode::MediumMissing, format!("{}: {e}", place.parent.display())))?;
        for title in titles {
            let plan = self.planned(&load, title)?;
            let written = target.write(&place, &plan, &mut |step| {
                let (now, wish) = turn.step(step);
                if progress(now).is_break() { ControlFlow::Break(()) } else { wish }
            });
            match written {
                Ok(resumed) => return self.record(target, &place, &plan, &load, resumed),
                // Somebody else's unfinished delivery is left alone; our own is continued under its name.
                Err(Written::Other) if place.name.is_none() => {}
                Err(Written::Other) => {
                    let detail =
                        format!("{}: another unfinished delivery", place.path(&plan.title).display());
                    return Err(Fault::new(FaultCode::PathUnusable, detail));
                }
                Err(Written::Failed(fault)) => return Err(fault),
            }
        }
        let detail = format!("{}: something is there already", target.shown(&place, &first));
        Err(Fault::new(FaultCode::PathUnusable, detail))
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
        target: &Target,
        place: &Place,
        plan: &DeliveryPlan,
        load: &Load,
    ) -> Result<Option<Made>, Fault> {
        let recorded: Vec<(String, String)> = self.order_log.call(|store| {
            Ok(store.deliveries()?.into_iter().map(|made| (made.medium, made.manifest_sha256)).collect())
        })?;
        let manifest = plan.manifest_sha256();
        for title in place.finished() {
            let known = recorded.iter().any(|(medium, sum)| *medium == title && *sum == hex(&manifest));
            if !known && target.holds(place, &title, manifest) {
                let found = self.planned(load, title)?;
                return self.record(target, place, &found, load, found.files.len()).map(Some);
            }
        }
        Ok(None)
    }

    fn record(
        &self,
        target: &Target,
        place: &Place,
        plan: &DeliveryPlan,
        load: &Load,
        resumed: usize,
    ) -> Result<Made, Fault> {
        let bytes = load.orders.iter().map(|order| order.photo.len() as u64).sum();
        let manifest_sha256 = plan.manifest_sha256();
        let delivery = NewDelivery {
            id: uuid::Uuid::now_v7().to_string(),
            profile: self.profile.id.clone(),
            medium: plan.title.clone(),
            photos: load.versions.clone(),
            bytes,
            manifest_sha256,
            actor: load.actor.clone(),
            verified_at: clock::now(),
        };
        let unchanged = self.order_log.call(move |store| store.record_delivery(&delivery))?;
        let absent = plan.absent.as_deref().unwrap_or_default();
        let (path, disc) = match target {
            Target::Disc(drive) => (drive.clone(), Some(format!("{} · {}", plan.title, iso::label(plan)))),
            _ => (place.path(&plan.title).display().to_string(), None),
        };
        let view = DeliveryMade {
            path,
            disc,
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

    fn recorded_names(&self) -> Result<Vec<String>, Fault> {
        self.order_log.call(|store| Ok(store.deliveries()?.into_iter().map(|made| made.medium).collect()))
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

    fn day(&self) -> LocalDay {
        LocalDay::of(clock::now(), self.utc_offset_minutes)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Reads a delivery back, wherever it lies now; an encrypted one with its passphrase.
pub fn verify_at(path: &Path, passphrase: Option<String>) -> Result<VerifyReport, Fault> {
    verify_with(path, passphrase.map(Passphrase::given).as_ref()).map_err(Fault::from)
}

/// Whether a passphrase is needed to look into it.
pub fn is_encrypted(path: &Path) -> bool {
    path.is_file() && archive::is_zip(path)
}

/// A passphrase that can be dictated, out of the operating system's randomness.
pub fn suggest_passphrase() -> Result<String, Fault> {
    let mut random = [0; 6];
    for number in &mut random {
        *number = getrandom::u64().map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
    }
    Ok(Passphrase::suggested(random))
}

/// Writes a delivery as a disc image (ISO 9660 with Joliet), which is read back as well.
pub fn write_image(delivery: &Path, image: &Path) -> Result<(), Fault> {
    iso::write(delivery, image, clock::now()).map(|_| ()).map_err(Fault::from)
}

/// Burns a disc image and reads the whole disc back; tells the bytes and their SHA-256.
pub fn burn_image(image: &Path, drive: &str) -> Result<(u64, String), Fault> {
    let burned = burn::burn(image, drive, &mut |_, _, _| ControlFlow::Continue(())).map_err(Fault::from)?;
    Ok((burned.bytes, hex(&burned.sha256)))
}
