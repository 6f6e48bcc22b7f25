//! The nets from the published files: against their reference runtimes, against damage, and on real portraits.

mod damage;
mod goldens;
mod models;
mod portraits;
