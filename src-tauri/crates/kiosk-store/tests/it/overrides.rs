//! Photos that an operator let pass.

use kiosk_core::order::{NewOrder, Override};
use kiosk_core::{Check, CheckId};
use kiosk_store::{FILE_NAME, FindingKind, Store};
use rusqlite::Connection;

use crate::support::{Folder, MORNING, TODAY, retake, visit};

const REASON: &str = "the school agreed to the hair band";

/// A visit whose photo fails a check and was let pass.
fn overridden(new: NewOrder) -> NewOrder {
    let mut new = new;
    new.report.checks = vec![Check::judge(CheckId::HeadCovering, 50.0, "lab", [0.0, 35.0], 0.0)];
    new.overridden = Some(Override { reason: REASON.to_owned(), by: "operator".to_owned(), at: MORNING });
    new
}

#[test]
fn an_override_is_kept_with_its_version_and_audited_without_its_words() {
    let folder = Folder::new();
    let mut store = folder.open();
    let new = overridden(visit(1));
    let number = store.accept(&new, TODAY).unwrap().number;
    assert_eq!(store.accept(&new, TODAY).unwrap().number, number, "the same visit again changes nothing");
    drop(store);

    let mut store = folder.open();
    assert_eq!(store.photo(number).unwrap().overridden, new.overridden);
    let history = store.history(number).unwrap();
    assert_eq!(
        history.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(),
        ["accepted", "overridden"]
    );
    assert_eq!(history[1].actor, "operator");
    assert!(history[1].detail.contains("head_covering") && !history[1].detail.contains("hair band"));
    assert_eq!(store.doctor().unwrap(), []);

    store.accept(&retake(1, 1), TODAY).unwrap();
    assert_eq!(store.photo(number).unwrap().overridden, None, "a retake stands for itself");
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn a_changed_removed_or_invented_override_shows() {
    for sql in [
        "UPDATE overrides SET reason = 'because'",
        "DELETE FROM overrides",
        "INSERT INTO overrides (order_id, version, reason, actor, at)
         SELECT order_id, version, 'because', 'nobody', 0 FROM photos WHERE order_id NOT IN (SELECT order_id FROM overrides)",
    ] {
        let folder = Folder::new();
        let mut store = folder.open();
        store.accept(&overridden(visit(1)), TODAY).unwrap();
        store.accept(&visit(2), TODAY).unwrap();
        drop(store);
        Connection::open(folder.file()).unwrap().execute_batch(sql).unwrap();
        let findings = folder.open().doctor().unwrap();
        assert!(!findings.is_empty(), "{sql}");
        assert!(findings.iter().all(|finding| finding.kind == FindingKind::Photo), "{findings:?}");
    }
}

#[test]
fn an_order_log_from_before_overrides_is_migrated_and_stays_whole() {
    let folder = Folder::new();
    let mut store = folder.open();
    let number = store.accept(&visit(1), TODAY).unwrap().number;
    drop(store);
    let conn = Connection::open(folder.file()).unwrap();
    conn.execute_batch(
        "DROP TABLE print_queue; DROP TABLE overrides; DROP TABLE roster_entries; DROP TABLE rosters; PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(conn);

    let mut store = folder.open();
    assert_eq!(store.doctor().unwrap(), []);
    assert_eq!(store.photo(number).unwrap().overridden, None);
    store.accept(&overridden(visit(2)), TODAY).unwrap();
    assert_eq!(store.doctor().unwrap(), []);
    assert!(folder.file().with_file_name(format!("{FILE_NAME}.before-schema-4")).exists());
}

#[test]
fn an_order_log_in_memory_keeps_overrides_as_well() {
    let mut store = Store::in_memory('A').unwrap();
    let number = store.accept(&overridden(visit(1)), TODAY).unwrap().number;
    assert_eq!(store.photo(number).unwrap().overridden.unwrap().reason, REASON);
}
