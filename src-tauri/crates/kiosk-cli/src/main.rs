//! `kiosk`: every capability without a window. Names, JSON keys and exit codes are a contract with other programs.

mod args;
mod commands;
mod output;

use std::process::ExitCode;

use clap::Parser;

use args::Args;
use output::{Exit, Output};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(code) = kiosk_engine::camera_worker(std::env::args_os()) {
        return code;
    }
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Asking for help or the version is not a mistake.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = error.print();
            return exit.into();
        }
    };
    let mut output = Output::new(args.json);
    match commands::run(&args, &mut output) {
        Ok(exit) => exit.into(),
        Err(fault) => {
            output::report(&fault);
            Exit::of(&fault).into()
        }
    }
}
