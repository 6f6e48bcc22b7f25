//! `roster`: a school's own list.

use std::path::Path;

use kiosk_core::Fault;
use kiosk_engine::contract::{RosterChanges, RosterPreview, RosterStudentsQuery};
use kiosk_engine::order_log::{OrderLog, OrderLogPlace};
use kiosk_engine::rosters::{self, Rosters};
use kiosk_engine::{Settings, order_log};
use serde::Serialize;

use super::existing;
use crate::output::{self, Exit, Output};

/// What an import says.
#[derive(Serialize)]
struct Imported<'a> {
    #[serde(flatten)]
    preview: &'a RosterPreview,
    imported: Option<RosterChanges>,
}

/// Students at a time.
const PAGE: u32 = 500;

pub fn import(
    file: &Path,
    data: &Path,
    school: &str,
    dry_run: bool,
    output: &mut Output,
) -> Result<Exit, Fault> {
    let bytes = rosters::read_file(file)?;
    let settings = Settings::read(data)?;
    // Looking does not make an order log.
    let (preview, imported) = if dry_run && !order_log::is_there(&settings) {
        (rosters::dry_run(&bytes, school)?, None)
    } else {
        with_rosters(&settings, |rosters| {
            let preview = rosters.preview(&bytes, school)?;
            let imported =
                (!dry_run).then(|| rosters.import(&preview.token, kiosk_engine::COMMAND_LINE)).transpose()?;
            Ok((preview, imported))
        })?
    };
    output.line(&Imported { preview: &preview, imported }, || for_people(&preview, imported));
    Ok(Exit::unless(preview.bad == 0))
}

pub fn students(
    data: &Path,
    captured: bool,
    class: Option<&str>,
    output: &mut Output,
) -> Result<Exit, Fault> {
    let mut listed: u32 = 0;
    with_rosters(&existing(data)?, |rosters| {
        loop {
            let query = RosterStudentsQuery {
                captured,
                college: None,
                class: class.map(str::to_owned),
                offset: listed,
                limit: PAGE,
            };
            let page = rosters.students(&query)?;
            for student in &page.rows {
                let field = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
                output.line(student, || {
                    format!(
                        "{}  {}  {}  {}  {}  {}",
                        field(&student.college),
                        field(&student.class),
                        field(&student.student_number),
                        field(&student.name),
                        field(&student.id_number_masked),
                        field(&student.order),
                    )
                });
            }
            listed += u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
            if !page.more {
                return Ok(());
            }
        }
    })?;
    output::note(&format!("{listed} student(s) {}", if captured { "captured" } else { "missing" }));
    Ok(Exit::Done)
}

fn with_rosters<T>(settings: &Settings, work: impl FnOnce(&Rosters) -> Result<T, Fault>) -> Result<T, Fault> {
    let (order_log, thread) = OrderLog::start(OrderLogPlace::of(settings))?;
    let result = work(&Rosters::new(order_log.clone()));
    order_log.close();
    let _ = thread.join();
    result
}

fn for_people(preview: &RosterPreview, imported: Option<RosterChanges>) -> String {
    let mut lines: Vec<String> = preview
        .columns
        .iter()
        .map(|found| {
            let means = found.means.map_or_else(|| "(left aside)".to_owned(), |column| column.to_string());
            format!("  {}  →  {means}", found.header)
        })
        .collect();
    lines.extend(preview.bad_lines.iter().map(|bad| format!("  line {}: {}", bad.line, bad.reason)));
    lines.push(format!("{} student(s), {} bad line(s)", preview.students, preview.bad));
    if let Some(changes) = imported.or(preview.changes) {
        let RosterChanges { added, changed, unchanged, absent } = changes;
        let verb = if imported.is_some() { "imported" } else { "an import would change" };
        lines.push(format!("{verb}: {added} new, {changed} changed, {unchanged} the same, {absent} absent"));
    }
    lines.join("\n")
}
