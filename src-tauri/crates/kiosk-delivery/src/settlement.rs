//! A day's settlement as workbooks and CSV: sums by payment kind and operator, and every entry behind them. Names no student.

use kiosk_core::Fen;
use kiosk_core::money::{LedgerEntry, PaymentKind, SettlementLine, WaiverReason, settle};
use kiosk_core::order::{LocalDay, UnixMillis};

use crate::export::lists::Table;
use crate::export::{About, ExportError};

/// One entry of the ledger with the order that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledEntry {
    /// The entry.
    pub entry: LedgerEntry,
    /// Order number; `None` when the visit was left after the payment.
    pub order: Option<String>,
}

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlementFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// `settlement-20261121.xlsx` and `.csv` with the sums, `payments-20261121.xlsx` and `.csv` with the entries. Waived prices are listed and left
/// out of the total, since nobody paid them.
///
/// # Errors
/// `List` when the workbook cannot be made.
pub fn files(
    day: LocalDay,
    entries: &[SettledEntry],
    at: UnixMillis,
    utc_offset_minutes: i16,
) -> Result<Vec<SettlementFile>, ExportError> {
    let about = About {
        title: day.to_string(),
        scope: String::new(),
        at,
        utc_offset_minutes,
        software: String::new(),
    };
    let sums = sums(&settle(entries.iter().map(|settled| &settled.entry)));
    let LocalDay { year, month, day } = day;
    let mut files = Vec::new();
    for (name, title, table) in
        [("settlement", "结算", sums), ("payments", "收款明细", details(entries, utc_offset_minutes))]
    {
        let name = format!("{name}-{year:04}{month:02}{day:02}");
        files.push(SettlementFile { name: format!("{name}.xlsx"), bytes: table.xlsx(title, &about)? });
        files.push(SettlementFile { name: format!("{name}.csv"), bytes: table.csv() });
    }
    Ok(files)
}

fn sums(lines: &[SettlementLine]) -> Table {
    let row = |kind: &str, actor: &str, payments: u32, taken: Fen, refunds: u32, given_back: Fen| {
        vec![
            kind.to_owned(),
            actor.to_owned(),
            payments.to_string(),
            taken.to_string(),
            refunds.to_string(),
            given_back.to_string(),
            net(taken, given_back),
        ]
    };
    let mut rows: Vec<_> = lines
        .iter()
        .map(|l| row(kind_name(l.kind), &l.actor, l.payments, l.taken, l.refunds, l.given_back))
        .collect();
    let paid: Vec<&SettlementLine> = lines.iter().filter(|line| line.kind != PaymentKind::Waived).collect();
    rows.push(row(
        "合计（不含免收）",
        "",
        paid.iter().map(|line| line.payments).sum(),
        paid.iter().map(|line| line.taken).sum(),
        paid.iter().map(|line| line.refunds).sum(),
        paid.iter().map(|line| line.given_back).sum(),
    ));
    Table {
        header: &["收款方式", "操作员", "笔数", "收款（元）", "退款笔数", "退款（元）", "净额（元）"],
        rows,
        amounts: &[3, 5, 6],
    }
}

/// More may be given back on a day than was taken.
fn net(taken: Fen, given_back: Fen) -> String {
    if taken < given_back {
        format!("-{}", Fen(given_back.0 - taken.0))
    } else {
        Fen(taken.0 - given_back.0).to_string()
    }
}

fn details(entries: &[SettledEntry], utc_offset_minutes: i16) -> Table {
    let rows = entries
        .iter()
        .map(|SettledEntry { entry, order }| {
            let amount = entry.amount.to_string();
            let (taken, given_back) =
                if entry.gives_back.is_none() { (amount, String::new()) } else { (String::new(), amount) };
            vec![
                clock_time(entry.at, utc_offset_minutes),
                order.clone().unwrap_or_else(|| "—".to_owned()),
                kind_name(entry.kind).to_owned(),
                taken,
                given_back,
                entry.actor.clone(),
                entry.reason.map(reason_name).unwrap_or_default().to_owned(),
            ]
        })
        .collect();
    Table {
        header: &["时间", "订单号", "方式", "收款（元）", "退款（元）", "操作员", "免收原因"],
        rows,
        amounts: &[3, 4],
    }
}

