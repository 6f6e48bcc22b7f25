//! Pixels in; measurements and the standardised photo out.

pub mod qr;
