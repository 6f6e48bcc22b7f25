//! Loads the nets. What is missing or wrong is a named fault, and the kiosk goes on without it.

use kiosk_core::{Fault, FaultCode};
use kiosk_vision::embed::FaceEmbedder;
use kiosk_vision::face::FaceNets;
use kiosk_vision::model::ModelError;
use kiosk_vision::standardise::{Nets, Standardiser};

use crate::Assets;

/// Names in `assets/models.toml`.
const FACE_MESH: &str = "face-mesh";
const SEGMENTATION: &str = "selfie-segmentation";
const EMBEDDING: &str = "face-embedding";
const EMBEDDING_WEIGHTS: &str = "face-embedding-weights";

/// The nets that follow a face.
pub fn faces(assets: &Assets) -> Result<FaceNets, Fault> {
    let mesh = assets.model(FACE_MESH).map_err(|e| fault(&e))?;
    FaceNets::load(&mesh).map_err(|e| fault(&e))
}

/// A standardiser, without nets when they cannot be loaded; then with the reason.
pub fn standardiser(assets: &Assets) -> (Standardiser, Option<Fault>) {
    match photo_nets(assets) {
        Ok(nets) => (Standardiser::new(Some(nets)), None),
        Err(fault) => (Standardiser::new(None), Some(fault)),
    }
}

/// A standardiser that also tells whose face it sees, as far as the nets are there.
pub fn who_is_who(assets: &Assets) -> Standardiser {
    let nets = photo_nets(assets).ok().map(|nets| match embedder(assets) {
        Ok(embedder) => nets.with_embedder(embedder),
        Err(_) => nets,
    });
    Standardiser::new(nets)
}

/// The net that tells faces apart.
pub fn embedder(assets: &Assets) -> Result<FaceEmbedder, Fault> {
    let model = |name| assets.model(name).map_err(|e| fault(&e));
    FaceEmbedder::load(&model(EMBEDDING)?, &model(EMBEDDING_WEIGHTS)?).map_err(|e| fault(&e))
}

fn photo_nets(assets: &Assets) -> Result<Nets, Fault> {
    let mesh = assets.model(FACE_MESH).map_err(|e| fault(&e))?;
    let segmentation = assets.model(SEGMENTATION).map_err(|e| fault(&e))?;
    Nets::load(&mesh, &segmentation)
}

fn fault(error: &ModelError) -> Fault {
    let code = match error {
        ModelError::Missing { .. } => FaultCode::ModelMissing,
        _ => FaultCode::ModelWrong,
    };
    Fault::new(code, error.to_string())
}
