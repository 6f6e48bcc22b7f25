//! The nets from the published files: against their reference runtimes, against damage, and on real portraits.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests are not inside #[test]"
)]

mod damage;
mod goldens;
mod models;
mod portraits;
