//! The image of a disc, read back by others.

use std::fs;
use std::ops::ControlFlow;
use std::process::Command;

use kiosk_delivery::burn::{self, BurnError};
use kiosk_delivery::export::{ExportError, PlannedFile, Stage, plan, write};
use kiosk_delivery::iso::{self, IsoError, Unfit};
use kiosk_delivery::medium::Folder;
use kiosk_delivery::verify::{VerifyError, verify};

use sha2::Digest;

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
    let told: Vec<_> = plan.not_on_disc.iter().map(|name| (name.order.as_str(), name.why.as_str())).collect();
    assert_eq!(told, [("261121-A002", "a character that a disc for Windows cannot hold")]);
    assert!(plan.check().is_ok(), "a stick holds it");
    write(&plan, &mut Folder::open(stick.path()).unwrap(), &mut |_| ControlFlow::Continue(())).unwrap();
    let folder = stick.path().join(&plan.title);
    assert!(verify(&folder).unwrap().passed(), "a stick holds it");
    let image = stick.path().join("disc.iso");
    assert!(matches!(iso::write(&folder, &image, CREATED), Err(IsoError::NotOnDisc(1))));
    assert_eq!(fs::read_dir(stick.path()).unwrap().count(), 1, "nothing was written");
}

#[test]
fn an_image_is_made_of_a_plan_without_a_folder_and_a_stop_leaves_nothing() {
    let stick = tempfile::tempdir().unwrap();
    let plan = plan(&orders(12), &naming("{college}/{class}/{student_number}-{name}"), None, None, &about())
        .unwrap();
    let image = stick.path().join("disc.iso");
    for stage in [Stage::Imaging, Stage::ReadingBack] {
        let stopped = iso::write_plan(&plan, &image, &mut |step| {
            if step.stage == stage { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(stopped, Err(ExportError::Stopped)), "{stopped:?}");
        assert_eq!(fs::read_dir(stick.path()).unwrap().count(), 0);
    }
    let made = iso::write_plan(&plan, &image, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((made.photos, made.manifest_sha256), (12, plan.manifest_sha256()));
    assert!(verify(&image).unwrap().passed());
    let size = fs::metadata(&image).unwrap().len();
    assert!(size.abs_diff(iso::size_of(&plan)) < 1 << 20, "{size} and {}", iso::size_of(&plan));
    let again = iso::write_plan(&plan, &image, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(again, Err(ExportError::Exists)), "{again:?}");
    // What a folder's image would be.
    write(&plan, &mut Folder::open(stick.path()).unwrap(), &mut |_| ControlFlow::Continue(())).unwrap();
    let other = stick.path().join("other.iso");
    iso::write(&stick.path().join(&plan.title), &other, CREATED).unwrap();
    assert!(fs::read(&image).unwrap() == fs::read(&other).unwrap());
}

/// What is called fit reads back by its own name, to the longest and the deepest; what is not is refused before anything is written.
#[test]
fn the_limits_of_a_disc_are_known_before_it_is_written() {
    let stick = tempfile::tempdir().unwrap();
    let base = plan(&orders(1), &naming("{id_number}"), None, None, &about()).unwrap();
    let long = |count: usize| "长".repeat(count);
    let deep = |count: usize| vec!["层"; count].join("/");
    let path_of = |units: usize| format!("data/{}/{}/{}/{}", long(60), long(60), long(60), long(units - 188));
    for (at, (path, fit)) in [
        (format!("data/{}", long(64)), Ok(())),
        (format!("data/{}", long(65)), Err(Unfit::LongName)),
        (format!("{}/x", long(65)), Err(Unfit::LongName)),
        (path_of(240), Ok(())),
        (path_of(241), Err(Unfit::LongPath)),
        (format!("{}/x", deep(7)), Ok(())),
        (format!("{}/x", deep(8)), Err(Unfit::TooDeep)),
        ("data/㛃.jpg".to_owned(), Ok(())),
        ("data/𠅤.jpg".to_owned(), Err(Unfit::RareCharacter)),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(iso::fits(&path), fit, "{path}");
        let mut plan = base.clone();
        let content: std::sync::Arc<[u8]> = b"x".to_vec().into();
        plan.files.push(PlannedFile { sha256: sha2::Sha256::digest(&content).into(), path, content });
        let made = iso::write_plan(&plan, &stick.path().join(format!("{at}.iso")), &mut |_| {
            ControlFlow::Continue(())
        });
        match fit {
            Ok(()) => assert!(made.is_ok(), "{at}: {made:?}"),
            Err(_) => assert!(matches!(made, Err(ExportError::NotOnDisc(1))), "{at}: {made:?}"),
        }
    }
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
    let mut stages = Vec::new();
    let burned = burn::burn(&image, &drive, &mut |stage, done, of| {
        assert!(done <= of && of == made.bytes);
        stages.push(stage);
        // A disc that is being burned cannot be stopped; the wish is not heard.
        if stage == Stage::Burning { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .unwrap();
    stages.dedup();
    assert_eq!(stages, [Stage::Burning, Stage::ReadingBack]);
    assert_eq!(burned.bytes, made.bytes);
    assert!(verify(&disc).unwrap().passed());
    let mut bytes = fs::read(&disc).unwrap();
    let middle = made.bytes as usize / 2;
    bytes[middle] ^= 1;
    fs::write(&disc, bytes).unwrap();
    let on = &mut |_, _, _| ControlFlow::Continue(());
    assert!(matches!(burn::compare(&image, &disc, on), Err(BurnError::ReadBackDiffers)));
    let again = burn::burn(&image, &drive, on);
    assert!(matches!(again, Err(BurnError::NotBlank)), "{again:?}");
    let nowhere = burn::burn(&image, "/dev/no-such-drive", on);
    assert!(matches!(nowhere, Err(BurnError::Refused(_))), "{nowhere:?}");
}
