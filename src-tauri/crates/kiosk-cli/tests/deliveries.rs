//! Deliveries from outside: as a zip, an image and a disc, of whom, and what becomes of them when the power goes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use kiosk_core::OrderState;
use kiosk_store::{FILE_NAME, Opening, Store};
use support::invented::{data_with_orders, id_number};
use support::{Run, font_is_there, kiosk};

const WORDS: &str = "4821-0935-7714-2086-1193-5570";

/// A folder with a data folder of three orders.
struct Studio {
    folder: tempfile::TempDir,
}

impl Studio {
    fn new() -> Option<Self> {
        font_is_there().then(|| {
            let studio = Self { folder: tempfile::tempdir().unwrap() };
            fs::create_dir(studio.folder.path().join("data")).unwrap();
            data_with_orders(&studio.folder.path().join("data"), 3, 3_000);
            fs::create_dir(studio.folder.path().join("stick")).unwrap();
            fs::write(studio.path("words"), format!("{WORDS}\n")).unwrap();
            studio
        })
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// `deliver` from a data folder.
    fn deliver(&self, data: &str, arguments: &[&str]) -> Run {
        kiosk(&[&["deliver", "--json", "--data", &self.path(data)], arguments].concat())
    }

    fn states(&self, data: &str) -> Vec<String> {
        let listed = kiosk(&["orders", "--json", "--data", &self.path(data)]);
        listed.lines().iter().map(|order| order["state"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn an_encrypted_zip_opens_with_its_passphrase_only() {
    let Some(studio) = Studio::new() else { return };
    let (zip, words) = (studio.path("school.zip"), studio.path("words"));
    fs::write(studio.path("weak"), "123456\n").unwrap();
    let weak = studio.deliver("data", &["--zip", &zip, "--passphrase-file", &studio.path("weak")]);
    assert_eq!(weak.code, 1, "{weak:?}");
    assert!(weak.stderr.contains("passphrase_weak") && !weak.stderr.contains("123456"), "{weak:?}");
    assert_eq!(
        kiosk(&["deliver", "--data", "x", "--zip", "x", "--passphrase", "x"]).code,
        2,
        "no such option"
    );
    let made = studio.deliver("data", &["--zip", &zip, "--passphrase-file", &words]);
    assert_eq!((made.code, made.lines()[0]["photos"].as_u64()), (0, Some(3)), "{made:?}");
    assert!(!made.stdout.contains(WORDS) && !made.stderr.contains(WORDS));
    assert_eq!(studio.states("data"), ["delivered"; 3]);

    let verified = kiosk(&["verify", &zip, "--json", "--passphrase-file", &words]);
    assert_eq!((verified.code, verified.lines()[0]["ok"].as_u64()), (0, Some(3)), "{verified:?}");
    fs::write(studio.path("other"), "4821-0935-7714-2086-1193-5571").unwrap();
    let other = kiosk(&["verify", &zip, "--passphrase-file", &studio.path("other")]);
    assert_eq!(other.code, 1, "{other:?}");
    let seen = fs::read(&zip).unwrap();
    assert!(!seen.windows(18).any(|window| window == id_number(1).as_bytes()));
    for file in fs::read_dir(studio.folder.path().join("data")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(WORDS.len()).any(|window| window == WORDS.as_bytes()), "it is kept nowhere");
    }
    // A zip of another day into a folder has a name of its own.
    let second = studio.deliver("data", &["--zip", &studio.path("stick"), "--passphrase-file", &words]);
    assert_eq!(second.code, 0, "{second:?}");
    let made = fs::read_dir(studio.path("stick")).unwrap().next().unwrap().unwrap().file_name();
    assert!(made.to_string_lossy().ends_with("-1.zip"), "{made:?}");
}

#[test]
fn an_image_alone_and_a_disc_are_deliveries() {
    let Some(studio) = Studio::new() else { return };
    let image = studio.path("school.iso");
    let made = studio.deliver("data", &["--iso", &image]);
    assert_eq!((made.code, made.lines()[0]["photos"].as_u64()), (0, Some(3)), "{made:?}");
    assert_eq!(kiosk(&["verify", &image]).code, 0);
    assert_eq!(studio.states("data"), ["delivered"; 3]);
    if std::process::Command::new("xorriso").arg("-version").output().is_err() || !cfg!(target_os = "linux") {
        return;
    }
    let disc = studio.path("drive");
    let drive = format!("stdio:{disc}");
    let plan = studio.deliver("data", &["--disc", &drive, "--plan"]);
    assert_eq!((plan.code, &plan.lines()[0]["problems"]), (0, &serde_json::json!([])), "{plan:?}");
    let burned = studio.deliver("data", &["--disc", &drive]);
    assert_eq!(burned.code, 0, "{burned:?}");
    let told = burned.lines()[0]["disc"].as_str().unwrap().to_owned();
    assert!(told.contains("degree-photos-") && told.contains("PHOTOS_"), "{told}");
    assert!(burned.stderr.contains("Imaging") && burned.stderr.contains("Burning"), "{burned:?}");
    assert_eq!(kiosk(&["verify", &disc]).code, 0);
    assert!(!Path::new(&studio.path("data/deliveries/burning.iso")).exists(), "no photo is left behind");
    // The disc is not blank any more: said before and instead of burning.
    let plan = studio.deliver("data", &["--disc", &drive, "--plan"]);
    assert_eq!(plan.lines()[0]["problems"][0]["code"], "disc_not_blank", "{plan:?}");
    let again = studio.deliver("data", &["--disc", &drive]);
    assert!(again.code == 3 && again.stderr.contains("disc_not_blank"), "{again:?}");
    assert_eq!(kiosk(&["verify", &disc]).code, 0);
}

#[test]
fn unpaid_orders_are_left_out_where_they_wait_and_where_the_operator_says_so() {
    let Some(studio) = Studio::new() else { return };
    let (data, stick) = (studio.path("data"), studio.path("stick"));
    let planned = |arguments: &[&str]| {
        let plan = studio.deliver("data", &[&["--to", &stick, "--plan"], arguments].concat());
        (plan.code, plan.lines().first().cloned().unwrap_or_default(), plan.stderr)
    };
    assert_eq!(planned(&[]).1["photos"], 3, "here they do not wait");
    let (code, _, said) = planned(&["--paid"]);
    assert!(code == 1 && said.contains("order_unpaid"), "{said}");
    let paid = kiosk(&["pay", "261121-A002", "--data", &data, "--kind", "cash"]);
    assert_eq!(paid.code, 0, "{paid:?}");
    let (_, plan, _) = planned(&["--paid"]);
    assert_eq!(plan["photos"], 1);
    let left_out: Vec<_> = plan["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| (&order["number"], &order["unpaid"]))
        .collect();
    let yes = &serde_json::json!(true);
    assert_eq!(left_out, [(&"261121-A001".into(), yes), (&"261121-A003".into(), yes)]);
    fs::write(studio.path("data/kiosk.toml"), "[policy]\nunpaid_waits = true\n").unwrap();
    assert_eq!(planned(&[]).1["photos"], 1, "the policy says so");
    let made = studio.deliver("data", &["--to", &stick]);
    assert_eq!((made.code, made.lines()[0]["photos"].as_u64()), (0, Some(1)), "{made:?}");
    let by_hand = studio.deliver("data", &["--to", &stick, "--orders", "261121-A001,261121-A003"]);
    assert!(by_hand.code == 1 && by_hand.stderr.contains("order_unpaid"), "{by_hand:?}");
    assert_eq!(studio.states("data"), ["captured", "delivered", "captured"]);
}

#[test]
fn a_printed_photo_that_nobody_approved_is_not_approved() {
    let Some(studio) = Studio::new() else { return };
    let mut store =
        Store::open(&studio.folder.path().join("data").join(FILE_NAME), Opening::at_station('A')).unwrap();
    let numbers = ["261121-A001", "261121-A002", "261121-A003"];
    let parsed = numbers.map(|number| number.parse().unwrap());
    store.mark(&parsed[1..2], OrderState::Approved, "小李", 1).unwrap();
    store.mark(&parsed, OrderState::Printed, "小李", 2).unwrap();
    drop(store);
    assert_eq!(studio.states("data"), ["printed"; 3]);
    let plan = studio.deliver("data", &["--to", &studio.path("stick"), "--plan"]);
    assert_eq!(plan.lines()[0]["not_approved"], serde_json::json!([numbers[0], numbers[2]]));
}

/// The power goes between the name and the record: the copy of the log does not know of a delivery that lies there whole.
#[test]
fn a_delivery_that_was_finished_but_not_recorded_is_found_and_recorded() {
    let Some(studio) = Studio::new() else { return };
    // So that the log is as it will be copied.
    assert_eq!(kiosk(&["doctor", "--data", &studio.path("data")]).code, 0);
    let (stick, words) = (studio.path("stick"), studio.path("words"));
    let zip = studio.path("school.zip");
    let image = studio.path("school.iso");
    for (at, arguments) in
        [vec!["--to", &stick], vec!["--zip", &zip, "--passphrase-file", &words], vec!["--iso", &image]]
            .into_iter()
            .enumerate()
    {
        let (before, after) = (format!("before {at}"), format!("after {at}"));
        copy(&studio.path("data"), &studio.path(&before));
        copy(&studio.path("data"), &studio.path(&after));
        let made = studio.deliver(&before, &arguments);
        assert_eq!(made.code, 0, "{made:?}");
        let place = PathBuf::from(made.lines()[0]["manifest"].as_str().unwrap());
        let written = fs::metadata(&place).unwrap().modified().unwrap();
        assert_eq!(studio.states(&after), ["captured"; 3]);

        let found = studio.deliver(&after, &arguments);
        assert_eq!(found.code, 0, "{found:?}");
        let told = &found.lines()[0];
        assert_eq!((told["photos"].as_u64(), told["verified"].as_bool()), (Some(3), Some(true)));
        assert!(told["resumed"].as_u64().unwrap() > 3, "every file was there already: {told}");
        assert_eq!(told["manifest"].as_str(), place.to_str());
        assert_eq!(fs::metadata(&place).unwrap().modified().unwrap(), written, "nothing was written anew");
        assert_eq!(studio.states(&after), ["delivered"; 3]);
    }
}

/// What lies there under the name of a delivery and is not whole is never recorded.
#[test]
fn a_damaged_delivery_is_not_recorded_but_written_once_more() {
    let Some(studio) = Studio::new() else { return };
    assert_eq!(kiosk(&["doctor", "--data", &studio.path("data")]).code, 0);
    copy(&studio.path("data"), &studio.path("after"));
    let stick = studio.path("stick");
    let made = studio.deliver("data", &["--to", &stick]);
    let manifest = PathBuf::from(made.lines()[0]["manifest"].as_str().unwrap());
    let photo = manifest.with_file_name("data").join(format!("{}.jpg", id_number(2)));
    fs::write(&photo, b"damaged").unwrap();
    let again = studio.deliver("after", &["--to", &stick]);
    assert_eq!((again.code, again.lines()[0]["resumed"].as_u64()), (0, Some(0)), "{again:?}");
    assert_ne!(again.lines()[0]["manifest"].as_str(), manifest.to_str());
    assert_eq!(fs::read_dir(&stick).unwrap().count(), 2);
    assert_eq!(studio.states("after"), ["delivered"; 3]);
}

fn copy(from: &str, to: &str) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), Path::new(to).join(entry.file_name())).unwrap();
        }
    }
}
