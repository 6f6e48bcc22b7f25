//! `orders`, `doctor`, `backup`, `restore`: the order log.

use std::path::Path;

use kiosk_core::{Fault, Fen};
use kiosk_engine::contract::OrderQuery;
use kiosk_engine::keys::{KeyState, Keys};
use kiosk_engine::order_log::{self, Finding};
use kiosk_engine::{COMMAND_LINE, Settings};
use serde::Serialize;

use super::{existing, key};
use crate::output::{self, Exit, Output};

pub fn orders(data: &Path, query: &OrderQuery, output: &mut Output) -> Result<Exit, Fault> {
    let rows = order_log::masked_rows(&existing(data)?, query)?;
    for row in &rows {
        output.line(row, || {
            let field = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
            format!(
                "{}  {:<9}  {}  {}  {}  {}  {}",
                row.number,
                row.state.as_str(),
                if row.owing > Fen::ZERO { format!("owes {}", row.owing) } else { "–".to_owned() },
                field(&row.student_number),
                row.id_number_masked,
                field(&row.name),
                field(&row.class),
            )
        });
    }
    output::note(&format!("{} order(s)", rows.len()));
    Ok(Exit::Done)
}

/// What the examination found.
#[derive(Serialize)]
struct Examination<'a> {
    healthy: bool,
    findings: Vec<Advised<'a>>,
    /// Where the key lies, and whether its recovery code was shown.
    key: Option<KeyState>,
}

#[derive(Serialize)]
struct Advised<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    advice: &'static str,
}

pub fn doctor(data: &Path, output: &mut Output) -> Result<Exit, Fault> {
    let settings = existing(data)?;
    let findings = match order_log::examine(&settings) {
        Err(fault) if order_log::advice(fault.code).is_some() => return Ok(unopened(&fault, output)),
        findings => findings?,
    };
    let examination = Examination {
        healthy: findings.is_empty(),
        findings: findings.iter().map(|finding| Advised { finding, advice: finding.advice() }).collect(),
        key: Keys::of(&settings.data, settings.key_store).state()?,
    };
    output.line(&examination, || {
        if examination.healthy {
            let whole = "The order log is whole: file, references, audit chain, orders and photos.";
            return format!("{whole}\n{}", key::told(examination.key));
        }
        let lines: Vec<String> = examination
            .findings
            .iter()
            .map(|found| format!("{:?}: {}\n    {}", found.finding.kind, found.finding.detail, found.advice))
            .collect();
        lines.join("\n")
    });
    Ok(Exit::unless(examination.healthy))
}

/// The order log cannot even be opened: still say what to do.
fn unopened(fault: &Fault, output: &mut Output) -> Exit {
    let advice = order_log::advice(fault.code);
    let result = serde_json::json!({ "healthy": false, "findings": [], "fault": fault, "advice": advice });
    output.line(&result, || format!("{fault}\n    {}", advice.unwrap_or_default()));
    Exit::of(fault)
}

pub fn backup(data: &Path, to: &Path, output: &mut Output) -> Result<Exit, Fault> {
    let made = order_log::backup(&existing(data)?, to)?;
    output.line(&made, || {
        format!(
            "{}: {} order(s), {} bytes, read back\nSHA-256 {}\nIt opens with the same key, or with the recovery code, and with nothing else.",
            made.path, made.orders, made.bytes, made.sha256
        )
    });
    Ok(Exit::Done)
}

pub fn restore(data: &Path, from: &Path, output: &mut Output) -> Result<Exit, Fault> {
    let kept = order_log::restore(&Settings::read(data)?, from, COMMAND_LINE)?;
    output.line(&serde_json::json!({ "restored": true, "kept": kept }), || match &kept {
        Some(kept) => format!("The backup is in its place. The order log of before: {}", kept.display()),
        None => "The backup is in its place.".to_owned(),
    });
    Ok(Exit::Done)
}
