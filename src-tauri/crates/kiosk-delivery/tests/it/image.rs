//! The image of a disc, read back by others.

use std::fs;
use std::ops::ControlFlow;
use std::process::Command;

use kiosk_delivery::burn::{self, BurnError};
use kiosk_delivery::export::{plan, write};
use kiosk_delivery::iso::{self, IsoError};
use kiosk_delivery::medium::Folder;
use kiosk_delivery::verify::{VerifyError, verify};

use crate::support::{self, CREATED, about, naming, orders};

fn delivery(count: usize) -> tempfile::TempDir {
    let stick = tempfile::tempdir().unwrap();
    let plan =
        plan(&orders(count), &naming("{college}/{class}/{student_number}-{name}"), None, None, &about())
            .unwrap();
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

/// 500 students with names as long as they come, in folders, read back by a program that shares nothing with the one that wrote.
#[test]
fn five_hundred_students_are_read_back_by_bsdtar_with_their_chinese_names() {
    if !support::tool("bsdtar") {
        return;
    }
    let stick = tempfile::tempdir().unwrap();
    let mut orders = orders(8);
    let first: Vec<_> = orders.clone();
    orders.clear();
    for index in 0..500 {
        let mut order = first[index % 8].clone();
        order.number = format!("261121-A{:03}", index + 1);
        order.student_number = Some(format!("2026{index:08}"));
        // As long as a name with four surnames and a courtesy title; a rare character of the extension A among them.
        order.name = Some(format!("测试·阿卜杜热西提·㛃·虚构之{index}"));
        orders.push(order);
    }
    let plan =
        plan(&orders, &naming("{college}/{class}/{student_number}-{name}"), None, None, &about()).unwrap();
    plan.check().unwrap();
    write(&plan, &mut Folder::open(stick.path()).unwrap(), &mut |_| ControlFlow::Continue(())).unwrap();
    let image = stick.path().join("disc.iso");
    assert_eq!(iso::write(&stick.path().join(&plan.title), &image, CREATED).unwrap().photos, 500);
    // Once through Rock Ridge, once through Joliet, as Windows does.
    for tree in ["iso9660:rockridge,!joliet", "iso9660:!rockridge,joliet"] {
        let out = stick.path().join("out");
        fs::create_dir(&out).unwrap();
        let mut run = Command::new("bsdtar");
        run.args(["-x", "--options", tree, "-f"]).arg(&image).arg("-C").arg(&out).env("LC_ALL", "C.UTF-8");
        let result = run.output().unwrap();
        assert!(result.status.success(), "{tree}: {}", String::from_utf8_lossy(&result.stderr));
        let report = verify(&out).unwrap();
        assert!(report.passed() && report.photos == 500, "{tree}: {} of {}", report.ok, report.photos);
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn a_name_that_a_disc_cannot_hold_is_told_before_an_image_is_made() {
    let stick = tempfile::tempdir().unwrap();
    let mut orders = orders(2);
    orders[1].name = Some("测𠅤".to_owned());
    let plan = plan(&orders, &naming("{student_number}-{name}"), None, None, &about()).unwrap();
    write(&plan, &mut Folder::open(stick.path()).unwrap(), &mut |_| ControlFlow::Continue(())).unwrap();
    let folder = stick.path().join(&plan.title);
    assert!(verify(&folder).unwrap().passed(), "a stick holds it");
    let image = stick.path().join("disc.iso");
    assert!(matches!(iso::write(&folder, &image, CREATED), Err(IsoError::NotOnDisc(1))));
    assert_eq!(fs::read_dir(stick.path()).unwrap().count(), 1, "nothing was written");
}

/// xorriso's drive that is a file takes the same command as a real one.
#[test]
fn a_burned_disc_is_read_back_whole() {
    if !support::tool("xorriso") || !cfg!(target_os = "linux") {
        return;
    }
    let stick = delivery(12);
    let image = stick.path().join("disc.iso");
    let made = iso::write(&stick.path().join(about().title), &image, CREATED).unwrap();
    let disc = stick.path().join("drive");
    let drive = format!("stdio:{}", disc.display());
    let burned = burn::burn(&image, &drive).unwrap();
    assert_eq!(burned.bytes, made.bytes);
    assert!(verify(&disc).unwrap().passed());
    let mut bytes = fs::read(&disc).unwrap();
    let middle = made.bytes as usize / 2;
    bytes[middle] ^= 1;
    fs::write(&disc, bytes).unwrap();
    assert!(matches!(burn::compare(&image, &disc), Err(BurnError::ReadBackDiffers)));
    let nowhere = burn::burn(&image, "/dev/no-such-drive");
    assert!(matches!(nowhere, Err(BurnError::Refused(_))), "{nowhere:?}");
}
