//! `deliver`, `verify`: what a school receives.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use kiosk_core::{Fault, FaultCode};
use kiosk_engine::contract::{DeliveryChoice, DeliveryPlanned, DeliveryProgress, DeliveryStage};
use kiosk_engine::deliveries::{self, Deliveries, MANIFEST, Made, Target, VerifyReport};
use kiosk_engine::{Assets, COMMAND_LINE, Settings};
use serde::Serialize;

use super::{existing, passphrase, with_log};
use crate::args::{ChoiceArgs, MediumArgs};
use crate::output::{self, Exit, Output};

/// What is to be delivered, and where.
pub struct Wish<'a> {
    /// The data folder.
    pub data: &'a Path,
    /// What it is written as, and where.
    pub medium: &'a MediumArgs,
    /// Another recipient's rules than the settings'.
    pub profile: Option<&'a str>,
    /// Which orders.
    pub choice: &'a ChoiceArgs,
}

impl Wish<'_> {
    fn choice(&self) -> DeliveryChoice {
        let ChoiceArgs { orders, school, college, class, day, state, paid } = self.choice;
        DeliveryChoice {
            orders: orders.clone(),
            school: school.clone(),
            college: college.clone(),
            class: class.clone(),
            day: day.clone(),
            states: state.clone(),
            paid_only: *paid,
        }
    }

    fn target(&self) -> Result<Target, Fault> {
        let MediumArgs { to, iso, zip, disc, passphrase_file } = self.medium;
        match (to, zip, disc, iso) {
            (Some(to), ..) => Ok(Target::Folder(to.clone())),
            (_, Some(zip), ..) => {
                let passphrase = passphrase::chosen(passphrase_file.as_deref())?;
                Ok(Target::Zip(zip.clone(), deliveries::strong(passphrase)?))
            }
            (_, _, Some(drive), _) => Ok(Target::Disc(drive.clone())),
            (_, _, _, Some(image)) => Ok(Target::Image(image.clone())),
            (None, None, None, None) => Err(Fault::new(FaultCode::PathUnusable, "no place for the delivery")),
        }
    }

    /// An image beside the folder.
    fn image(&self) -> Option<&Path> {
        self.medium.iso.as_deref().filter(|_| self.medium.to.is_some())
    }

    fn with<T>(
        &self,
        assets: Arc<Assets>,
        work: impl FnOnce(Deliveries) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let settings: Settings = existing(self.data)?;
        let profile = super::profile(&assets, self.profile.or(Some(&settings.profile)))?;
        with_log(&settings, |log| work(Deliveries::new(assets, &settings, profile, log)))
    }
}

pub fn plan(wish: &Wish<'_>, assets: Arc<Assets>, output: &mut Output) -> Result<Exit, Fault> {
    let target = wish.target()?;
    let planned = wish.with(assets, |deliveries| deliveries.plan(&wish.choice(), &target, COMMAND_LINE))?;
    let unfit = wish.image().is_some() && !planned.not_on_disc.is_empty();
    output.line(&planned, || in_words(&planned));
    Ok(Exit::unless(planned.problems.is_empty() && !unfit))
}

fn in_words(planned: &DeliveryPlanned) -> String {
    let DeliveryPlanned { photos, bytes, folder, .. } = planned;
    let mut lines = vec![format!("{folder}: {photos} photo(s), {bytes} bytes; nothing is written yet")];
    if planned.resumes {
        lines.push("  continues an unfinished delivery".to_owned());
    }
    lines.push(format!("  files are named {}", planned.naming));
    lines.push(match planned.listed {
        Some(listed) => format!("  {} of {listed} listed student(s) are not in it", planned.absent),
        None => "  no list of the school to compare with".to_owned(),
    });
    for student in &planned.absent_students {
        let who = student.student_number.as_deref().or(student.name.as_deref()).unwrap_or("?");
        let why = if student.left_out { "left out" } else { "no photo" };
        lines.push(format!("    {who} {why}"));
    }
    lines.extend(
        (!planned.not_approved.is_empty())
            .then(|| format!("  not approved: {}", planned.not_approved.join(" "))),
    );
    lines.extend(planned.left_out.iter().map(|order| {
        let why = if order.unpaid { "unpaid" } else { order.state.as_str() };
        format!("  left out: {} {why}", order.number)
    }));
    lines.extend(
        (!planned.not_on_disc.is_empty())
            .then(|| format!("  names that no disc can hold: {}", planned.not_on_disc.join(" "))),
    );
    lines.extend(planned.duplicates.iter().map(|orders| format!("  one person: {}", orders.join(" "))));
    lines.extend(planned.problems.iter().map(|problem| format!("  in the way: {problem}")));
    lines.join("\n")
}

