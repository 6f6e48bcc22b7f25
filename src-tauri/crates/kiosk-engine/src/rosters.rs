//! Schools' own lists: looked through before anything is written, imported with progress, compared with the orders by class.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kiosk_core::hex::hex;
use kiosk_core::roster::{BadLine, Roster};
use kiosk_core::{Fault, FaultCode};
use kiosk_roster::bounds;
use kiosk_store::{NewRoster, RosterChange, RosterQuery, Store};
use sha2::{Digest, Sha256};

use crate::clock;
use crate::contract::{
    ClassProgress, RosterBadLine, RosterChanges, RosterColumnFound, RosterOverview, RosterPreview,
    RosterProgress, RosterSchool, RosterStudent, RosterStudents, RosterStudentsQuery,
};
use crate::operator::ACTOR;
use crate::order_log::OrderLog;

/// Bad lines that a preview names; the others are counted.
const NAMED: usize = 1_000;
/// Largest page of students.
const PAGE_LIMIT: u32 = 500;

/// Rosters in one order log.
pub struct Rosters {
    order_log: OrderLog,
    shown: Mutex<Option<Arc<Shown>>>,
    done: Arc<AtomicU32>,
    total: Arc<AtomicU32>,
}

/// A list that was looked through and waits to be confirmed.
struct Shown {
    /// SHA-256 of the file, hexadecimal: what is imported is what was shown.
    token: String,
    school: String,
    roster: Arc<Roster>,
}

impl Shown {
    fn new_roster<'r>(&'r self, actor: &'r str) -> NewRoster<'r> {
        NewRoster {
            school: &self.school,
            entries: &self.roster.entries,
            sha256: kiosk_core::hex::unhex(&self.token).unwrap_or_default(),
            actor,
            at: clock::now(),
        }
    }
}

impl Rosters {
    /// Rosters of this log.
    pub fn new(order_log: OrderLog) -> Self {
        Self { order_log, shown: Mutex::default(), done: Arc::default(), total: Arc::default() }
    }

    /// Looks a list through and says what an import would do; nothing is written. `school` may be empty: then the list's own column
    /// tells it.
    pub fn preview(&self, file: &[u8], school: &str) -> Result<RosterPreview, Fault> {
        self.show(look_through(file, school)?)
    }

    /// The list that [`Rosters::preview`] showed under this token, as another school's.
    pub fn preview_for(&self, token: &str, school: &str) -> Result<RosterPreview, Fault> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let shown = shown.filter(|shown| shown.token == token);
        let shown = shown.ok_or_else(|| Fault::new(FaultCode::ListGone, ""))?;
        self.show(Shown {
            token: token.to_owned(),
            school: school.trim().to_owned(),
            roster: shown.roster.clone(),
        })
    }

    fn show(&self, shown: Shown) -> Result<RosterPreview, Fault> {
        let shown = Arc::new(shown);
        let compared = shown.clone();
        let changes = self.order_log.call(move |store| store.compare_roster(&compared.new_roster(ACTOR)))?;
        let preview = preview_of(&shown, Some(changes));
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        Ok(preview)
    }

    /// Imports the list that [`Rosters::preview`] showed under this token. Its bad lines are left out.
    pub fn import(&self, token: &str, actor: &str) -> Result<RosterChanges, Fault> {
        let taken = self.shown.lock().unwrap_or_else(PoisonError::into_inner).take();
        let shown = taken.filter(|shown| shown.token == token);
        let shown = shown.ok_or_else(|| Fault::new(FaultCode::ListGone, ""))?;
        let (done, total) = (self.done.clone(), self.total.clone());
        done.store(0, Ordering::Relaxed);
        total.store(count(shown.roster.entries.len()), Ordering::Relaxed);
        let (importing, actor) = (shown.clone(), actor.to_owned());
        let imported = self.order_log.call(move |store| {
            store.import_roster(&importing.new_roster(&actor), &mut |lines| {
                done.store(count(lines), Ordering::Relaxed);
            })
        });
        total.store(0, Ordering::Relaxed);
        if imported.is_err() {
            // The same list may be tried again.
            *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        }
        Ok(changes_of(imported?))
    }

    /// How far an import is; both are 0 while there is none.
    pub fn progress(&self) -> RosterProgress {
        let total = self.total.load(Ordering::Relaxed);
        RosterProgress { done: self.done.load(Ordering::Relaxed).min(total), total }
    }

    /// Every school's list, and how far each class is.
    pub fn overview(&self) -> Result<RosterOverview, Fault> {
        self.order_log.call(|store| overview_of(store))
    }

    /// Students with a photo, or without one.
    pub fn students(&self, query: &RosterStudentsQuery) -> Result<RosterStudents, Fault> {
        let limit = if query.limit == 0 { PAGE_LIMIT } else { query.limit.min(PAGE_LIMIT) };
        let query = RosterQuery {
            captured: query.captured,
            college: query.college.clone(),
            class: query.class.clone(),
            limit: limit + 1,
            offset: query.offset,
        };
        self.order_log.call(move |store| {
            let mut rows = store.listed_students(&query)?;
            let more = rows.len() > limit as usize;
            rows.truncate(limit as usize);
            let rows = rows
                .into_iter()
                .map(|student| RosterStudent {
                    student_number: student.student_number,
                    name: student.name,
                    id_number_masked: student.id_number_masked,
                    college: student.college,
                    class: student.class,
                    order: student.order,
                })
                .collect();
            Ok(RosterStudents { rows, more })
        })
    }
}

