//! Faces in frames: where they are, 478 landmarks of the main one, and how its head is turned.
//!
//! The nets are MediaPipe's short-range detector and attention mesh. The detector only proposes a region; the mesh is run
//! on it again and again until the region that its own landmarks span stands still ([`FaceFinder::find`]), or from frame to
//! frame ([`FaceFinder::track`]).

mod canonical;
mod detector;
mod finder;
#[cfg(test)]
pub mod fixtures;
mod mesh;

pub use canonical::CanonicalFace;
pub use detector::{FaceBox, FaceDetector};
pub use finder::{FaceFinder, FaceReading};
pub use mesh::{FaceMesher, Mesh};

use crate::model::{ModelBytes, ModelError};
use crate::net::Net;
use crate::processor::Processor;

/// Everything in the face-mesh package: two nets and the face that the mesh is measured against.
pub struct FaceNets {
    /// Proposes faces.
    pub detector: FaceDetector,
    /// Places the landmarks.
    pub mesher: FaceMesher,
    /// The mean face, in centimetres.
    pub canonical: CanonicalFace,
}

impl FaceNets {
    /// Loads the nets from the verified file `face-mesh`.
    ///
    /// # Errors
    /// [`ModelError`] when a part is absent, malformed or not the expected net.
    pub fn load(face_mesh: &ModelBytes) -> Result<Self, ModelError> {
        Self::load_on(Processor::default(), face_mesh)
    }

    /// The same for chosen instructions.
    pub(crate) fn load_on(processor: Processor, face_mesh: &ModelBytes) -> Result<Self, ModelError> {
        let net = |part: &str| Net::from_tflite_on(processor.nets, part, face_mesh.part(part)?);
        Ok(Self {
            detector: FaceDetector::new(Box::new(net("face-detection-short-range")?))?,
            mesher: FaceMesher::new(Box::new(net("face-landmark-with-attention")?))?,
            canonical: CanonicalFace::parse(face_mesh.part("face-geometry")?)?,
        })
    }
}
