//! What a delivery is written as, and where to.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use kiosk_core::order::LocalDay;
use kiosk_core::{Fault, FaultCode};
use kiosk_delivery::export::{self, DeliveryPlan, ExportError, Progress, Stage};
use kiosk_delivery::medium::Folder;
use kiosk_delivery::passphrase::Passphrase;
use kiosk_delivery::verify::verify_with;
use kiosk_delivery::{archive, burn, iso, optical};
use sha2::{Digest, Sha256};

use super::MANIFEST;
use super::place::{self, Place};
use super::run::Work;
use crate::contract::{DeliveryMedium, DeliveryRequest};

/// The image that is about to be burned lies here, and is removed afterwards.
const STAGED: &str = "burning.iso";

/// One of the ways in which photos leave the studio.
#[derive(Debug, Clone)]
pub enum Target {
    /// A new folder in this one, or this one.
    Folder(PathBuf),
    /// A new encrypted zip in this folder, or of this path.
    Zip(PathBuf, Passphrase),
    /// A new image of a disc in this folder, or of this path.
    Image(PathBuf),
    /// A disc in this drive.
    Disc(String),
}

impl Target {
    /// What the desk asks for. It may burn in this machine's drives only: a file that stands in for one is for the command line.
    ///
    /// # Errors
    /// `PassphraseWeak` with the reason; `MediumMissing` for a drive that is not there.
    pub fn of(request: &DeliveryRequest) -> Result<Self, Fault> {
        let to = PathBuf::from(&request.to);
        Ok(match &request.medium {
            DeliveryMedium::Folder => Self::Folder(to),
            DeliveryMedium::Image => Self::Image(to),
            DeliveryMedium::Disc if optical::is_known(&request.to) => Self::Disc(request.to.clone()),
            DeliveryMedium::Disc => {
                return Err(Fault::new(FaultCode::MediumMissing, format!("{}: no such drive", request.to)));
            }
            DeliveryMedium::Zip { passphrase } => Self::Zip(to, strong(passphrase.clone())?),
        })
    }

    pub(super) fn work(&self) -> Work {
        match self {
            Self::Folder(_) | Self::Zip(..) => Work::Files,
            Self::Image(_) => Work::Image,
            Self::Disc(_) => Work::Disc,
        }
    }

    /// `staging` is where the image of a disc lies until it is burned.
    pub(super) fn place(&self, staging: &Path) -> Result<Place, Fault> {
        match self {
            Self::Folder(to) => Place::of(to),
            Self::Zip(to, _) => Place::of_file(to, ".zip"),
            Self::Image(to) => Place::of_file(to, ".iso"),
            Self::Disc(_) => Ok(Place::in_folder(staging)),
        }
    }

    /// Names to try, in order. A disc is numbered on after those of the day that were recorded, since the last one is not at hand.
    pub(super) fn titles(&self, place: &Place, day: LocalDay, recorded: &[String]) -> Vec<String> {
        match self {
            Self::Disc(_) => place::fresh(day).find(|title| !recorded.contains(title)).into_iter().collect(),
            _ => place.titles(day),
        }
    }

    /// Bytes that it may take, where that can be told, and what stands in its way apart from what a plan says of itself.
    pub(super) fn looked_at(&self, place: &Place, plan: &DeliveryPlan) -> (Option<u64>, Vec<Fault>) {
        let mut problems = Vec::new();
        if matches!(self, Self::Image(_) | Self::Disc(_)) {
            problems.extend(
                plan.not_on_disc
                    .iter()
                    .map(|name| Fault::new(FaultCode::NameClash, format!("{}: {}", name.order, name.why))),
            );
        }
        let Self::Disc(drive) = self else {
            return (place::free_bytes(&place.parent), problems);
        };
        match optical::look(drive) {
            Ok(disc) => {
                problems.extend(disc.takes(iso::size_of(plan)).err().map(Fault::from));
                let capacity = match disc {
                    optical::Disc::Blank { capacity } => Some(capacity),
                    _ => None,
                };
                (capacity, problems)
            }
            Err(error) => {
                problems.push(error.into());
                (None, problems)
            }
        }
    }

