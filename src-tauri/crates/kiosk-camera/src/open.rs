//! Opens a camera by its name.

use crate::{
    CameraError, CameraSpec, FrameSource, Pacing, Replay, ReplayOptions, SimulatedStudio, StudioControl,
    StudioOptions, Webcam, WebcamOptions, WorkerProgram,
};

/// An open camera, with the handle of the studio when it is simulated.
pub struct OpenedCamera {
    /// The frames.
    pub source: Box<dyn FrameSource>,
    /// Directs the simulated studio.
    pub studio: Option<StudioControl>,
}

/// Opens what `spec` names. `studio` sets the simulated studio up; its pacing counts for recordings as well, its size
/// is what a webcam is asked for. A webcam starts the running program again as its worker (see [`crate::WORKER_COMMAND`]).
///
/// # Errors
/// Those of the source: not found, busy, unsupported.
pub fn open_camera(spec: &CameraSpec, studio: StudioOptions) -> Result<OpenedCamera, CameraError> {
    match spec {
        CameraSpec::Simulated => {
            let source = SimulatedStudio::new(studio);
            let control = source.control();
            Ok(OpenedCamera { source: Box::new(source), studio: Some(control) })
        }
        CameraSpec::Replay(path) => {
            let looping = studio.pacing == Pacing::RealTime;
            let options = ReplayOptions { pacing: studio.pacing, looping, ..ReplayOptions::default() };
            Ok(OpenedCamera { source: Box::new(Replay::open(path, options)?), studio: None })
        }
        CameraSpec::Webcam(id) => {
            let options = WebcamOptions {
                id: id.clone(),
                width: studio.width,
                height: studio.height,
                ..WebcamOptions::default()
            };
            let webcam = Webcam::open(WorkerProgram::itself()?, options)?;
            Ok(OpenedCamera { source: Box::new(webcam), studio: None })
        }
    }
}
