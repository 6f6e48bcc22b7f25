//! The drawn studio: a camera, two lamps, a wall, and invented people.
//!
//! Everything is computed from a [`Scene`]; the same scene gives the same pixels. The face is MediaPipe's
//! canonical face, so that [`Truth`] knows every landmark.

mod body;
mod canonical;
mod ear;
mod eye;
mod glasses;
mod hair;
mod head;
mod light;
mod mesh;
mod mouth;
mod phone;
mod raster;
mod render;
pub(crate) mod rng;
mod scene;
mod sensor;
mod sitter;
mod skin;
mod strands;
mod texture;
mod truth;
mod tube;

pub use render::{Renderer, render, truth};
pub use scene::{Expression, Lamps, Phone, Pose, Scene, Sitting};
pub use sitter::{Garment, Glasses, HairStyle, Sitter};
pub use truth::{FaceTruth, Truth};
