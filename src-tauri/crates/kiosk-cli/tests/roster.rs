//! `kiosk roster`, and what a roster does to a visit.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not inside #[test]")]

mod support;

use std::fs;

use kiosk_camera::InventedStudent;
use serde_json::Value;
use support::{kiosk, models_are_there};

#[test]
fn a_list_is_looked_at_imported_and_renewed() {
    let folder = tempfile::tempdir().unwrap();
    let (list, data) = (folder.path().join("list.csv"), folder.path().join("data"));
    let (list, data) = (list.to_str().unwrap(), data.to_str().unwrap());
    let student = InventedStudent::new(3, 0);
    let line = format!("{},{},{},{}", student.student_number, student.name, student.id_number, student.class);
    fs::write(list, format!("学号,姓名,证件号码,班级\n{line}\n7,测试甲,110105194912310021,一班\n")).unwrap();

    let looked = kiosk(&["roster", "import", list, "--data", data, "--dry-run", "--json"]);
    assert_eq!(looked.code, 1, "{looked:?}");
    let told = &looked.lines()[0];
    assert_eq!((&told["students"], &told["imported"]), (&Value::from(1), &Value::Null));
    assert_eq!(told["columns"][2]["means"], "id_number");
    assert_eq!(
        (&told["bad_lines"][0]["line"], &told["bad_lines"][0]["kind"]),
        (&3.into(), &"bad_checksum".into())
    );
    assert!(!folder.path().join("data").exists(), "looking makes no order log");

    let imported = kiosk(&["roster", "import", list, "--data", data, "--school", "示例大学", "--json"]);
    assert_eq!(imported.lines()[0]["imported"]["added"], 1);
    let again = kiosk(&["roster", "import", list, "--data", data, "--school", "示例大学", "--json"]);
    assert_eq!(again.lines()[0]["imported"]["unchanged"], 1);
    for run in [&looked, &imported, &again] {
        assert!(!run.stdout.contains(&student.id_number) && !run.stderr.contains(&student.id_number));
    }

    let missing = kiosk(&["roster", "missing", "--data", data, "--class", &student.class, "--json"]);
    assert_eq!(missing.lines()[0]["student_number"], student.student_number.as_str());
    assert!(!missing.stdout.contains(&student.id_number));
    assert!(kiosk(&["roster", "captured", "--data", data, "--json"]).lines().is_empty());

    fs::write(list, b"PK\x03\x04").unwrap();
    let damaged = kiosk(&["roster", "import", list, "--data", data]);
    assert_eq!(damaged.code, 1);
    assert!(damaged.stderr.contains("list_unreadable"), "{damaged:?}");
}

#[test]
fn a_visit_is_understood_through_the_roster_and_stopped_by_another_number() {
    if !models_are_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (list, data) = (folder.path().join("list.csv"), folder.path().join("data"));
    let (list, data) = (list.to_str().unwrap(), data.to_str().unwrap());
    let (first, second) = (InventedStudent::new(11, 0), InventedStudent::new(11, 1));
    // The second one's line tells somebody else's document.
    let other = InventedStudent::new(12, 5).id_number;
    let lines = [
        format!("{},测试·名单,{},名单班", first.student_number, first.id_number),
        format!("{},测试·他人,{other},名单班", second.student_number),
    ];
    fs::write(list, format!("学号,姓名,证件号码,班级\n{}\n", lines.join("\n"))).unwrap();
    assert_eq!(kiosk(&["roster", "import", list, "--data", data]).code, 0);

    let visits = kiosk(&[
        "visit",
        "--data",
        data,
        "--camera",
        "simulated",
        "--students",
        "2",
        "--seed",
        "11",
        "--json",
    ]);
    let visits = visits.lines();
    assert_eq!(visits[0]["outcome"], "accepted", "{visits:?}");
    assert_eq!(visits[1]["fault"]["code"], "roster_mismatch", "{visits:?}");
    let orders = kiosk(&["orders", "--data", data, "--json"]).lines();
    assert_eq!(orders[0]["name"], "测试·名单", "the list's name is the record");
    let captured = kiosk(&["roster", "captured", "--data", data, "--class", "名单班", "--json"]).lines();
    assert_eq!((captured.len(), &captured[0]["order"]), (1, &visits[0]["order"]));
    let missing = kiosk(&["roster", "missing", "--data", data, "--json"]).lines();
    assert_eq!(missing[0]["student_number"], second.student_number.as_str());
}
