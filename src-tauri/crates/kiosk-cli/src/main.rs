//! kiosk: every capability without a window.
fn main() {}
