//! The versions of the file. Each table's words stand beside the struct that it shapes.

use crate::{
    alarms, audit, consents, deliveries, desk, identity, ledger, operators, orders, overrides, photos,
    places, print_queue, prints, purge, restore, rosters, words,
};

/// Marks the file as an order log: "KIOS" (SQLite header, offset 68).
pub(crate) const APPLICATION_ID: i32 = 0x4B49_4F53;

/// One element for each version of the file: what leads there from the version before. Only ever appended to.
pub(crate) type Migrations<'a> = &'a [&'a [&'a str]];

/// The way from an empty file to this program's version.
pub(crate) const MIGRATIONS: Migrations<'static> = &[
    &[audit::SCHEMA, orders::SCHEMA, photos::SCHEMA, prints::SCHEMA, deliveries::SCHEMA, operators::SCHEMA],
    &[overrides::SCHEMA],
    &[rosters::SCHEMA],
    &[consents::SCHEMA, alarms::SCHEMA],
    &[operators::NAMED, purge::SCHEMA],
    &[places::SCHEMA, words::SCHEMA, ledger::SCHEMA, desk::SCHEMA],
    &[print_queue::SCHEMA],
    &[ledger::ACCOUNTS_FORGET, restore::FLOORS, identity::REVIEWS, identity::PRINT_QUEUE],
];
