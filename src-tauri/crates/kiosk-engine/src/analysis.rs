//! Looks at the newest frame: for a code while nobody is known, at the sitter while the framing is coached, at the frames of a
//! burst when the shutter was released. The preview never waits for it.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use image::{GrayImage, RgbImage};
use kiosk_camera::Frame;
use kiosk_core::calibration::Orientation;
use kiosk_core::order::UnixMillis;
use kiosk_core::report::BurstScore;
use kiosk_core::session::{Event, SessionId, Shot, State, Ticket, blocks};
use kiosk_core::{CheckId, CollectionCode, Fault, Profile, Verdict};
use kiosk_vision::calibration::{Calibration, upright};
use kiosk_vision::face::FaceFinder;
use kiosk_vision::framing::{Lines, Sight, Viewfinder};
use kiosk_vision::qr::{Agreement, CodeScanner, LIVE_BUDGET, shows_clipped_screen};

use crate::burst::{self, Release};
use crate::clock;
use crate::contract::{BandReading, Overlay, SitterOverlay};
use crate::darkroom::{Darkroom, Glimpse};
use crate::dimmer::{Dimmer, Dimming};
use crate::preview::Preview;
use crate::session_loop::Message;

/// Longest wait for a frame before the mode is looked at again.
const FRAME_WAIT: Duration = Duration::from_millis(200);

/// While a sitter is followed a code is looked for in one of so many frames: three times a second.
const CODE_EVERY: u32 = 10;

/// What to look for in the live picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A collection code.
    Code,
    /// The sitter of this visit.
    Sitter(SessionId),
    /// The frames of a burst.
    Shot(Release),
    /// Nothing: the shot is being worked on or looked at.
    Nothing,
}

impl Target {
    /// Whose pictures these are.
    fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Sitter(session) | Self::Shot(Release { ticket: Ticket { session, .. }, .. }) => {
                Some(session)
            }
            Self::Code | Self::Nothing => None,
        }
    }
}

/// Tells the analysis what to look for.
pub struct Look(Mutex<Target>);

impl Default for Look {
    fn default() -> Self {
        Self(Mutex::new(Target::Code))
    }
}

impl Look {
    /// Looks for what `state` needs.
    pub fn set(&self, state: &State) {
        let mut target = self.lock();
        *target = match state {
            // A new code ends a visit that has no shot yet, so codes are looked for until the framing begins.
            State::Scanning(_) | State::Done(_) | State::Identifying { .. } | State::Consenting { .. } => {
                Target::Code
            }
            State::Framing(framing) => Target::Sitter(framing.consented.id().clone()),
            State::Standardising(waiting) => match &*target {
                Target::Shot(release)
                    if waiting.shot.is_none() && release.ticket == waiting.consented.ticket() =>
                {
                    return;
                }
                _ => Target::Nothing,
            },
            State::Review(_) | State::Committing(_) => Target::Nothing,
        };
    }

    /// Takes the shot from the frames that come now.
    pub fn release(&self, release: Release) {
        *self.lock() = Target::Shot(release);
    }

