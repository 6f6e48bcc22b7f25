//! The order log from the command line: its key, its backups, what happens when they are not there, and what is said about people.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not inside #[test]")]

mod support;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use kiosk_camera::InventedStudent;
use support::{Run, kiosk, models_are_there};

const SEED: u64 = 41;

/// `kiosk` with everything that it logs, and something to read.
fn loud(arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kiosk"))
        .args(arguments)
        .env("RUST_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may have ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn nothing_that_is_logged_tells_of_a_person_or_a_key() {
    if !models_are_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (data, stick, copies) = (path("data"), path("stick"), path("copies"));
    let seed = SEED.to_string();
    let visit = loud(
        &["visit", "--data", &data, "--camera", "simulated", "--students", "2", "--seed", &seed, "--json"],
        "",
    );
    assert_eq!(visit.code, 0, "{visit:?}");
    assert!(visit.stderr.contains("coaching"), "the log was captured at its finest");
    let key = fs::read_to_string(Path::new(&data).join("orders.key")).unwrap();
    let key = key.lines().find_map(|line| line.strip_prefix("key = ")).unwrap().trim_matches('"').to_owned();
    let student = InventedStudent::new(SEED, 0);

    let mut logs = vec![visit.stderr];
    for arguments in [
        &["orders", "--data", &data, "--find", &student.id_number][..],
        &["orders", "--data", &data, "--find", &student.name],
        &["roster", "captured", "--data", &data],
        &["sheet", "--data", &data, "--paper", "6r", "--out", &path("sheet.pdf")],
        &["deliver", "--data", &data, "--to", &stick],
        &["purge", "--data", &data],
        &["backup", "--data", &data, "--to", &copies],
        &["doctor", "--data", &data],
        &["key", "show", "--data", &data],
    ] {
        let run = loud(arguments, "");
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        logs.push(run.stderr);
    }
    // Faults are logged as well.
    fs::remove_file(Path::new(&data).join("orders.key")).unwrap();
    for (arguments, input) in [
        (&["doctor", "--data", &data][..], ""),
        (&["key", "restore", "--data", &data], "000000-111111"),
        (&["deliver", "--data", &data, "--to", &path("second")], ""),
    ] {
        let run = loud(arguments, input);
        assert_ne!(run.code, 0, "{arguments:?}");
        logs.push(run.stderr);
    }

    let student_of = |index| InventedStudent::new(SEED, index);
    for log in &logs {
        for student in [student_of(0), student_of(1)] {
            let payload = String::from_utf8_lossy(&student.code_payload).into_owned();
            for (what, secret) in [
                ("a name", student.name.as_str()),
                ("an ID number", &student.id_number),
                ("the end of an ID number", &student.id_number[10..]),
                ("a student number", &student.student_number),
                ("a code", &payload[..payload.len().min(24)]),
                ("the key", &key[..16]),
            ] {
                let line = log.lines().find(|line| line.contains(secret));
                assert_eq!(line, None, "{what} is logged");
            }
        }
    }
}

#[test]
fn a_lost_key_comes_back_from_paper_and_a_lost_log_from_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copies) = (folder.path().join("data"), folder.path().join("copies"));
    fs::create_dir(&data).unwrap();
    let list = folder.path().join("list.csv");
    fs::write(&list, "学号,姓名\nS0000001,测试·甲\n").unwrap();
    let text = |path: &Path| path.display().to_string();
    let (data, copies) = (text(&data), text(&copies));
    assert_eq!(kiosk(&["roster", "import", &text(&list), "--data", &data]).code, 0);
    assert!(!fs::read(Path::new(&data).join("orders.sqlite")).unwrap().starts_with(b"SQLite"));

    let shown = kiosk(&["key", "show", "--data", &data, "--json"]);
    let code = shown.lines()[0]["recovery_code"].as_str().unwrap().to_owned();
    assert_eq!(kiosk(&["key", "show", "--data", &data]).code, 1, "shown once");
    let examined = kiosk(&["doctor", "--data", &data, "--json"]);
    assert_eq!(examined.lines()[0]["key"], serde_json::json!({ "kept": "file", "noted": true }));
    let backup = kiosk(&["backup", "--data", &data, "--to", &copies, "--json"]);
    let backup = backup.lines()[0]["path"].as_str().unwrap().to_owned();

    fs::remove_file(Path::new(&data).join("orders.key")).unwrap();
    let doctor = kiosk(&["doctor", "--data", &data, "--json"]);
    assert_eq!((doctor.code, doctor.lines()[0]["fault"]["code"].as_str()), (3, Some("store_key_missing")));
    assert!(doctor.lines()[0]["advice"].as_str().unwrap().contains("key restore"));
    assert_eq!(loud(&["key", "restore", "--data", &data], &code.replace('0', "1")).code, 1);
    assert_eq!(loud(&["key", "restore", "--data", &data], &code).code, 0);
    assert_eq!(kiosk(&["doctor", "--data", &data]).code, 0);

    // A new computer: an empty folder, the paper, the copy.
    let new = text(&folder.path().join("new"));
    fs::create_dir(&new).unwrap();
    let without = kiosk(&["restore", "--data", &new, "--from", &backup]);
    assert_eq!(without.code, 3, "{without:?}");
    assert_eq!(loud(&["key", "restore", "--data", &new], &code).code, 0);
    assert_eq!(kiosk(&["restore", "--data", &new, "--from", &backup]).code, 0);
    let missing = kiosk(&["roster", "missing", "--data", &new, "--json"]);
    assert_eq!(missing.lines()[0]["student_number"], "S0000001");

    // Damaged: said with what to do, and the backup takes its place.
    fs::write(Path::new(&new).join("orders.sqlite"), b"damaged").unwrap();
    let doctor = kiosk(&["doctor", "--data", &new]);
    assert_eq!(doctor.code, 3);
    assert!(doctor.stdout.contains("store_corrupt") && doctor.stdout.contains("kiosk restore"), "{doctor:?}");
    assert_eq!(kiosk(&["restore", "--data", &new, "--from", &backup]).code, 0);
    assert_eq!(kiosk(&["doctor", "--data", &new]).code, 0);
}

/// The window's engine writes visits while other programs look, copy and examine.
#[test]
fn several_programs_have_the_order_log_open() {
    if !models_are_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let mut visits = Command::new(env!("CARGO_BIN_EXE_kiosk"))
        .args([
            "visit",
            "--data",
            &data,
            "--camera",
            "simulated",
            "--students",
            "2",
            "--seed",
            "43",
            "--json",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let order_log = Path::new(&data).join("orders.sqlite");
    let mut looks = 0;
    while visits.try_wait().unwrap().is_none() {
        if order_log.exists() {
            let copies = folder.path().join(format!("copies{looks}")).display().to_string();
            for arguments in [
                &["orders", "--data", &data][..],
                &["doctor", "--data", &data],
                &["backup", "--data", &data, "--to", &copies],
                &["purge", "--data", &data],
            ] {
                let run = kiosk(arguments);
                assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
            }
            looks += 1;
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    assert_eq!(visits.wait().unwrap().code(), Some(0));
    assert!(looks > 2, "{looks}");
    assert_eq!(kiosk(&["orders", "--data", &data, "--json"]).lines().len(), 2);
    assert_eq!(kiosk(&["doctor", "--data", &data]).code, 0);
}