#[derive(Serialize)]
struct DeliveryReport {
    photos: u32,
    bytes: u64,
    manifest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    disc: Option<String>,
    verified: bool,
    missing: Vec<String>,
    resumed: u32,
    unchanged: Vec<String>,
    ms: f64,
}

pub fn deliver(wish: &Wish<'_>, assets: Arc<Assets>, output: &mut Output) -> Result<Exit, Fault> {
    let target = wish.target()?;
    let started = Instant::now();
    let stop = stop_on_ctrl_c()?;
    let mut shown = Shown::default();
    let Made { view, missing } = wish.with(assets, |deliveries| {
        deliveries.make(&wish.choice(), &target, COMMAND_LINE, None, &mut |step| {
            shown.step(step);
            if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    })?;
    if let Some(image) = wish.image() {
        deliveries::write_image(Path::new(&view.path), image)?;
        output::note(&format!("{}: disc image, read back", image.display()));
    }
    let report = DeliveryReport {
        photos: view.photos,
        bytes: view.bytes,
        manifest: match target {
            Target::Folder(_) => Path::new(&view.path).join(MANIFEST).display().to_string(),
            _ => view.path.clone(),
        },
        disc: view.disc,
        verified: view.verified,
        missing,
        resumed: view.resumed,
        unchanged: view.unchanged,
        ms: started.elapsed().as_secs_f64() * 1000.0,
    };
    output.line(&report, || {
        let missing = report.missing.len();
        format!(
            "{}: {} photo(s), read back and verified; {missing} student(s) of the list missing",
            view.path, view.photos
        )
    });
    Ok(Exit::unless(report.verified))
}

/// The first Ctrl-C ends the delivery after the file that it is at, the second at once.
fn stop_on_ctrl_c() -> Result<Arc<AtomicBool>, Fault> {
    let stop = Arc::new(AtomicBool::new(false));
    let pressed = stop.clone();
    ctrlc::set_handler(move || {
        if pressed.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        output::note("stopping; what is written can be continued");
    })
    .map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
    Ok(stop)
}

/// Tells every stage and every tenth of the way.
#[derive(Default)]
struct Shown {
    stage: Option<DeliveryStage>,
    tenth: u32,
}

impl Shown {
    fn step(&mut self, step: DeliveryProgress) {
        if (self.stage, self.tenth) == (step.stage, step.percent / 10) {
            return;
        }
        (self.stage, self.tenth) = (step.stage, step.percent / 10);
        let rest = step.seconds_left.map_or_else(String::new, |seconds| format!(", {seconds} s left"));
        let stage = step.stage.map_or_else(String::new, |stage| format!("{stage:?}: "));
        output::note(&format!("{stage}{} of {} files, {} %{rest}", step.files, step.of_files, step.percent));
    }
}

#[derive(Serialize)]
struct BurnReport {
    bytes: u64,
    sha256: String,
    verified: bool,
    ms: f64,
}

pub fn burn(image: &Path, drive: &str, output: &mut Output) -> Result<Exit, Fault> {
    let started = Instant::now();
    let report = deliveries::verify_at(image, None)?;
    if !report.passed() {
        return Err(Fault::new(
            FaultCode::VerificationFailed,
            format!("{}: no whole delivery", image.display()),
        ));
    }
    let (bytes, sha256) = deliveries::burn_image(image, drive)?;
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    let burned = BurnReport { bytes, sha256, verified: true, ms };
    output.line(&burned, || format!("{drive}: {bytes} bytes burned and read back"));
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Verified {
    photos: usize,
    ok: usize,
    missing: Vec<String>,
    changed: Vec<String>,
    extra: Vec<String>,
}

pub fn verify(path: &Path, passphrase_file: Option<&Path>, output: &mut Output) -> Result<Exit, Fault> {
    let asked = passphrase_file.is_some() || deliveries::is_encrypted(path);
    let passphrase = asked.then(|| passphrase::given(passphrase_file)).transpose()?;
    let report = deliveries::verify_at(path, passphrase)?;
    let passed = report.passed();
    let VerifyReport { photos, ok, missing, changed, extra, .. } = report;
    let report = Verified { photos, ok, missing, changed, extra };
    output.line(&report, || {
        let mut lines = vec![format!("{ok} of {photos} photo(s) as delivered")];
        for (what, paths) in
            [("missing", &report.missing), ("changed", &report.changed), ("extra", &report.extra)]
        {
            lines.extend(paths.iter().map(|path| format!("  {what}: {path}")));
        }
        lines.join("\n")
    });
    Ok(Exit::unless(passed))
}