    fn target(&self) -> Target {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Target> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The eyes of the kiosk.
pub struct Analysis {
    scanner: CodeScanner,
    agreement: Agreement,
    /// `None` when the face nets are missing: the overlay stays static and the shutter is by hand.
    finder: Option<FaceFinder>,
    viewfinder: Viewfinder,
    profile: Profile,
    /// What is measured here is measured of the shot as well, so that both see the same colours.
    calibration: Option<Arc<Calibration>>,
    darkroom: Darkroom,
    /// The camera's exposure while a clipped screen is in view.
    dimmer: Dimmer,
    dimming: Arc<Dimming>,
    /// Pause between two whole looks, and when the last one began.
    look_every: Duration,
    last_look: Option<Instant>,
    /// What the last whole look found wrong.
    blocking: Vec<CheckId>,
    /// Frames since a code was looked for beside the sitter.
    unscanned: u32,
    looked_at: Target,
}

impl Analysis {
    /// Eyes with or without face nets.
    pub fn new(
        finder: Option<FaceFinder>,
        profile: Profile,
        calibration: Option<Arc<Calibration>>,
        darkroom: Darkroom,
        dimming: Arc<Dimming>,
        look_every: Duration,
    ) -> Self {
        Self {
            scanner: CodeScanner::new(LIVE_BUDGET),
            agreement: Agreement::new(),
            finder,
            viewfinder: Viewfinder::default(),
            profile,
            calibration,
            darkroom,
            dimmer: Dimmer::default(),
            dimming,
            look_every,
            last_look: None,
            blocking: Vec::new(),
            unscanned: 0,
            looked_at: Target::Nothing,
        }
    }

    /// Runs until the preview is closed.
    pub fn run(mut self, look: &Look, preview: &Preview, tell: &Sender<Message>) {
        let mut seen = 0;
        while !preview.is_closed() {
            let target = look.target();
            let fresh = target != self.looked_at;
            if fresh {
                if target.session().is_none() || target.session() != self.looked_at.session() {
                    self.forget();
                }
                self.looked_at = target.clone();
            }
            if let Target::Shot(release) = &target
                && fresh
            {
                let result = self.take_shot(release, preview);
                let event = Event::ShotTaken { ticket: release.ticket.clone(), result };
                if tell.send(Message::Event(event)).is_err() {
                    return;
                }
            }
            let Some(frame) = preview.frame_after(seen, FRAME_WAIT) else { continue };
            seen = frame.seq;
            let (overlay, news) = match &target {
                Target::Code => self.look_for_code(&frame, true),
                Target::Sitter(session) => match self.glance_for_a_code(&frame) {
                    Some(news) => (None, Some(news)),
                    None => self.look_at_sitter(&frame, session),
                },
                Target::Shot(_) | Target::Nothing => (None, None),
            };
            // What was seen belongs to the visit that was asked for; by now there may be another.
            if look.target() == self.looked_at {
                preview.draw(overlay);
                if let Some(news) = news
                    && tell.send(news).is_err()
                {
                    return;
                }
            }
        }
    }

    /// `dim`: the exposure may be lowered for a screen that is too bright; never beside a sitter.
    fn look_for_code(&mut self, frame: &Arc<Frame>, dim: bool) -> (Option<Overlay>, Option<Message>) {
        let orientation = self.calibration.as_ref().map_or(Orientation::Deg0, |c| c.orientation());
        let Some(picture) = decode_grey(&frame.jpeg, orientation) else { return (None, None) };
        let readings = self.scanner.scan(&picture);
        let code = readings.first().map(|reading| reading.corners);
        if dim {
            let clipped = readings.is_empty() && shows_clipped_screen(&picture);
            self.dimming.set(self.dimmer.observe(frame.at, clipped, code.is_some()));
        }
        let news = self
            .agreement
            .observe(&readings, frame.at)
            .map(|reading| Message::Code(CollectionCode::decode(&reading.payload)));
        (Some(Overlay { code, sitter: None }), news)
    }

    /// While a sitter is coached the next in the queue may show a code, which ends the visit. Every few frames are enough, and every
    /// one once a code was seen.
    fn glance_for_a_code(&mut self, frame: &Arc<Frame>) -> Option<Message> {
        self.unscanned += 1;
        if self.unscanned < CODE_EVERY {
            return None;
        }
        let (overlay, news) = self.look_for_code(frame, false);
        let seen = overlay.is_some_and(|overlay| overlay.code.is_some());
        self.unscanned = if seen { CODE_EVERY } else { 0 };
        news
    }

    fn look_at_sitter(
        &mut self,
        frame: &Arc<Frame>,
        session: &SessionId,
    ) -> (Option<Overlay>, Option<Message>) {
        let Some(finder) = &mut self.finder else { return (None, None) };
        let Some(picture) = decode_rgb(&frame.jpeg, self.calibration.as_deref()) else { return (None, None) };
        let at = clock::now();
        let reading = finder.track(&picture);
        if let Some(found) = self.darkroom.found().filter(|found| found.session == *session) {
            self.blocking = found.blocking;
            found.head.into_iter().for_each(|head| self.viewfinder.learn(head));
        }
        let mut sight = self.viewfinder.look(&reading, &picture, &self.profile);
        self.look_closely(frame, session, at, &sight);
        let verdict = self.verdict(&sight);
        let sitter = sight.outline.take().map(|lines| drawn(lines, verdict));
        (
            Some(Overlay { code: None, sitter }),
            Some(Message::Event(Event::Measured { session: session.clone(), measures: sight.measures })),
        )
    }

    /// Now and then the darkroom looks at a frame as it would at a shot, while it has nothing else to do.
    fn look_closely(&mut self, frame: &Arc<Frame>, session: &SessionId, at: UnixMillis, sight: &Sight) {
        let due = self.last_look.is_none_or(|last| last.elapsed() >= self.look_every);
        if let (true, Some(face), Some(head)) = (due, sight.measures.face, sight.head)
            && self.darkroom.may_look()
        {
            self.last_look = Some(Instant::now());
            self.darkroom.look(Glimpse { session: session.clone(), frame: frame.clone(), at, face, head });
        }
    }

    /// The colour of the whole: no crop, a crop with something to mend, all well.
    fn verdict(&self, sight: &Sight) -> Verdict {
        let checks = &sight.measures.checks;
        // What the frame itself shows is newer than the last whole look.
        let live = |id: CheckId| checks.iter().any(|check| check.id == id);
        if !sight.measures.face.is_some_and(|face| face.crop_fits) {
            Verdict::Fail
        } else if checks.iter().any(blocks) || self.blocking.iter().any(|&id| !live(id)) {
            Verdict::Warn
        } else {
            Verdict::Pass
        }
    }

    fn take_shot(&mut self, release: &Release, preview: &Preview) -> Result<Shot, Fault> {
        let calibration = self.calibration.as_deref();
        let score = self.finder.as_mut().map(|finder| {
            move |frame: &Frame| match decode_rgb(&frame.jpeg, calibration) {
                Some(picture) => kiosk_vision::burst::measure(&finder.track(&picture), &picture),
                None => BurstScore::default(),
            }
        });
        burst::take(release, preview, score)
    }

    /// Nothing that was seen of one visit may guide the next.
    fn forget(&mut self) {
        self.scanner.reset();
        self.agreement.reset();
        self.dimmer.reset();
        self.dimming.set(0);
        self.viewfinder.forget();
        self.darkroom.forget();
        self.blocking.clear();
        self.last_look = None;
        if let Some(finder) = &mut self.finder {
            finder.forget();
        }
    }
}

fn drawn(lines: Lines, verdict: Verdict) -> SitterOverlay {
    let bands = lines.bands.into_iter().filter_map(|check| {
        let [low, high] = check.limit?;
        Some(BandReading { id: check.id, value: check.value?, low, high, verdict: check.verdict })
    });
    SitterOverlay {
        bands: bands.collect(),
        outline: lines.outline,
        crop: lines.crop,
        crown: lines.crown,
        eye_line: lines.eye_line,
        cheeks: lines.cheeks,
        verdict,
    }
}

fn decode_rgb(jpeg: &[u8], calibration: Option<&Calibration>) -> Option<RgbImage> {
    let picture = image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg).ok()?.into_rgb8();
    Some(match calibration {
        Some(calibration) => calibration.applied(picture),
        None => picture,
    })
}

fn decode_grey(jpeg: &[u8], orientation: Orientation) -> Option<GrayImage> {
    let picture = image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg).ok()?.into_luma8();
    Some(upright(picture, orientation))
}
