//! The key in a real key store: the Secret Service of a session that is made for the test.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests are not inside #[test]")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const KIOSK: &str = env!("CARGO_BIN_EXE_kiosk");

/// A session of its own below `home`, in which `script` runs; `None` where there is no such key store to start.
fn in_session(home: &Path, script: &str) -> Option<Output> {
    for program in ["dbus-run-session", "gnome-keyring-daemon"] {
        kiosk_tests::or_skip(Command::new(program).arg("--version").output())?;
    }
    let run = home.join("run");
    fs::create_dir_all(&run).unwrap();
    // Without a display nobody can be asked for the password of a locked key store.
    let output = Command::new("dbus-run-session")
        .args(["--", "bash", "-euo", "pipefail", "-c", script])
        .envs([("HOME", home), ("XDG_RUNTIME_DIR", &run)])
        .env_remove("KIOSK_KEY_STORE")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    Some(output)
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_key_lies_in_the_key_store_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let (home, data, list) =
        (folder.path().join("home"), folder.path().join("data"), folder.path().join("list.csv"));
    fs::create_dir(&home).unwrap();
    fs::write(&list, "姓名,学号,班级\n测试·甲,T20230001,虚构1班\n").unwrap();
    let (data_text, list) = (data.display(), list.display());

    let unlock = "printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1";
    let work = format!(
        "{unlock}; '{KIOSK}' roster import --data '{data_text}' '{list}' --json; '{KIOSK}' doctor --data '{data_text}' --json"
    );
    let Some(made) = in_session(&home, &work) else { return };
    assert!(made.status.success(), "{}", words(&made));
    assert!(words(&made).contains("\"healthy\":true"), "{}", words(&made));
    let noted = fs::read_to_string(data.join("orders.key")).unwrap();
    assert!(noted.contains("kept = \"key_store\"") && !noted.contains("\nkey = "), "{noted}");

    // The same account the next day.
    let again =
        in_session(&home, &format!("{unlock}; '{KIOSK}' doctor --data '{data_text}' --json")).unwrap();
    assert!(again.status.success() && words(&again).contains("\"healthy\":true"), "{}", words(&again));

    // Locked, and another session without a key store: said at once, and nothing is changed.
    let locked = "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1";
    let locked = in_session(&home, &format!("{locked}; '{KIOSK}' doctor --data '{data_text}'")).unwrap();
    let elsewhere = Command::new(KIOSK)
        .args(["doctor", "--data", data.to_str().unwrap()])
        .env_remove("KIOSK_KEY_STORE")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env("XDG_RUNTIME_DIR", &home)
        .output()
        .unwrap();
    for refused in [locked, elsewhere] {
        assert_eq!(refused.status.code(), Some(3), "{}", words(&refused));
        assert!(words(&refused).contains("store_key_missing"), "{}", words(&refused));
    }
    assert_eq!(fs::read_to_string(data.join("orders.key")).unwrap(), noted);
}
