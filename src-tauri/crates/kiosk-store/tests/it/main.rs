//! The order log from outside: visits, operators, faults of the file, and a killed process.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod backup;
mod damage;
mod faults;
mod full_disk;
mod kill;
mod operator;
mod overrides;
mod print_queue;
mod rosters;
mod support;
mod visits;
