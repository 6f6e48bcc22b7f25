//! `orders`, `backup`, `doctor`: the order log.

use std::path::Path;

use kiosk_core::{Fault, Fen};
use kiosk_engine::contract::OrderQuery;
use kiosk_engine::counter;
use kiosk_engine::order_log::{self, Finding};
use serde::Serialize;

use super::existing;
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

pub fn backup(data: &Path, to: &Path, output: &mut Output) -> Result<Exit, Fault> {
    let made = counter::back_up(&existing(data)?, to)?;
    output.line(&made, || {
        format!(
            "{}: {} order(s), {} bytes, read back\nSHA-256 {}",
            made.path, made.orders, made.bytes, made.sha256
        )
    });
    Ok(Exit::Done)
}

/// What the examination found.
#[derive(Serialize)]
struct Examination<'a> {
    healthy: bool,
    findings: Vec<Advised<'a>>,
}

#[derive(Serialize)]
struct Advised<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    advice: &'static str,
}

pub fn doctor(data: &Path, output: &mut Output) -> Result<Exit, Fault> {
    let findings = order_log::examine(&existing(data)?)?;
    let examination = Examination {
        healthy: findings.is_empty(),
        findings: findings.iter().map(|finding| Advised { finding, advice: finding.advice() }).collect(),
    };
    output.line(&examination, || {
        if examination.healthy {
            return "The order log is whole: file, references, audit chain, orders and photos.".to_owned();
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
