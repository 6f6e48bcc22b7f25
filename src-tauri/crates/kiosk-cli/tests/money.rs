//! What orders cost, from outside: paid, settled, given back, and a copy of the log.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::path::Path;

use kiosk_store::FILE_NAME;
use support::invented::data_with_orders;
use support::kiosk;

#[test]
fn orders_are_paid_settled_and_given_back() {
    let folder = tempfile::tempdir().unwrap();
    data_with_orders(folder.path(), 3, 1);
    let data = folder.path().to_str().unwrap();
    let paid = kiosk(&["pay", "261121-A001", "--data", data, "--kind", "wechat", "--json"]);
    assert_eq!((paid.code, &paid.lines()[0]["owing_fen"]), (0, &0.into()), "{}", paid.stderr);
    let entry = paid.lines()[0]["entry"].as_str().unwrap().to_owned();
    assert_eq!(
        kiosk(&["pay", "261121-A001", "--data", data, "--kind", "cash", "--fen", "1"]).code,
        1,
        "paid already"
    );
    assert_eq!(
        kiosk(&["pay", "261121-A002", "--data", data, "--kind", "waived"]).code,
        1,
        "a waiver says why"
    );
    assert_eq!(
        kiosk(&["pay", "261121-A002", "--data", data, "--kind", "waived", "--reason", "staff"]).code,
        0
    );
    assert_eq!(kiosk(&["pay", "261121-A002", "--data", data, "--kind", "gold"]).code, 2);
    assert_eq!(kiosk(&["refund", &entry, "--data", data, "--fen", "500"]).code, 0);
    assert_eq!(kiosk(&["refund", &entry, "--data", data, "--fen", "1501"]).code, 1);

    let unpaid = kiosk(&["orders", "--data", data, "--unpaid", "--json"]);
    let owing: Vec<_> =
        unpaid.lines().iter().map(|row| (row["number"].clone(), row["owing"].clone())).collect();
    assert_eq!(owing, [("261121-A003".into(), 2_000.into()), ("261121-A001".into(), 500.into())]);

    let out = folder.path().join("out");
    let settled = kiosk(&["settle", "--data", data, "--out", out.to_str().unwrap(), "--json"]);
    assert_eq!(settled.code, 0, "{}", settled.stderr);
    let of = &settled.lines()[0]["settlement"];
    assert_eq!((&of["taken"], &of["given_back"]), (&2_000.into(), &500.into()));
    assert_eq!(of["lines"].as_array().unwrap().len(), 2);
    let day = of["day"].as_str().unwrap().replace('-', "");
    for name in ["settlement", "payments"] {
        for kind in ["csv", "xlsx"] {
            assert!(out.join(format!("{name}-{day}.{kind}")).is_file(), "{name}.{kind}");
        }
    }
    let csv = std::fs::read_to_string(out.join(format!("payments-{day}.csv"))).unwrap();
    assert!(csv.contains("261121-A001,微信支付,20.00") && !csv.contains("测试"), "{csv}");
    assert_eq!(kiosk(&["settle", "--data", data, "--out", data, "--day", "21.11.2026"]).code, 2);
}

#[test]
fn a_copy_is_an_order_log_and_pages_go_on_from_an_order() {
    let folder = tempfile::tempdir().unwrap();
    data_with_orders(folder.path(), 3, 1);
    let data = folder.path().to_str().unwrap();
    let to = folder.path().join("stick");
    let copies: Vec<_> = (0..2)
        .map(|_| {
            let made = kiosk(&["backup", "--data", data, "--to", to.to_str().unwrap(), "--json"]);
            assert_eq!(made.code, 0, "{}", made.stderr);
            made.lines()[0].clone()
        })
        .collect();
    assert_ne!(copies[0]["path"], copies[1]["path"], "a copy never replaces another");
    let path = Path::new(copies[0]["path"].as_str().unwrap());
    assert_eq!(
        (&copies[0]["orders"], &copies[0]["bytes"]),
        (&3.into(), &path.metadata().unwrap().len().into())
    );

    let restored = tempfile::tempdir().unwrap();
    // The copy opens with the key of the log that it was made of.
    std::fs::copy(folder.path().join("orders.key"), restored.path().join("orders.key")).unwrap();
    std::fs::copy(path, restored.path().join(FILE_NAME)).unwrap();
    let data = restored.path().to_str().unwrap();
    assert_eq!(kiosk(&["doctor", "--data", data]).code, 0);
    let listed = |more: &[&str]| -> Vec<String> {
        let run = kiosk(&[&["orders", "--data", data, "--json"], more].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.lines().iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(&["--limit", "1"]), ["261121-A003"]);
    assert_eq!(listed(&["--after", "261121-A003", "--limit", "1"]), ["261121-A002"]);
    assert_eq!(listed(&["--find", "ceshi t2026001"]), ["261121-A001"]);
    assert_eq!(listed(&["--state", "returned"]), [""; 0]);
    assert_eq!(listed(&["--day", "2026-11-21"]).len(), 3);
    assert_eq!(listed(&["--day", "2026-11-22"]), [""; 0]);
}
