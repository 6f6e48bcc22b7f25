//! Pixels in; measurements and the standardised photo out.
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "a test may draw and measure with any sine"))]

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
pub mod processor;
pub mod qr;
pub mod sampling;
pub mod segment;
pub mod standardise;
