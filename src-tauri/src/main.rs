//! The desktop shell: a window around the kiosk, and the only crate that knows Tauri.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod events;
mod options;
mod preview;
mod window;

use std::process::ExitCode;

use clap::Parser;
use kiosk_engine::Kiosk;

use options::Options;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(code) = kiosk_engine::camera_worker(std::env::args_os()) {
        return code;
    }
    tracing_subscriber::fmt().with_env_filter(log_filter()).with_writer(std::io::stderr).init();
    window::prepare_display();
    let options = Options::parse();
    match options.settings().and_then(|(assets, settings)| Kiosk::open(&assets, settings)) {
        Ok(kiosk) => window::run(kiosk, &options),
        Err(fault) => {
            tracing::error!(%fault, "the kiosk cannot start");
            ExitCode::from(3)
        }
    }
}

fn log_filter() -> tracing_subscriber::EnvFilter {
    tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into())
}
