//! The order log: one SQLite file.
