//! What the order log does, by subject. Each function is a thin door: the work is done in the module of its table.

mod desk;
mod handover;
mod keeping;
mod lookup;
mod money;
mod people;
mod rosters;
mod visits;
