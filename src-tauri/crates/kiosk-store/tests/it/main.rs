//! The order log from outside: visits, operators, and a killed process.

mod kill;
mod operator;
mod support;
mod visits;
