//! The simulated studio as a camera: invented students come, show their code, sit down, hold still and leave.

mod script;
mod stage;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::pace::{Pacer, Pacing};
use crate::sim::{Expression, Pose, Renderer, Scene, Truth};
use crate::{CameraError, Frame, FrameSource, InventedStudent, SourceInfo, SourceKind};

use stage::Stage;
pub use stage::{FaultKind, Phase};

/// How the studio is set up.
#[derive(Debug, Clone, PartialEq)]
pub struct StudioOptions {
    /// Columns. The sitter is placed for 16:9.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Frames a second.
    pub fps: f64,
    /// Chooses students, looks and movements.
    pub seed: u64,
    /// Real time or simulated time.
    pub pacing: Pacing,
    /// Runs visits by itself; without it the studio waits for [`StudioControl`].
    pub auto: Option<AutoVisit>,
    /// Quality of the JPEG, 1–100.
    pub quality: u8,
}

impl Default for StudioOptions {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 720,
            fps: 30.0,
            seed: 1,
            pacing: Pacing::RealTime,
            auto: Some(AutoVisit::default()),
            quality: 90,
        }
    }
}

/// Times of a visit that nobody directs. [`StudioControl`] may cut each of them short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutoVisit {
    /// The wall stays empty.
    pub empty: Duration,
    /// The phone is held up.
    pub code: Duration,
    /// The sitter stays.
    pub sitting: Duration,
}

impl Default for AutoVisit {
    fn default() -> Self {
        Self {
            empty: Duration::from_millis(1200),
            code: Duration::from_secs(6),
            sitting: Duration::from_secs(90),
        }
    }
}

/// A camera in a studio that does not exist.
pub struct SimulatedStudio {
    info: SourceInfo,
    options: StudioOptions,
    renderer: Renderer,
    pacer: Pacer,
    control: StudioControl,
}

impl SimulatedStudio {
    /// Sets the studio up.
    #[must_use]
    pub fn new(options: StudioOptions) -> Self {
        let info = SourceInfo {
            kind: SourceKind::Simulated,
            id: format!("simulated-{}", options.seed),
            label: "simulated studio".to_owned(),
            width: options.width,
            height: options.height,
            fps: options.fps,
        };
        Self {
            info,
            renderer: Renderer::new(options.width, options.height),
            pacer: Pacer::new(options.pacing, options.fps),
            control: StudioControl(Arc::new(Mutex::new(Stage::new(options.seed, options.auto)))),
            options,
        }
    }

    /// A handle to direct the visit with, from any thread.
    #[must_use]
    pub fn control(&self) -> StudioControl {
        self.control.clone()
    }

    /// The next frame before its encoding, with what is where in it.
    ///
    /// # Errors
    /// As [`FrameSource::next_frame`].
    pub fn next_picture(&mut self, timeout: Duration) -> Result<(RgbImage, Truth), CameraError> {
        let (_, _, scene) = self.next_scene(timeout)?;
        Ok((self.renderer.render(&scene), self.renderer.truth(&scene)))
    }

    fn next_scene(&mut self, timeout: Duration) -> Result<(u64, Duration, Scene), CameraError> {
        if let Some(error) = self.control.stage().fault(timeout) {
            if matches!(error, CameraError::Stalled(_)) {
                self.pacer.skip(timeout);
            }
            return Err(error);
        }
        let (seq, at) = self.pacer.next(timeout).ok_or(CameraError::Stalled(timeout))?;
        let scene = self.control.stage().scene(seq, at);
        Ok((seq, at, scene))
    }
}

impl FrameSource for SimulatedStudio {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, CameraError> {
        let (seq, at, scene) = self.next_scene(timeout)?;
        let picture = self.renderer.render(&scene);
        let jpeg = encode(&picture, self.options.quality)?;
        Ok(Frame { seq, at, width: picture.width(), height: picture.height(), jpeg: jpeg.into() })
    }

    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn lower_exposure(&mut self, stops: u8) {
        self.control.stage().lowered = stops;
    }
}

/// A picture as webcams send it: baseline, 4:2:2.
pub(crate) fn encode(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, CameraError> {
    let mut out = Vec::with_capacity(picture.as_raw().len() / 12);
    let mut encoder = Encoder::new(&mut out, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_1);
    let size = |n: u32| u16::try_from(n).map_err(|_| CameraError::Unsupported(format!("{n} pixels")));
    encoder
        .encode(picture.as_raw(), size(picture.width())?, size(picture.height())?, ColorType::Rgb)
        .map_err(|error| CameraError::Io(error.to_string()))?;
    Ok(out)
}

/// Directs the studio. Cheap to clone; every method takes effect with the next frame.
#[derive(Clone)]
pub struct StudioControl(Arc<Mutex<Stage>>);

impl StudioControl {
    /// A hand holds up a phone with `payload`.
    pub fn show_code(&self, payload: &[u8]) {
        self.stage().show_code(payload.into());
    }

    /// How bright phones are from now on; 1 is well visible, 100 clips the camera.
    pub fn set_screen_brightness(&self, brightness: f32) {
        self.stage().brightness = brightness;
    }

    /// The phone goes away. In an automatic visit the sitter now sits down.
    pub fn hide_code(&self) {
        self.stage().hide_code();
    }

    /// The sitter comes, badly placed at first, and is well placed within seconds.
    pub fn sit(&self) {
        self.stage().enter(Phase::Sitting);
    }

    /// The sitter leaves. In an automatic visit the next student follows.
    pub fn leave(&self) {
        self.stage().leave();
    }

    /// Fixes the sitter's pose and face until [`Self::sit`] or [`Self::leave`]; the sitter is there at once.
    pub fn set_pose(&self, pose: Pose, expression: Expression) {
        self.stage().set_pose(pose, expression);
    }

    /// The next student is up: other looks, another code.
    pub fn next_student(&self) {
        self.stage().next_student();
    }

    /// Breaks something, or mends everything with [`FaultKind::Replug`].
    pub fn inject(&self, fault: FaultKind) {
        self.stage().inject(fault);
    }

    /// Who is up.
    #[must_use]
    pub fn student(&self) -> InventedStudent {
        self.stage().student()
    }

    /// What is going on.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.stage().phase()
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
