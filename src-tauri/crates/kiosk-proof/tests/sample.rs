//! The committed table belongs to the code as it stands: pictures of the first simulated sitter measured again.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are not inside #[test]")]

mod support;

use std::fs;

use kiosk_proof::{Plan, SITTERS, TABLE, Watch, brief, prove};

struct Nobody;

impl Watch for Nobody {
    fn judged(&self, _: &[u8], _: &str, _: usize, _: usize) {}
}

#[test]
fn the_committed_table_is_what_the_checks_say_now() {
    let Some(models) = support::models() else { return };
    let profile = support::profile();
    let plan =
        Plan { profile, portraits: Vec::new(), sitters: SITTERS[..1].to_vec(), only: None, sample: true };
    let tally = prove(&models, &plan, &Nobody).unwrap();
    let now = brief(&tally.overview);
    let committed = fs::read_to_string(TABLE).unwrap();
    let block = committed.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(now, block, "the table is out of date: kiosk bench checks --bless");
}
