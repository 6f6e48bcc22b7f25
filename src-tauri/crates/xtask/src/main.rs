//! `cargo xtask run | test | bench | fuzz | setup`: everything that is done to this repository, on any machine.
#![allow(clippy::print_stdout, reason = "a command-line tool talks on standard output")]

mod bench;
mod fuzz;
mod needs;
mod python;
mod reference;
mod run;
mod setup;
mod shell;
mod steps;
mod test;
mod tools;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::needs::Purpose;
use crate::shell::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Sets up, runs, tests and measures the kiosk")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing to build and test; does nothing when nothing is.
    Setup,
    /// Build the kiosk and open it; without a display, run whole visits headless.
    Run {
        /// Never open a window.
        #[arg(long)]
        headless: bool,
        /// Arguments for the kiosk, after `--`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Everything that has to hold before a change goes in.
    Test {
        /// Only these steps, in their usual order; see --list.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// Leave these steps out.
        #[arg(long, value_delimiter = ',')]
        skip: Vec<String>,
        /// List the steps and do nothing.
        #[arg(long)]
        list: bool,
    },
    /// Run the benchmarks and print a table of their medians.
    Bench {
        /// Only benchmarks whose name contains this.
        filter: Option<String>,
        /// One short pass that only shows that the benchmarks run.
        #[arg(long)]
        quick: bool,
        /// Also time the nets' reference runtime; installs it below target/tools.
        #[arg(long)]
        reference: bool,
    },
    /// Give chance a try: needs cargo-fuzz and a nightly compiler.
    Fuzz {
        /// Which target.
        #[arg(default_value = "identity")]
        target: String,
        /// For how long.
        #[arg(long, default_value_t = 600)]
        seconds: u64,
    },
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `Ok(false)` when everything ran and something did not hold.
fn perform(task: Task) -> Result<bool> {
    let workspace = Workspace::find()?;
    match task {
        Task::Setup => setup::prepare(&workspace, Purpose::Test).map(|()| true),
        Task::Run { headless, arguments } => run::run(&workspace, headless, &arguments).map(|()| true),
        Task::Test { list: true, .. } => {
            test::list();
            Ok(true)
        }
        Task::Test { only, skip, .. } => test::test(&workspace, &only, &skip),
        Task::Bench { filter, quick, reference } => {
            bench::bench(&workspace, filter.as_deref(), quick, reference).map(|()| true)
        }
        Task::Fuzz { target, seconds } => {
            fuzz::fuzz(&workspace, &target, Duration::from_secs(seconds)).map(|()| true)
        }
    }
}
