//! A delivery in a real folder.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use kiosk_delivery::export::{Absence, AbsentStudent, DeliverableOrder, ExportError, plan, write};
use kiosk_delivery::medium::Folder;
use kiosk_delivery::sheet_pdf::LabelFont;
use kiosk_delivery::verify::{VerifyError, VerifyReport, verify};

use crate::support::{self, CREATED, about, naming, orders, planned, planned_at};

fn delivered(orders: &[DeliverableOrder], stick: &Path) -> PathBuf {
    let plan = planned(orders);
    let mut folder = Folder::open(stick).unwrap();
    let delivered = write(&plan, &mut folder, &mut |_| ControlFlow::Continue(())).unwrap();
    stick.join(delivered.folder)
}

#[test]
fn the_folder_holds_the_photos_by_id_number_and_verifies() {
    let stick = tempfile::tempdir().unwrap();
    let orders = orders(12);
    let delivery = delivered(&orders, stick.path());
    for order in &orders {
        let file = delivery.join("data").join(format!("{}.jpg", order.id_number));
        assert!(fs::read(file).unwrap() == *order.photo);
    }
    let report = verify(&delivery).unwrap();
    let manifest_sha256 = planned(&orders).manifest_sha256();
    assert_eq!(report, VerifyReport { photos: 12, ok: 12, manifest_sha256, ..VerifyReport::default() });
    assert!(report.passed());
    // A stick with one delivery may be named instead of it.
    assert!(verify(stick.path()).unwrap().passed());
    assert_eq!(fs::read_dir(stick.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn plain_tools_verify_it() {
    if !support::tool("sha256sum") {
        return;
    }
    let stick = tempfile::tempdir().unwrap();
    let delivery = delivered(&orders(3), stick.path());
    let check = |manifest: &str| {
        let mut run = Command::new("sha256sum");
        run.args(["--strict", "--quiet", "-c", manifest]).current_dir(&delivery);
        run.output().unwrap().status.success()
    };
    assert!(check("manifest-sha256.txt") && check("tagmanifest-sha256.txt"));
    let photo = fs::read_dir(delivery.join("data")).unwrap().next().unwrap().unwrap().path();
    fs::write(photo, b"other").unwrap();
    assert!(!check("manifest-sha256.txt"));
}

#[test]
fn the_bag_says_what_rfc_8493_asks_for() {
    let stick = tempfile::tempdir().unwrap();
    let orders = orders(3);
    let delivery = delivered(&orders, stick.path());
    let text = |name: &str| fs::read_to_string(delivery.join(name)).unwrap();
    assert_eq!(text("bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    let bytes: usize = orders.iter().map(|o| o.photo.len()).sum();
    let info = text("bag-info.txt");
    assert!(info.contains(&format!("Payload-Oxum: {bytes}.3\n")), "{info}");
    assert!(info.contains("Bagging-Date: 2026-11-18\n"), "{info}");
    assert_eq!(text("manifest-sha256.txt").lines().count(), 3);
    let tagged: Vec<_> = text("tagmanifest-sha256.txt").lines().map(|l| l[66..].to_owned()).collect();
    let expected = [
        "名单.csv",
        "名单.xlsx",
        "index.html",
        "说明.txt",
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha256.txt",
    ];
    assert_eq!(tagged, expected);
}

#[test]
fn damage_of_any_kind_is_told_apart() {
    let stick = tempfile::tempdir().unwrap();
    let orders = orders(6);
    let delivery = delivered(&orders, stick.path());
    let photo = |index: usize| format!("data/{}.jpg", orders[index].id_number);
    fs::remove_file(delivery.join(photo(0))).unwrap();
    let mut bytes = fs::read(delivery.join(photo(1))).unwrap();
    bytes[500] ^= 1;
    fs::write(delivery.join(photo(1)), bytes).unwrap();
    fs::write(delivery.join("data/another.jpg"), b"x").unwrap();
    fs::write(delivery.join("index.html"), b"other").unwrap();
    fs::remove_file(delivery.join("名单.csv")).unwrap();
    let expected = VerifyReport {
        photos: 6,
        ok: 4,
        missing: vec![photo(0), "名单.csv".to_owned()],
        changed: vec![photo(1), "index.html".to_owned()],
        extra: vec!["data/another.jpg".to_owned()],
        manifest_sha256: planned(&orders).manifest_sha256(),
    };
    assert_eq!(verify(&delivery).unwrap(), expected);
    assert!(!expected.passed());
}

#[test]
fn what_systems_leave_behind_is_not_extra() {
    let stick = tempfile::tempdir().unwrap();
    let delivery = delivered(&orders(1), stick.path());
    fs::create_dir(delivery.join("System Volume Information")).unwrap();
    fs::write(delivery.join("System Volume Information/WPSettings.dat"), b"x").unwrap();
    for own in [".DS_Store", "data/Thumbs.db", "data/._x.jpg", "desktop.ini"] {
        fs::write(delivery.join(own), b"x").unwrap();
    }
    assert!(verify(&delivery).unwrap().passed());
    fs::write(delivery.join("autorun.inf"), b"x").unwrap();
    assert_eq!(verify(&delivery).unwrap().extra, ["autorun.inf"]);
}

#[test]
fn what_is_no_finished_delivery_is_said_so() {
    let stick = tempfile::tempdir().unwrap();
    assert!(matches!(verify(stick.path()), Err(VerifyError::NoDelivery)));
    assert!(matches!(verify(&stick.path().join("none")), Err(VerifyError::Io(_))));
    let plan = planned(&orders(2));
    let mut folder = Folder::open(stick.path()).unwrap();
    let stopped = write(&plan, &mut folder, &mut |progress| {
        if progress.files == plan.files.len() - 1 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(matches!(stopped, Err(ExportError::Stopped)));
    let partial = stick.path().join(format!("{}.partial", plan.title));
    assert!(matches!(verify(&partial), Err(VerifyError::Unfinished)));
    fs::write(partial.join("manifest-sha256.txt"), "no manifest").unwrap();
    fs::remove_file(partial.join("未完成-UNFINISHED.txt")).unwrap();
    assert!(matches!(verify(&partial), Err(VerifyError::Manifest(_))));
}

#[test]
fn an_interrupted_delivery_is_continued_in_the_folder() {
    let stick = tempfile::tempdir().unwrap();
    let orders = orders(5);
    let plan = planned(&orders);
    let mut folder = Folder::open(stick.path()).unwrap();
    let _ = write(&plan, &mut folder, &mut |progress| {
        if progress.files == 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    // As after a power cut: one file only half there.
    let first = stick.path().join(format!("{}.partial/{}", plan.title, plan.files[0].path));
    fs::write(&first, &orders[0].photo[..1000]).unwrap();
    let delivered = write(&plan, &mut folder, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(delivered.resumed, 3);
    assert!(verify(stick.path()).unwrap().passed());
    assert!(matches!(
        write(&plan, &mut folder, &mut |_| ControlFlow::Continue(())),
        Err(ExportError::Exists)
    ));
}

#[test]
fn a_plan_says_what_is_wrong_before_anything_is_written() {
    let mut orders = orders(5);
    orders[1].id_number = orders[0].id_number.clone();
    orders[2].id_number = "CON".to_owned();
    orders[3].photo_sha256 = [0; 32];
    let plan = plan(&orders, &naming("{id_number}"), None, None, &about()).unwrap();
    assert_eq!(plan.clashes.len(), 1);
    assert_eq!(
        (plan.clashes[0].first.as_str(), plan.clashes[0].second.as_str()),
        ("261121-A001", "261121-A002")
    );
    assert_eq!(plan.illegal.len(), 1);
    assert_eq!(plan.illegal[0].order, "261121-A003");
    assert_eq!(plan.damaged, ["261121-A004"]);
    let stick = tempfile::tempdir().unwrap();
    let refused = write(&plan, &mut Folder::open(stick.path()).unwrap(), &mut |_| ControlFlow::Continue(()));
    assert!(matches!(refused, Err(ExportError::PhotoDamaged(_))));
    assert_eq!(fs::read_dir(stick.path()).unwrap().count(), 0);
    let nothing = planned(&[]);
    assert!(matches!(nothing.check(), Err(ExportError::Nothing)));
}

#[test]
fn titles_and_templates_must_make_names() {
    let orders = orders(1);
    for title in ["a/b", "..", "", "CON", "x:y"] {
        let about = kiosk_delivery::export::About { title: title.to_owned(), ..about() };
        let refused = plan(&orders, &naming("{id_number}"), None, None, &about);
        assert!(matches!(refused, Err(ExportError::Naming(_))), "{title:?}");
    }
    assert!(matches!(plan(&orders, &naming("{nobody}"), None, None, &about()), Err(ExportError::Naming(_))));
    let percent = plan(&orders, &naming("100%-{id_number}"), None, None, &about()).unwrap();
    assert_eq!(percent.illegal.len(), 1);
}

#[test]
fn the_same_plan_is_the_same_bytes() {
    let orders = orders(4);
    assert!(planned(&orders).files == planned(&orders).files);
}

#[test]
fn folders_come_from_the_profile() {
    let stick = tempfile::tempdir().unwrap();
    let plan = plan(&orders(2), &naming("{college}/{class}/{student_number}"), None, None, &about()).unwrap();
    write(&plan, &mut Folder::open(stick.path()).unwrap(), &mut |_| ControlFlow::Continue(())).unwrap();
    let photo = stick.path().join(&plan.title).join("data/虚构学院/虚构工程 2201 班/202600010100.jpg");
    assert!(photo.is_file());
    assert!(verify(stick.path()).unwrap().passed());
}

fn absent(name: &str, why: Absence) -> AbsentStudent {
    AbsentStudent {
        name: Some(name.to_owned()),
        student_number: Some("209900000001".to_owned()),
        id_number_masked: Some("110000********0016".to_owned()),
        school: Some("虚构大学".to_owned()),
        college: None,
        class: Some("虚构工程 2201 班".to_owned()),
        why,
    }
}

#[test]
fn whoever_is_absent_stands_in_a_list_of_their_own_with_the_reason() {
    let absent = vec![absent("没有照片", Absence::NotCaptured), absent("尚未通过", Absence::LeftOut)];
    let plan = plan(&orders(2), &naming("{id_number}"), Some(absent), None, &about()).unwrap();
    let text = |path: &str| {
        let file = plan.files.iter().find(|file| file.path == path).unwrap();
        String::from_utf8_lossy(&file.content).into_owned()
    };
    let list = text("未采集.csv");
    assert!(
        list.contains("1,没有照片,209900000001,110000********0016,虚构大学,,虚构工程 2201 班,未采集\r\n")
    );
    assert!(list.contains("2,尚未通过,") && list.contains("已采集，不在本次交付中"));
    assert!(plan.files.iter().any(|file| file.path == "未采集.xlsx"));
    assert!(text("说明.txt").contains("学校名单中不在本次交付里的 2 人"));
    assert!(text("index.html").contains("名册中未交付 <b style=\"display:inline\">2</b> 人"));
}

#[test]
fn one_person_with_two_photos_is_told_by_order_number() {
    let mut orders = orders(4);
    orders[3].id_number = orders[1].id_number.clone();
    let plan = plan(&orders, &naming("{student_number}"), None, None, &about()).unwrap();
    assert_eq!(plan.duplicates, [["261121-A002", "261121-A004"]]);
    plan.check().unwrap();
}

#[test]
fn the_fingerprint_is_another_when_anything_that_was_shown_is_another() {
    let (few, many) = (orders(3), orders(4));
    let of = |orders: &[DeliverableOrder], absent| {
        plan(orders, &naming("{id_number}"), absent, None, &about()).unwrap().fingerprint()
    };
    assert_eq!(of(&few, None), planned_at(&few, CREATED + 60_000).fingerprint());
    let mut renamed = few.clone();
    renamed[0].name = Some("测试·改名".to_owned());
    let listed = || Some(vec![absent("没有照片", Absence::NotCaptured)]);
    let others = [of(&many, None), of(&renamed, None), of(&few, listed()), of(&few, Some(Vec::new()))];
    for (at, other) in others.iter().enumerate() {
        assert!(*other != of(&few, None) && !others[..at].contains(other), "{at}");
    }
}

/// The receipt can be signed: it tells totals and the manifest's hash as people can compare it.
#[test]
fn the_receipt_tells_the_totals_and_the_manifests_hash() {
    let Some(font) = support::label_font() else { return };
    let font = LabelFont::parse(&font).unwrap();
    let absent = vec![absent("没有照片", Absence::NotCaptured)];
    let about = kiosk_delivery::export::About { scope: "虚构大学\u{10FFFD}学院".to_owned(), ..about() };
    let plan = plan(&orders(3), &naming("{id_number}"), Some(absent), Some(&font), &about).unwrap();
    let receipt = plan.files.iter().find(|file| file.path == "交接单.pdf").unwrap();
    assert!(receipt.content.starts_with(b"%PDF-1.7"));
    if !support::tool("pdftotext") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("receipt.pdf");
    fs::write(&file, &receipt.content).unwrap();
    let text = Command::new("pdftotext").args(["-layout"]).arg(&file).arg("-").output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap().replace(' ', "");
    let hash = kiosk_core::hex::hex(&plan.manifest_sha256());
    for told in ["3张", "1人", "虚构大学[U+10FFFD]学院", "签字", "接收方", &hash[..8], &hash[56..]]
    {
        assert!(text.contains(told), "{told} in {text}");
    }
}

/// The Library of Congress' own validator, where it is installed.
#[test]
fn a_bagit_validator_accepts_it_and_sees_damage() {
    // In the environment that `cargo xtask setup` makes, else wherever Python finds it.
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let own = target.join("tools/bagit/bin/python");
    let interpreter = if own.exists() { own } else { PathBuf::from("python3") };
    let python = |script: &str, folder: &Path| {
        Command::new(&interpreter)
            .args(["-c", script])
            .arg(folder)
            .output()
            .is_ok_and(|run| run.status.success())
    };
    let stick = tempfile::tempdir().unwrap();
    if !python("import bagit", stick.path()) {
        eprintln!("skipped: the Python package bagit is not installed");
        return;
    }
    let absent = vec![absent("没有照片", Absence::NotCaptured)];
    let naming = naming("{college}/{class}/{student_number}-{name}");
    let plan = plan(&orders(5), &naming, Some(absent), None, &about()).unwrap();
    write(&plan, &mut Folder::open(stick.path()).unwrap(), &mut |_| ControlFlow::Continue(())).unwrap();
    let delivery = stick.path().join(&plan.title);
    let validate = "import bagit, sys; bagit.Bag(sys.argv[1]).validate()";
    assert!(python(validate, &delivery));
    fs::write(delivery.join("名单.csv"), b"x").unwrap();
    assert!(!python(validate, &delivery));
}

#[test]
fn the_contact_sheet_works_alone_and_escapes_what_it_shows() {
    let mut orders = orders(2);
    orders[0].name = Some("<script>alert(1)</script>".to_owned());
    let plan = planned(&orders);
    let page = plan.files.iter().find(|file| file.path == "index.html").unwrap();
    let page = String::from_utf8(page.content.to_vec()).unwrap();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_eq!(page.matches("<script>").count(), 1, "its own");
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("//cdn"));
    assert!(page.contains("照片 2 张"));
    for order in &orders {
        assert!(page.contains(&format!("src=\"data/{}.jpg\"", order.id_number)));
        // Only in the address of the picture is the whole number.
        assert_eq!(page.matches(&order.id_number).count(), 1);
    }
}
