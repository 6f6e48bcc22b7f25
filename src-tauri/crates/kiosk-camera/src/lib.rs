//! Where frames come from: webcam, replayed files, the simulated studio.

mod error;
mod frame;
mod invented;
mod jpeg;
mod open;
mod pace;
mod replay;
pub mod sim;
mod spec;
mod studio;
mod webcam;

pub use error::CameraError;
pub use frame::{Frame, FrameSource, Health, SourceInfo, SourceKind};
pub use invented::InventedStudent;
pub use jpeg::{JpegSpan, extract_jpeg, find_jpeg};
pub use open::{OpenedCamera, open_camera};
pub use pace::Pacing;
pub use replay::{Replay, ReplayOptions};
pub use spec::CameraSpec;
pub use studio::{AutoVisit, FaultKind, Phase, SimulatedStudio, StudioControl, StudioOptions};
pub use webcam::{
    Device, WORKER_COMMAND, Webcam, WebcamOptions, WorkerProgram, camera_worker_main, list_webcams,
};
