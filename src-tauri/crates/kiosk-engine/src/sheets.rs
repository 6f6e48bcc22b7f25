//! Paper copies as PDF: of orders, or of a folder of finished photos with a list of their students.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kiosk_core::id_document::BracketRule;
use kiosk_core::order::LocalDay;
use kiosk_core::roster::{Roster, RosterEntry};
use kiosk_core::sheet::{Arrangement, Paper, Sheet, SheetOptions, lay_out};
use kiosk_core::{Fault, FaultCode, OrderNumber, OrderState};
use kiosk_delivery::sheet_pdf::{LabelFont, SheetStudent, draw};
use kiosk_store::{NewPrint, OrderSummary, PhotoVersion, Query, Store};

use crate::contract::{MissingGlyph, PreviewLabel, PreviewPhoto, SheetLook, SheetMade, SheetPreview};
use crate::counter::nothing_owed;
use crate::operator::ACTOR;
use crate::order_log::OrderLog;
use crate::{Assets, Settings, clock, files};

/// So much of a sheet's id stands in its file's name.
pub(crate) const ID_END: usize = 6;

/// One student's share of a sheet.
struct Subject {
    /// Order number, or what stands for it: printed on the label, and names the student in faults.
    number: String,
    name: Option<String>,
    student_number: Option<String>,
    class: Option<String>,
    last_four: Option<String>,
    photo: Vec<u8>,
}

/// A drawn sheet.
pub struct DrawnSheet {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Pages.
    pub pages: u32,
    /// Students.
    pub students: u32,
    /// Copies altogether.
    pub copies: u32,
    /// Paper that is not photo, percent.
    pub waste_percent: f64,
    /// Students of the list without a photo, by line.
    pub missing_lines: Vec<u64>,
}

/// The studio's printer and font.
#[derive(Clone)]
struct Press {
    assets: Arc<Assets>,
    printer: Option<String>,
}

impl Press {
    fn draw(&self, subjects: &[Subject], look: &SheetLook) -> Result<DrawnSheet, Fault> {
        let sheet = self.lay_out(subjects.len(), look)?;
        let font = self.font()?;
        let students: Vec<SheetStudent<'_>> = subjects.iter().map(Subject::as_student).collect();
        let pdf = draw(&sheet, &students, &font, clock::now()).map_err(Fault::from)?;
        Ok(DrawnSheet::new(pdf, &sheet))
    }

    fn lay_out(&self, students: usize, look: &SheetLook) -> Result<Sheet, Fault> {
        let paper: Paper = look.paper.parse().map_err(Fault::from)?;
        let usual = SheetOptions::new(paper);
        let calibration = match &self.printer {
            Some(printer) => self.assets.printer(printer)?.paper(&paper.to_string()),
            None => usual.calibration,
        };
        let options = SheetOptions {
            paper,
            format: look.format.parse().map_err(Fault::from)?,
            copies: look.copies,
            arrangement: if look.ganged {
                Arrangement::Ganged
            } else {
                Arrangement::PerStudent { label: look.label }
            },
            gap: look.gap,
            calibration,
        };
        lay_out(students, &options).map_err(Fault::from)
    }

    fn font(&self) -> Result<LabelFont, Fault> {
        LabelFont::parse(&self.assets.label_font()?).map_err(Fault::from)
    }
}

impl DrawnSheet {
    fn new(pdf: Vec<u8>, sheet: &Sheet) -> Self {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            pdf,
            pages: count(sheet.pages.len()),
            students: count(sheet.students),
            copies: count(sheet.copies),
            waste_percent: sheet.waste_percent,
            missing_lines: Vec::new(),
        }
    }
}

impl Subject {
    fn as_student(&self) -> SheetStudent<'_> {
        SheetStudent {
            order_number: &self.number,
            name: self.name.as_deref(),
            student_number: self.student_number.as_deref(),
            class: self.class.as_deref(),
            last_four: self.last_four.as_deref(),
            photo: &self.photo,
        }
    }

    fn of_order(store: &Store, order: OrderSummary) -> Result<(Self, PhotoVersion), Fault> {
        let photo = store.photo(order.number)?;
        let version = PhotoVersion { number: order.number, version: photo.version };
        let subject = Self {
            number: order.number.to_string(),
            name: order.name,
            student_number: order.student_number,
            class: order.class,
            last_four: order.last_four,
            photo: photo.jpeg,
        };
        Ok((subject, version))
    }

    fn of_entry(entry: &RosterEntry, photo: Vec<u8>) -> Self {
        let last_four = entry
            .id_number
            .as_ref()
            .map(|number| number.last_four(BracketRule::Counted))
            .or_else(|| entry.id_last4.as_ref().map(|four| four.as_str().to_owned()));
        Self {
            number: format!("#{}", entry.line),
            name: entry.name.clone(),
            student_number: entry.student_number.clone(),
            class: entry.class.clone(),
            last_four,
            photo,
        }
    }
}

