//! The image of a disc, read back by others.

use std::fs;
use std::ops::ControlFlow;
use std::process::Command;

use kiosk_delivery::export::{plan, write};
use kiosk_delivery::iso::{self, IsoError};
use kiosk_delivery::medium::Folder;
use kiosk_delivery::verify::{VerifyError, verify};

use crate::support::{self, CREATED, about, naming, orders};

fn delivery(count: usize) -> tempfile::TempDir {
    let stick = tempfile::tempdir().unwrap();
    let plan =
        plan(&orders(count), &naming("{college}/{class}/{student_number}-{name}"), None, None, &about()).unwrap();
    write(&plan, &mut Folder::open(stick.path()).unwrap(), &mut |_| ControlFlow::Continue(())).unwrap();
    stick
}

#[test]
fn an_image_verifies_and_is_the_same_every_time() {
    let stick = delivery(12);
    let folder = stick.path().join(about().title);
    let image = stick.path().join("disc.iso");
    let made = iso::write(&folder, &image, CREATED).unwrap();
    assert_eq!((made.photos, made.bytes), (12, fs::metadata(&image).unwrap().len()));
    assert!(verify(&image).unwrap().passed());
    assert!(matches!(iso::write(&folder, &image, CREATED), Err(IsoError::Io(_))), "replaces nothing");
    let again = stick.path().join("again.iso");
    iso::write(&folder, &again, CREATED).unwrap();
    assert!(fs::read(image).unwrap() == fs::read(again).unwrap());
}

#[test]
fn a_damaged_image_is_told() {
    let stick = delivery(3);
    let image = stick.path().join("disc.iso");
    iso::write(&stick.path().join(about().title), &image, CREATED).unwrap();
    let mut bytes = fs::read(&image).unwrap();
    let photo = support::photo(1);
    let at = bytes.windows(64).position(|window| *window == photo[1000..1064]).unwrap();
    bytes[at] ^= 1;
    fs::write(&image, &bytes).unwrap();
    let report = verify(&image).unwrap();
    assert_eq!((report.ok, report.changed.len()), (2, 1));
    fs::write(&image, b"no image").unwrap();
    assert!(matches!(verify(&image), Err(VerifyError::NoDelivery)));
}

#[test]
fn a_delivery_that_does_not_verify_becomes_no_image() {
    let stick = delivery(2);
    let folder = stick.path().join(about().title);
    fs::write(folder.join("data/extra.jpg"), b"x").unwrap();
    let image = stick.path().join("disc.iso");
    assert!(matches!(iso::write(&folder, &image, CREATED), Err(IsoError::NotVerified)));
    assert!(!image.exists());
}

#[test]
fn another_program_reads_the_same_files_by_the_same_names() {
    if !support::tool("xorriso") {
        return;
    }
    let stick = delivery(12);
    let image = stick.path().join("disc.iso");
    iso::write(&stick.path().join(about().title), &image, CREATED).unwrap();
    // Once as Linux sees it (Rock Ridge), once as Windows does (Joliet).
    for tree in ["any", "norock"] {
        let out = stick.path().join(tree);
        let mut run = Command::new("xorriso");
        run.args(["-osirrox", "on", "-read_fs", tree, "-indev"]).arg(&image);
        run.args(["-extract", "/"]).arg(&out);
        let result = run.output().unwrap();
        assert!(result.status.success(), "{tree}: {}", String::from_utf8_lossy(&result.stderr));
        let report = verify(&out).unwrap();
        assert!(report.passed(), "{tree}: {} of {}", report.ok, report.photos);
    }
}
