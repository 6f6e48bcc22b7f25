//! The committed table belongs to the code as it stands: pictures of the first simulated sitter measured again.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are not inside #[test]")]

use std::fs;
use std::path::{Path, PathBuf};

use kiosk_core::Profile;
use kiosk_proof::{MODELS, Plan, SITTERS, TABLE, Watch, brief, prove};
use kiosk_vision::model::{ModelBytes, ModelList};

struct Nobody;

impl Watch for Nobody {
    fn judged(&self, _: &[u8], _: &str, _: usize, _: usize) {}
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// The nets, or `None` where npm packages are not installed. With `KIOSK_REQUIRE_MODELS=1` that fails.
fn models() -> Option<[ModelBytes; 2]> {
    let list = fs::read_to_string(checkout().join("assets/models.toml")).unwrap();
    let list = ModelList::parse(&list).unwrap();
    let read = |name: &str| {
        let entry = list.entry(name).unwrap();
        match ModelBytes::read(entry, &checkout().join("ui/node_modules").join(entry.path_in_node_modules()))
        {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                assert!(std::env::var_os("KIOSK_REQUIRE_MODELS").is_none_or(|value| value != "1"), "{error}");
                eprintln!("skipped: {error}; run npm ci --ignore-scripts in ui/");
                None
            }
        }
    };
    Some([read(MODELS[0])?, read(MODELS[1])?])
}

#[test]
fn the_committed_table_is_what_the_checks_say_now() {
    let Some(models) = models() else { return };
    let profile = fs::read_to_string(checkout().join("calibration/profiles/xueli-2017-99.toml")).unwrap();
    let profile = Profile::from_toml(&profile).unwrap();
    let plan =
        Plan { profile, portraits: Vec::new(), sitters: SITTERS[..1].to_vec(), only: None, sample: true };
    let tally = prove(&models, &plan, &Nobody).unwrap();
    let now = brief(&tally.overview);
    let committed = fs::read_to_string(TABLE).unwrap();
    let block = committed.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(now, block, "the table is out of date: kiosk bench checks --bless");
}