/// Sheets of orders.
pub struct Sheets {
    press: Press,
    folder: PathBuf,
    utc_offset_minutes: i32,
    unpaid_waits: bool,
    order_log: OrderLog,
}

impl Sheets {
    /// Sheets of the orders in this log; they go into `sheets` of the data folder.
    pub fn new(assets: Arc<Assets>, settings: &Settings, order_log: OrderLog) -> Self {
        let press = Press { assets, printer: settings.printer.clone() };
        Self {
            press,
            folder: settings.data.join("sheets"),
            utc_offset_minutes: settings.utc_offset_minutes,
            unpaid_waits: settings.policy.unpaid_waits,
            order_log,
        }
    }

    /// Where sheets go.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// One page of how a sheet of these orders would look; nothing is written.
    pub fn preview(
        &self,
        numbers: &[OrderNumber],
        look: &SheetLook,
        page: u32,
    ) -> Result<SheetPreview, Fault> {
        let numbers = numbers.to_vec();
        let orders = self.order_log.call(move |store| in_order(store, numbers))?;
        let sheet = self.press.lay_out(orders.len(), look)?;
        let labelled = look.label && !look.ganged;
        let missing_glyphs = if labelled { missing_glyphs(&orders, &self.press.font()?) } else { Vec::new() };
        Ok(preview_of(&sheet, &orders, page, missing_glyphs))
    }

    /// Lays these orders out, by class and then by student number, and records them as printed.
    pub fn make(&self, numbers: &[OrderNumber], look: &SheetLook, actor: &str) -> Result<SheetMade, Fault> {
        let id = uuid::Uuid::now_v7().to_string();
        let path = self.folder.join(self.file_name(&look.paper, &id));
        let drawn = self.write(numbers.to_vec(), look, &path, id.clone(), actor)?;
        Ok(SheetMade {
            id,
            path: path.display().to_string(),
            pages: drawn.pages,
            students: drawn.students,
            copies: drawn.copies,
        })
    }

    /// `sheet-20261121-6r-5f31.pdf`: the day to find it by, and an end that no other sheet has.
    fn file_name(&self, paper: &str, id: &str) -> String {
        let LocalDay { year, month, day } = LocalDay::of(clock::now(), self.utc_offset_minutes);
        let end = id.get(id.len().saturating_sub(ID_END)..).unwrap_or(id);
        format!("sheet-{year:04}{month:02}{day:02}-{paper}-{end}.pdf")
    }

    /// Lays out every order that may be printed and writes the PDF to `path`.
    pub fn write_all(&self, look: &SheetLook, path: &Path) -> Result<DrawnSheet, Fault> {
        let numbers = self.order_log.call(|store| {
            let states =
                vec![OrderState::Captured, OrderState::Approved, OrderState::Printed, OrderState::Delivered];
            let orders = store.orders(&Query { states, ..Query::default() })?;
            Ok(orders.into_iter().map(|order| order.number).collect())
        })?;
        self.write(numbers, look, path, uuid::Uuid::now_v7().to_string(), ACTOR)
    }

    fn write(
        &self,
        numbers: Vec<OrderNumber>,
        look: &SheetLook,
        path: &Path,
        job: String,
        actor: &str,
    ) -> Result<DrawnSheet, Fault> {
        let unpaid_waits = self.unpaid_waits;
        let (subjects, photos) = self.order_log.call(move |store| {
            nothing_owed(store, &numbers, unpaid_waits)?;
            let read = in_order(store, numbers)?.into_iter().map(|order| Subject::of_order(store, order));
            Ok(read.collect::<Result<Vec<_>, _>>()?.into_iter().unzip::<_, _, Vec<_>, Vec<_>>())
        })?;
        let drawn = self.press.draw(&subjects, look)?;
        files::write_whole(path, &drawn.pdf)?;
        let print = NewPrint {
            id: job,
            paper: look.paper.clone(),
            pages: drawn.pages,
            copies: drawn.copies / drawn.students.max(1),
            photos,
            actor: actor.to_owned(),
            at: clock::now(),
        };
        self.order_log.call(move |store| store.record_print(&print))?;
        Ok(drawn)
    }
}