fn clock_time(at: UnixMillis, utc_offset_minutes: i16) -> String {
    let seconds = (at.div_euclid(1000) + i64::from(utc_offset_minutes) * 60).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn kind_name(kind: PaymentKind) -> &'static str {
    match kind {
        PaymentKind::Cash => "现金",
        PaymentKind::Wechat => "微信支付",
        PaymentKind::Alipay => "支付宝",
        PaymentKind::SchoolAccount => "学校账户",
        PaymentKind::Waived => "免收",
    }
}

fn reason_name(reason: WaiverReason) -> &'static str {
    match reason {
        WaiverReason::StudioError => "影棚失误",
        WaiverReason::Staff => "教职工",
        WaiverReason::Hardship => "困难学生",
        WaiverReason::Agreement => "校方约定",
        WaiverReason::Other => "其他（见备注）",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: LocalDay = LocalDay { year: 2026, month: 11, day: 21 };
    /// 2026-11-21 08:00 UTC.
    const AT: UnixMillis = 1_795_248_000_000;

    fn entry(kind: PaymentKind, fen: u32, gives_back: bool, actor: &str) -> SettledEntry {
        let entry = LedgerEntry {
            id: "e".to_owned(),
            kind,
            amount: Fen(fen),
            gives_back: gives_back.then(|| "e0".to_owned()),
            reason: (kind == PaymentKind::Waived).then_some(WaiverReason::Staff),
            actor: actor.to_owned(),
            at: AT + 61_000,
        };
        SettledEntry { entry, order: (!gives_back).then(|| "261121-A001".to_owned()) }
    }

    fn csv(files: &[SettlementFile], name: &str) -> String {
        let file = files.iter().find(|file| file.name == name).unwrap();
        String::from_utf8(file.bytes.clone()).unwrap()
    }

    #[test]
    fn sums_and_entries_add_up_and_waived_prices_are_no_money() {
        let entries = [
            entry(PaymentKind::Cash, 2_000, false, "=cmd()"),
            entry(PaymentKind::Cash, 2_500, true, "=cmd()"),
            entry(PaymentKind::Wechat, 1_500, false, "li"),
            entry(PaymentKind::Waived, 2_000, false, "li"),
        ];
        let files = files(DAY, &entries, AT, 480).unwrap();
        assert_eq!(
            csv(&files, "settlement-20261121.csv"),
            "\u{FEFF}收款方式,操作员,笔数,收款（元）,退款笔数,退款（元）,净额（元）\r\n\
            现金,'=cmd(),1,20.00,1,25.00,'-5.00\r\n微信支付,li,1,15.00,0,0.00,15.00\r\n免收,li,1,20.00,0,0.00,20.00\r\n\
            合计（不含免收）,,2,35.00,1,25.00,10.00\r\n"
        );
        let details = csv(&files, "payments-20261121.csv");
        assert_eq!(details.lines().count(), 5);
        assert!(details.contains("16:01:01,261121-A001,免收,20.00,,li,教职工\r\n"), "{details}");
        assert!(details.contains("16:01:01,—,现金,,25.00,'=cmd(),\r\n"), "{details}");
    }

    #[test]
    fn a_day_without_money_is_settled_too() {
        let files = files(DAY, &[], AT, 480).unwrap();
        assert_eq!(files.len(), 4);
        assert!(files.iter().all(|file| !file.bytes.is_empty()));
        assert!(csv(&files, "settlement-20261121.csv").ends_with("合计（不含免收）,,0,0.00,0,0.00,0.00\r\n"));
    }
}
