//! The versions of the file. Each table's words stand beside the struct that it shapes.

use crate::{audit, deliveries, orders, overrides, photos, pin, print_queue, prints, rosters};

/// Marks the file as an order log: "KIOS" (SQLite header, offset 68).
pub(crate) const APPLICATION_ID: i32 = 0x4B49_4F53;

/// One element for each version of the file: what leads there from the version before. Only ever appended to.
pub(crate) type Migrations<'a> = &'a [&'a [&'a str]];

/// The way from an empty file to this program's version.
pub(crate) const MIGRATIONS: Migrations<'static> = &[
    &[audit::SCHEMA, orders::SCHEMA, photos::SCHEMA, prints::SCHEMA, deliveries::SCHEMA, pin::SCHEMA],
    &[overrides::SCHEMA],
    &[rosters::SCHEMA],
    &[print_queue::SCHEMA],
];