/// By class, then by student number.
fn in_order(store: &Store, numbers: Vec<OrderNumber>) -> Result<Vec<OrderSummary>, Fault> {
    let mut orders = numbers.into_iter().map(|number| store.order(number)).collect::<Result<Vec<_>, _>>()?;
    orders.sort_by(|a, b| {
        (&a.class, &a.student_number, a.number).cmp(&(&b.class, &b.student_number, b.number))
    });
    Ok(orders)
}

fn missing_glyphs(orders: &[OrderSummary], font: &LabelFont) -> Vec<MissingGlyph> {
    let values = orders.iter().flat_map(|order| {
        [&order.name, &order.student_number, &order.class]
            .into_iter()
            .flatten()
            .map(move |text| (order, text))
    });
    let lacking = values.filter_map(|(order, text)| {
        let missing = text.chars().find(|character| !font.has(*character))?;
        let code_point = format!("U+{:04X}", u32::from(missing));
        Some(MissingGlyph { order: order.number.to_string(), text: text.clone(), code_point })
    });
    lacking.collect()
}

fn preview_of(
    sheet: &Sheet,
    orders: &[OrderSummary],
    page: u32,
    missing_glyphs: Vec<MissingGlyph>,
) -> SheetPreview {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let page = page.min(count(sheet.pages.len()).saturating_sub(1));
    let shown = sheet.pages.get(page as usize).cloned().unwrap_or_default();
    let number =
        |student: usize| orders.get(student).map_or_else(String::new, |order| order.number.to_string());
    let photo = |placed: kiosk_core::sheet::Placed| PreviewPhoto {
        order: number(placed.student),
        x: placed.rect.x,
        y: placed.rect.y,
        width: placed.rect.width,
        height: placed.rect.height,
        turned: placed.turned,
    };
    let label = |label: kiosk_core::sheet::Label| PreviewLabel {
        order: number(label.student),
        name: orders.get(label.student).and_then(|order| order.name.clone()),
        x: label.area.x,
        y: label.area.y,
        width: label.area.width,
        height: label.area.height,
        barcode: label.barcode.is_some(),
    };
    SheetPreview {
        page_width: sheet.page_width,
        page_height: sheet.page_height,
        pages: count(sheet.pages.len()),
        students: count(sheet.students),
        copies: count(sheet.copies),
        waste_percent: sheet.waste_percent,
        page,
        photos: shown.photos.into_iter().map(photo).collect(),
        labels: shown.labels.into_iter().map(label).collect(),
        marks: shown.marks.iter().map(|mark| [mark.from[0], mark.from[1], mark.to[0], mark.to[1]]).collect(),
        missing_glyphs,
    }
}

/// Lays out a folder of finished photos for the students of a list, in the list's order. A student finds the photo by the list's own
/// column, else by ID number or student number as file name.
pub fn of_folder(
    assets: Arc<Assets>,
    photos: &Path,
    list: &Path,
    look: &SheetLook,
    path: &Path,
) -> Result<DrawnSheet, Fault> {
    let unreadable = |e: String| Fault::new(FaultCode::ListUnreadable, format!("{}: {e}", list.display()));
    let bytes = std::fs::read(list).map_err(|e| unreadable(e.to_string()))?;
    let roster = Roster::from_csv(&bytes).map_err(|e| unreadable(e.to_string()))?;
    let mut subjects = Vec::new();
    let mut missing_lines: Vec<u64> = roster.bad_lines.iter().map(|bad| bad.line).collect();
    for entry in &roster.entries {
        match find_photo(photos, entry)? {
            Some(photo) => subjects.push(Subject::of_entry(entry, photo)),
            None => missing_lines.push(entry.line),
        }
    }
    missing_lines.sort_unstable();
    let drawn = Press { assets, printer: None }.draw(&subjects, look)?;
    files::write_whole(path, &drawn.pdf)?;
    Ok(DrawnSheet { missing_lines, ..drawn })
}

fn find_photo(folder: &Path, entry: &RosterEntry) -> Result<Option<Vec<u8>>, Fault> {
    let stems = [
        entry.id_number.as_ref().map(|number| number.canonical().to_owned()),
        entry.student_number.clone(),
        entry.exam_number.clone(),
    ];
    let by_stem =
        stems.into_iter().flatten().flat_map(|stem| ["jpg", "JPG", "jpeg"].map(|e| format!("{stem}.{e}")));
    for name in entry.photo.iter().cloned().chain(by_stem) {
        // A list must not lead out of its folder.
        if Path::new(&name).components().count() != 1 {
            continue;
        }
        match std::fs::read(folder.join(&name)) {
            Ok(photo) => return Ok(Some(photo)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(Fault::new(FaultCode::PathUnusable, format!("{}: {e}", folder.display()))),
        }
    }
    Ok(None)
}
