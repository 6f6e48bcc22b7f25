//! The order log from outside: visits, operators, faults of the file, and a killed process.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod alarms;
mod backup;
mod damage;
mod day;
mod faults;
mod full_disk;
mod kill;
mod money;
mod operator;
mod overrides;
mod print_queue;
mod purge;
mod rosters;
mod search;
mod secrecy;
mod support;
mod visits;