    /// Bytes that it takes.
    pub(super) fn needs(&self, plan: &DeliveryPlan) -> u64 {
        match self {
            Self::Folder(_) => plan.bytes,
            Self::Zip(..) => archive::size_at_most(plan),
            Self::Image(_) | Self::Disc(_) => iso::size_of(plan),
        }
    }

    /// Where people find it.
    pub(super) fn shown(&self, place: &Place, plan: &DeliveryPlan) -> String {
        match self {
            Self::Disc(drive) => format!("{} · {} ({drive})", plan.title, iso::label(plan)),
            _ => place.path(&plan.title).display().to_string(),
        }
    }

    /// Whether an unfinished delivery of exactly this plan lies there.
    pub(super) fn resumes(&self, place: &Place, plan: &DeliveryPlan) -> bool {
        matches!(self, Self::Folder(_))
            && Folder::open(&place.parent)
                .is_ok_and(|mut folder| export::is_unfinished(plan, &mut folder).unwrap_or(false))
    }

    /// Whether the finished delivery of this title holds exactly these photos, every byte of them read.
    pub(super) fn holds(&self, place: &Place, title: &str, manifest: [u8; 32]) -> bool {
        let path = place.path(title);
        let passphrase = match self {
            Self::Zip(_, passphrase) => Some(passphrase),
            Self::Folder(_) => {
                let same = fs::read(path.join(MANIFEST))
                    .is_ok_and(|text| <[u8; 32]>::from(Sha256::digest(text)) == manifest);
                if !same {
                    return false;
                }
                None
            }
            Self::Image(_) => None,
            // The disc is in the drive no longer, or it is not blank and is refused.
            Self::Disc(_) => return false,
        };
        verify_with(&path, passphrase)
            .is_ok_and(|report| report.passed() && report.manifest_sha256 == manifest)
    }

    /// Writes a plan and reads it back; gives the number of files that an earlier attempt had written.
    pub(super) fn write(
        &self,
        place: &Place,
        plan: &DeliveryPlan,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<usize, Written> {
        let path = place.path(&plan.title);
        let written = match self {
            Self::Folder(_) => {
                let mut medium = Folder::open(&place.parent).map_err(ExportError::Io)?;
                export::write(plan, &mut medium, progress)?
            }
            Self::Zip(_, passphrase) => archive::write(plan, &path, passphrase, progress)?,
            Self::Image(_) => iso::write_plan(plan, &path, progress)?,
            Self::Disc(drive) => return burn(place, plan, drive, progress).map(|()| 0),
        };
        Ok(written.resumed)
    }
}

/// A passphrase for a new delivery.
///
/// # Errors
/// `PassphraseWeak` with the reason.
pub fn strong(text: String) -> Result<Passphrase, Fault> {
    Passphrase::new(text).map_err(|why| Fault::new(FaultCode::PassphraseWeak, why.to_string()))
}

/// Why nothing was written.
pub(super) enum Written {
    /// An unfinished delivery of other photos has this name.
    Other,
    /// Anything else.
    Failed(Fault),
}

impl From<ExportError> for Written {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::OtherUnfinished => Self::Other,
            error => Self::Failed(error.into()),
        }
    }
}

