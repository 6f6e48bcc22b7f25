//! A presentation of a phone, frame by frame, as each decoder would have lived through it.

use std::time::Duration;

use kiosk_core::Fault;
use kiosk_vision::qr::{Agreement, CodeReading, CodeScanner, Encoding, LIVE_BUDGET};
use serde::Serialize;

use super::decoder::{Decoder, Found, Occasion, read};
use super::frames::{FRAMES_A_SECOND, Sequence, Trouble};
use super::peers::Peers;

/// After so many frames the hand gives up.
const PATIENCE: usize = 6 * FRAMES_A_SECOND / 5;

/// One decoder and one presentation of a phone.
#[derive(Debug, Clone, Serialize)]
pub struct Followed {
    /// Kind of trouble.
    pub kind: &'static str,
    /// Which of its kind.
    pub seed: u64,
    /// The code's version.
    pub version: u8,
    /// The decoder.
    pub decoder: Decoder,
    /// From the first sight of the phone until two frames agreed, seconds; `None` when they did not before the hand gave up.
    pub seconds: Option<f64>,
    /// Two frames agreed on another payload.
    pub wrong: bool,
    /// Time of each frame looked at, milliseconds.
    pub ms: Vec<f64>,
}

/// A decoder that takes the newest frame whenever it is free.
struct Viewer {
    scanner: CodeScanner,
    agreement: Agreement,
    free_at: f64,
    ended: bool,
    told: Followed,
}

/// Shows the presentation to every decoder; the frames are drawn once.
pub fn follow(
    trouble: Trouble,
    seed: u64,
    sequence: &Sequence,
    decoders: &[Decoder],
    peers: &mut Option<Peers>,
) -> Result<Vec<Followed>, Fault> {
    let viewer = |&decoder: &Decoder| Viewer {
        scanner: CodeScanner::new(LIVE_BUDGET),
        agreement: Agreement::new(),
        free_at: 0.0,
        ended: false,
        told: Followed {
            kind: trouble.name(),
            seed,
            version: sequence.version,
            decoder,
            seconds: None,
            wrong: false,
            ms: Vec::new(),
        },
    };
    let mut viewers: Vec<Viewer> = decoders.iter().map(viewer).collect();
    for number in 0..PATIENCE {
        if viewers.iter().all(|viewer| viewer.ended) {
            break;
        }
        let picture = sequence.frame(number);
        let [arrives, next] = [number, number + 1].map(|number| number as f64 / FRAMES_A_SECOND as f64);
        for viewer in viewers.iter_mut().filter(|viewer| !viewer.ended && viewer.free_at < next) {
            let decoder = viewer.told.decoder;
            let found = read(decoder, &picture, Occasion::Live(&mut viewer.scanner), peers.as_mut())?;
            viewer.free_at = viewer.free_at.max(arrives) + found.ms / 1000.0;
            viewer.take(found, arrives, &sequence.payload);
        }
    }
    Ok(viewers.into_iter().map(|viewer| viewer.told).collect())
}

impl Viewer {
    fn take(&mut self, found: Found, arrived: f64, truth: &[u8]) {
        self.told.ms.push(found.ms);
        let readings: Vec<CodeReading> = found.payloads.into_iter().map(reading).collect();
        if let Some(agreed) = self.agreement.observe(&readings, Duration::from_secs_f64(arrived)) {
            self.ended = true;
            self.told.wrong = agreed.payload != truth;
            self.told.seconds = (!self.told.wrong).then_some(self.free_at);
        }
    }
}

/// Only its payload matters to the agreement.
fn reading(payload: Vec<u8>) -> CodeReading {
    CodeReading { payload, corners: [[0.0; 2]; 4], version: 1, encoding: Encoding::Unstated, text: None }
}
