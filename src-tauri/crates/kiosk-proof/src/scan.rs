//! How well codes are read, beside other decoders, measured where the payload is known.
//!
//! Three kinds of trials: single frames of a phone before the kiosk ([`frames`]); whole presentations of a phone, from the hand's
//! arrival on, frame by frame as the camera delivers them; and pictures from elsewhere. A live code counts when two frames agree, for
//! every decoder alike. `SCAN.md` beside this source is the result.

mod decoder;
mod follow;
mod frames;
mod hostile;
mod peers;
mod pictures;
mod table;

use std::path::PathBuf;

use image::GrayImage;
use kiosk_core::Fault;
use serde::Serialize;

pub use decoder::Decoder;
use decoder::{Occasion, read};
pub use follow::Followed;
use frames::{Sequence, Trouble, code_frame};
pub use hostile::Endured;
use peers::Peers;
pub use pictures::{CodePicture, pictures_of};
pub use table::ScanReport;

/// The committed result.
pub const SCAN_TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/SCAN.md");

/// Single frames and presentations of every kind of trouble.
const FRAMES: u64 = 6;
const SEQUENCES: u64 = 3;
/// The kind of the pictures from elsewhere.
const PICTURES: &str = "pictures";
/// The kind of the pictures that are made to do harm.
const HOSTILE: &str = "hostile";

/// What to measure.
pub struct ScanPlan {
    /// Pictures from elsewhere, if there are any.
    pub pictures: Vec<CodePicture>,
    /// Only this kind of trouble, `pictures` or `hostile`.
    pub only: Option<String>,
    /// A Python that may know zxing-cpp and zbar.
    pub python: Option<PathBuf>,
    /// Frames and presentations of each kind, instead of those of the committed result.
    pub sample: Option<[u64; 2]>,
}

impl ScanPlan {
    fn wants(&self, kind: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == kind)
    }

    fn troubles(&self) -> impl Iterator<Item = Trouble> + '_ {
        Trouble::ALL.into_iter().filter(|trouble| self.wants(trouble.name()))
    }
}

/// Looks on while codes are read.
pub trait ScanWatch {
    /// So many trials of all are done.
    fn progress(&self, done: usize, all: usize);
}

/// One decoder on one picture.
#[derive(Debug, Clone, Serialize)]
pub struct Tried {
    /// Kind of trouble, or `pictures`.
    pub kind: &'static str,
    /// Which of its kind.
    pub name: String,
    /// The decoder.
    pub decoder: Decoder,
    /// The payload was read.
    pub read: bool,
    /// Another payload was read.
    pub wrong: bool,
    /// Time, milliseconds.
    pub ms: f64,
}

/// Runs a plan.
///
/// # Errors
/// `internal` when a Python that knows the other decoders stops answering.
pub fn prove_scan(plan: &ScanPlan, watch: &dyn ScanWatch) -> Result<ScanReport, Fault> {
    let mut peers = plan.python.as_deref().map(Peers::start).transpose()?;
    let decoders: Vec<Decoder> = Decoder::ALL
        .into_iter()
        .filter(|decoder| match decoder {
            Decoder::Zbar | Decoder::ZxingCpp => peers.as_ref().is_some_and(|peers| peers.has(*decoder)),
            _ => true,
        })
        .collect();
    let [frames, sequences] = plan.sample.unwrap_or([FRAMES, SEQUENCES]);
    let pictures: Vec<&CodePicture> = plan.pictures.iter().filter(|_| plan.wants(PICTURES)).collect();
    let all = plan.troubles().count() * (frames + sequences) as usize + pictures.len();
    let mut report = ScanReport {
        decoders: decoders.clone(),
        versions: peers.as_ref().map(|peers| peers.versions.clone()).unwrap_or_default(),
        ..ScanReport::default()
    };
    let mut done = 0;
    let mut step = || {
        done += 1;
        watch.progress(done, all);
    };
    for trouble in plan.troubles() {
        for seed in 0..frames {
            let frame = code_frame(trouble, seed);
            for &decoder in &decoders {
                let found = read(decoder, &frame.image, Occasion::FirstLook, peers.as_mut())?;
                let right = |payload: &Vec<u8>| *payload == frame.payload;
                report.frames.push(Tried {
                    kind: trouble.name(),
                    name: seed.to_string(),
                    decoder,
                    read: found.payloads.iter().any(right),
                    wrong: !found.payloads.iter().all(right),
                    ms: found.ms,
                });
            }
            step();
        }
        for seed in 0..sequences {
            let sequence = Sequence::of(trouble, seed);
            report.sequences.extend(follow::follow(trouble, seed, &sequence, &decoders, &mut peers)?);
            step();
        }
    }
    for picture in pictures {
        for &decoder in &decoders {
            report.pictures.push(tried(picture, decoder, &mut peers)?);
        }
        step();
    }
    if plan.wants(HOSTILE) {
        report.hostile = hostile::endured();
    }
    Ok(report)
}

fn tried(picture: &CodePicture, decoder: Decoder, peers: &mut Option<Peers>) -> Result<Tried, Fault> {
    let grey: &GrayImage = &picture.grey;
    let found = read(decoder, grey, Occasion::Still, peers.as_mut())?;
    let read = found.payloads.iter().any(|payload| picture.says(payload));
    // A picture from elsewhere may show codes that its list does not name.
    let wrong = !read && !found.payloads.is_empty();
    Ok(Tried { kind: PICTURES, name: picture.name.clone(), decoder, read, wrong, ms: found.ms })
}
