//! Pixels in; measurements and the standardised photo out.

pub mod burst;
pub mod calibration;
pub mod checks;
mod colour;
pub mod embed;
pub mod face;
pub mod framing;
pub mod landmarks;
pub mod matting;
pub mod model;
pub mod net;
pub mod plate;
pub mod pose;
pub mod qr;
pub mod sampling;
pub mod segment;
pub mod standardise;