fn burn(
    place: &Place,
    plan: &DeliveryPlan,
    drive: &str,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(), Written> {
    let failed = |error: burn::BurnError| Written::Failed(error.into());
    optical::look(drive).and_then(|disc| disc.takes(iso::size_of(plan))).map_err(failed)?;
    let staged = Staged::at(place.parent.join(STAGED));
    // Reading the image back is still a part of making it: what counts is what the disc reads.
    iso::write_plan(plan, &staged.0, &mut |step| progress(Progress { stage: Stage::Imaging, ..step }))?;
    let mut told =
        |stage, bytes, of_bytes| progress(Progress { stage, files: 0, of_files: 0, bytes, of_bytes });
    burn::burn(&staged.0, drive, &mut told).map_err(failed)?;
    Ok(())
}

/// An image that is there only to be burned: it holds every photo, and nobody would look for it.
struct Staged(PathBuf);

impl Staged {
    /// One that a power cut left is removed as well.
    fn at(path: PathBuf) -> Self {
        let _ = fs::remove_file(&path);
        Self(path)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use kiosk_core::profile::Naming;
    use kiosk_delivery::export::{About, DeliverableOrder, plan};

    use super::*;

    fn planned(name: &str) -> DeliveryPlan {
        let photo: std::sync::Arc<[u8]> = b"photo".to_vec().into();
        let order = DeliverableOrder {
            number: "261121-A001".to_owned(),
            id_number: "11010519491231002X".to_owned(),
            name: Some(name.to_owned()),
            student_number: None,
            school: None,
            college: None,
            class: None,
            code: None,
            accepted_at: 0,
            photo_sha256: Sha256::digest(&photo).into(),
            photo,
        };
        let naming = Naming { template: "{name}".to_owned(), extension: "jpg".to_owned() };
        let about = About {
            title: "t".to_owned(),
            scope: String::new(),
            at: 1_795_000_000_000,
            utc_offset_minutes: 480,
            software: "s".to_owned(),
        };
        plan(&[order], &naming, None, None, &about).unwrap()
    }

    #[test]
    fn what_a_disc_cannot_hold_stands_in_the_way_of_discs_only() {
        let folder = PathBuf::from("/somewhere");
        let words = Passphrase::new("4821-0935-7714-2086-1193-5570").unwrap();
        let disc = Target::Disc("stdio:/no/such/folder/drive".to_owned());
        for (target, name, problems) in [
            (Target::Folder(folder.clone()), "测𠅤", 0),
            (Target::Zip(folder.clone(), words), "测𠅤", 0),
            (Target::Image(folder.clone()), "测𠅤", 1),
            (Target::Image(folder), "测试", 0),
            // No such drive either.
            (disc.clone(), "测𠅤", 2),
            (disc, "测试", 1),
        ] {
            let place = target.place(Path::new("/somewhere")).unwrap();
            let (_, found) = target.looked_at(&place, &planned(name));
            assert_eq!(found.len(), problems, "{target:?}: {found:?}");
            assert!(found.iter().all(|problem| !problem.detail.contains(name)), "{found:?}");
        }
    }

    #[test]
    fn what_the_desk_asks_for_is_refused_when_anybody_could_guess_it() {
        let request = |medium| DeliveryRequest {
            choice: crate::contract::DeliveryChoice::default(),
            to: "/media/kiosk/USB".to_owned(),
            medium,
            plan: None,
        };
        let zip = |words: &str| request(DeliveryMedium::Zip { passphrase: words.to_owned() });
        assert_eq!(Target::of(&zip("123456")).unwrap_err().code, FaultCode::PassphraseWeak);
        let strong = zip("4821-0935-7714-2086-1193-5570");
        assert!(!format!("{strong:?}").contains("4821"), "{strong:?}");
        assert!(!format!("{:?}", Target::of(&strong).unwrap()).contains("4821"));
        for drive in ["stdio:/tmp/drive", "/etc/passwd", "/dev/no-such-drive"] {
            let request = DeliveryRequest { to: drive.to_owned(), ..request(DeliveryMedium::Disc) };
            let refused = Target::of(&request).unwrap_err().code;
            assert!(refused == FaultCode::MediumMissing || !cfg!(target_os = "linux"), "{drive}");
        }
        let old = serde_json::json!({ "choice": {}, "to": "/x" });
        let old: DeliveryRequest = serde_json::from_value(old).unwrap();
        assert_eq!(old.medium, DeliveryMedium::Folder);
    }
}
