//! Starts the built app through tauri-driver and works its window as a person would: clicks, keys, and looking.
//!
//! Needs a display, `WebKitWebDriver`, tauri-driver and the built `photo-kiosk`; `cargo xtask test --only e2e` sees to all of them.

mod driver;
mod window;

pub use driver::Driver;
pub use window::Window;

/// Anything that goes wrong here fails the test with its text.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