/// Reads the file of a list, unless it is larger than any list.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Fault> {
    let unusable =
        |e: std::io::Error| Fault::new(FaultCode::PathUnusable, format!("{}: {e}", path.display()));
    let bytes = std::fs::metadata(path).map_err(unusable)?.len();
    if bytes > bounds::FILE_BYTES {
        let detail = format!("{bytes} bytes; a list has at most {}", bounds::FILE_BYTES);
        return Err(Fault::new(FaultCode::ListTooLarge, detail));
    }
    std::fs::read(path).map_err(unusable)
}

/// What is in a file, without an order log to compare it with.
pub fn dry_run(file: &[u8], school: &str) -> Result<RosterPreview, Fault> {
    Ok(preview_of(&look_through(file, school)?, None))
}

fn look_through(file: &[u8], school: &str) -> Result<Shown, Fault> {
    let roster = kiosk_roster::read(file)?.complete();
    let named = school.trim();
    let school = if named.is_empty() { own_school(&roster).unwrap_or_default() } else { named.to_owned() };
    Ok(Shown { token: hex(&Sha256::digest(file)), school, roster: Arc::new(roster) })
}

/// The school that every line names.
fn own_school(roster: &Roster) -> Option<String> {
    let schools: BTreeSet<Option<&str>> =
        roster.entries.iter().map(|entry| entry.school.as_deref()).collect();
    let mut schools = schools.into_iter();
    match (schools.next(), schools.next()) {
        (Some(Some(only)), None) => Some(only.to_owned()),
        _ => None,
    }
}

fn preview_of(shown: &Shown, changes: Option<RosterChange>) -> RosterPreview {
    let roster = &shown.roster;
    RosterPreview {
        token: shown.token.clone(),
        school: shown.school.clone(),
        columns: roster
            .columns
            .iter()
            .map(|found| RosterColumnFound { header: found.header.clone(), means: found.column })
            .collect(),
        students: count(roster.entries.len()),
        bad: count(roster.bad_lines.len()),
        bad_lines: roster.bad_lines.iter().take(NAMED).map(bad_line).collect(),
        changes: changes.map(changes_of),
    }
}

fn bad_line(bad: &BadLine) -> RosterBadLine {
    RosterBadLine {
        line: bad.line,
        kind: bad.reason.kind(),
        column: bad.reason.column(),
        other_line: bad.reason.other_line(),
        reason: bad.reason.to_string(),
    }
}

fn changes_of(change: RosterChange) -> RosterChanges {
    let RosterChange { added, changed, unchanged, absent } = change;
    RosterChanges { added, changed, unchanged, absent }
}

fn overview_of(store: &Store) -> Result<RosterOverview, Fault> {
    let schools = store.rosters()?.into_iter().map(|roster| RosterSchool {
        school: roster.school,
        students: roster.students,
        captured: roster.captured,
        imported_at: roster.imported_at,
    });
    let classes = store.classes()?.into_iter().map(|class| ClassProgress {
        college: class.college,
        class: class.class,
        students: class.students,
        captured: class.captured,
    });
    Ok(RosterOverview { schools: schools.collect(), classes: classes.collect() })
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
