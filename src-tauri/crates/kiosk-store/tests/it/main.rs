//! The order log from outside: visits, operators, faults of the file, and a killed process.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod backup;
mod damage;
mod day;
mod faults;
mod full_disk;
mod kill;
mod money;
mod operator;
mod overrides;
mod rosters;
mod search;
mod support;
mod visits;
