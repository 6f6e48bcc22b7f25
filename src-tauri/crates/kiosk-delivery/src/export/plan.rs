//! What a delivery will hold, worked out before anything is written.

use std::collections::HashMap;

use kiosk_core::IdNumber;
use kiosk_core::naming::{NameError, NameTemplate, NameValues, clashes};
use kiosk_core::profile::Naming;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::lists::Table;
use super::{About, AbsentStudent, DeliverableOrder, ExportError, bag, contact_sheet};
use crate::receipt::{self, Receipt};
use crate::sheet_pdf::LabelFont;
use crate::{iso, manifest};

/// One file of the delivery.
#[derive(Clone, PartialEq, Eq)]
pub struct PlannedFile {
    /// From the delivery's folder, `/` between folders.
    pub path: String,
    /// The whole file.
    pub content: std::sync::Arc<[u8]>,
    /// Of the content.
    pub sha256: [u8; 32],
}

impl PlannedFile {
    fn new(path: impl Into<String>, content: impl Into<std::sync::Arc<[u8]>>) -> Self {
        let content = content.into();
        Self { path: path.into(), sha256: Sha256::digest(&content).into(), content }
    }
}

/// Shows the size only: the path may be an ID number.
impl std::fmt::Debug for PlannedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PlannedFile({} bytes)", self.content.len())
    }
}

/// Two photos that would be one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedClash {
    /// Order number of the photo that came first.
    pub first: String,
    /// Order number of the photo that would overwrite it.
    pub second: String,
}

/// A student without a file name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IllegalName {
    /// Order number.
    pub order: String,
    /// What is wrong, without the value.
    pub why: String,
}

/// A delivery on paper, so to speak: shown to the operator first, written afterwards.
#[derive(Debug, Clone)]
pub struct DeliveryPlan {
    /// The folder's name on the medium.
    pub title: String,
    /// The photos, then the files around them; the manifests come last.
    pub files: Vec<PlannedFile>,
    /// Number of photos.
    pub photos: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Students of the school's list who are not in it; `None` when there is no list to compare with.
    pub absent: Option<Vec<AbsentStudent>>,
    /// Order numbers of photos that are one person's, who stands in the delivery more than once.
    pub duplicates: Vec<Vec<String>>,
    /// Photos whose names are the same, also when only their case differs.
    pub clashes: Vec<PlannedClash>,
    /// Students that cannot be given a name.
    pub illegal: Vec<IllegalName>,
    /// Students whose photo a stick can hold and a disc cannot.
    pub not_on_disc: Vec<IllegalName>,
    /// Order numbers of photos that are not what was accepted.
    pub damaged: Vec<String>,
    /// When it was planned, on the wall's clock.
    made: OffsetDateTime,
}

impl DeliveryPlan {
    /// Whether it may be written.
    ///
    /// # Errors
    /// The first thing that stands in the way. Absent students do not, nor does a person with two photos under two names.
    pub fn check(&self) -> Result<(), ExportError> {
        if let Some(order) = self.damaged.first() {
            return Err(ExportError::PhotoDamaged(order.clone()));
        }
        if !self.illegal.is_empty() {
            return Err(ExportError::IllegalNames(self.illegal.len()));
        }
        if !self.clashes.is_empty() {
            return Err(ExportError::Clashes(self.clashes.len()));
        }
        if self.photos == 0 { Err(ExportError::Nothing) } else { Ok(()) }
    }

    /// When it was planned, on the wall's clock.
    pub(crate) fn made(&self) -> OffsetDateTime {
        self.made
    }

    pub(super) fn file(&self, path: &str) -> Option<&PlannedFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The same for the same photos under the same names, whenever it is planned: what a delivery that was
    /// interrupted is recognised by.
    pub(super) fn identity(&self) -> String {
        let mut identity = Sha256::new();
        for file in &self.files[..self.photos] {
            identity.update(file.path.as_bytes());
            identity.update([0]);
            identity.update(file.sha256);
        }
        kiosk_core::hex::hex(&identity.finalize())
    }

    /// SHA-256 of the manifest of photos: the same for the same photos under the same names, wherever and whenever they are written.
    pub fn manifest_sha256(&self) -> [u8; 32] {
        self.file(bag::MANIFEST).map_or([0; 32], |file| file.sha256)
    }

    /// What the operator was shown, as a word: another one when a photo, a name or an absent student differs.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.identity());
        for list in ["名单.csv", "未采集.csv"] {
            hash.update(self.file(list).map_or([0; 32], |file| file.sha256));
        }
        kiosk_core::hex::hex(&hash.finalize())
    }
}

/// Plans a delivery of `orders`, in their order. Touches nothing. `absent` is who of the school's list is not among them, `None`
/// without a list; the receipt is left out without a font.
///
/// # Errors
/// [`ExportError::List`] when a list cannot be made, and [`ExportError::Naming`] when the title or the naming template
/// itself is unusable. Everything about single students is in the plan.
pub fn plan(
    orders: &[DeliverableOrder],
    naming: &Naming,
    absent: Option<Vec<AbsentStudent>>,
    font: Option<&LabelFont>,
    about: &About,
) -> Result<DeliveryPlan, ExportError> {
    let template = NameTemplate::parse(naming).map_err(|e| ExportError::Naming(e.to_string()))?;
    check_title(&about.title)?;
    let mut plan = DeliveryPlan {
        title: about.title.clone(),
        files: Vec::with_capacity(orders.len() + 12),
        photos: 0,
        bytes: 0,
        absent,
        duplicates: duplicates(orders),
        clashes: Vec::new(),
        illegal: Vec::new(),
        not_on_disc: Vec::new(),
        damaged: Vec::new(),
        made: bag::local(about),
    };
    let named = plan.name_photos(orders, &template);
    plan.add_files_around(&named, font, about)?;
    plan.bytes = plan.files.iter().map(|file| file.content.len() as u64).sum();
    Ok(plan)
}

impl DeliveryPlan {
    /// Adds the photos that have a name; gives back their orders.
    fn name_photos<'a>(
        &mut self,
        orders: &'a [DeliverableOrder],
        template: &NameTemplate,
    ) -> Vec<&'a DeliverableOrder> {
        let mut named = Vec::with_capacity(orders.len());
        for order in orders {
            match path(order, template) {
                Ok(path) => {
                    if let Err(why) = iso::fits(&path) {
                        let (order, why) = (order.number.clone(), why.to_string());
                        self.not_on_disc.push(IllegalName { order, why });
                    }
                    let file = PlannedFile::new(path, order.photo.clone());
                    if file.sha256 != order.photo_sha256 {
                        self.damaged.push(order.number.clone());
                    }
                    self.files.push(file);
                    named.push(order);
                }
                Err(why) => self.illegal.push(IllegalName { order: order.number.clone(), why }),
            }
        }
        let paths: Vec<_> = self.files.iter().map(|file| &file.path).collect();
        let number = |at: usize| named.get(at).map_or_else(String::new, |order| order.number.clone());
        self.clashes = clashes(&paths)
            .into_iter()
            .map(|clash| PlannedClash { first: number(clash.first), second: number(clash.second) })
            .collect();
        self.photos = named.len();
        named
    }

    fn add_files_around(
        &mut self,
        orders: &[&DeliverableOrder],
        font: Option<&LabelFont>,
        about: &About,
    ) -> Result<(), ExportError> {
        let payload: Vec<String> = self.files.iter().map(|file| file.path.clone()).collect();
        let photo_bytes = self.files.iter().map(|file| file.content.len() as u64).sum();
        let captured = captured(orders, &payload, about);
        let mut around = vec![
            PlannedFile::new("名单.csv", captured.csv()),
            PlannedFile::new("名单.xlsx", captured.xlsx("名单", about)?),
        ];
        if let Some(absent) = &self.absent {
            let missing = not_captured(absent);
            around.push(PlannedFile::new("未采集.csv", missing.csv()));
            around.push(PlannedFile::new("未采集.xlsx", missing.xlsx("未采集", about)?));
        }
        let missing = self.absent.as_ref().map(Vec::len);
        let text = |path: &str, text: String| PlannedFile::new(path, text.into_bytes());
        around.push(text("index.html", contact_sheet::html(about, orders, &payload, missing)));
        around.push(text(
            "说明.txt",
            format!("\u{FEFF}{}", bag::instructions(about, self.photos, missing, font.is_some())),
        ));
        around.push(text("bagit.txt", bag::DECLARATION.to_owned()));
        around.push(text("bag-info.txt", bag::info(about, self.photos, photo_bytes)));
        let lines = |files: &[PlannedFile]| {
            manifest::format(files.iter().map(|file| (file.path.as_str(), &file.sha256)))
        };
        let manifest = text(bag::MANIFEST, lines(&self.files));
        if let Some(font) = font {
            let receipt = Receipt {
                title: &about.title,
                scope: &about.scope,
                made: &bag::minute(about),
                photos: self.photos,
                photo_bytes,
                absent: missing,
                manifest_sha256: manifest.sha256,
                software: &about.software,
            };
            let pdf =
                receipt::draw(&receipt, font, about.at).map_err(|e| ExportError::List(e.to_string()))?;
            around.push(PlannedFile::new("交接单.pdf", pdf));
        }
        around.push(manifest);
        around.push(text(bag::TAG_MANIFEST, lines(&around)));
        self.files.append(&mut around);
        Ok(())
    }
}

/// The title is a folder's name, and with `.partial` as well.
fn check_title(title: &str) -> Result<(), ExportError> {
    let naming = Naming { template: "{name}".to_owned(), extension: "partial".to_owned() };
    let template = NameTemplate::parse(&naming).map_err(|e| ExportError::Naming(e.to_string()))?;
    let values = NameValues { name: Some(title), ..NameValues::default() };
    template.path(&values).map(drop).map_err(|e| ExportError::Naming(format!("the title: {e}")))
}

fn path(order: &DeliverableOrder, template: &NameTemplate) -> Result<String, String> {
    let values = NameValues {
        id_number: Some(&order.id_number),
        student_number: order.student_number.as_deref(),
        name: order.name.as_deref(),
        school: order.school.as_deref(),
        college: order.college.as_deref(),
        class: order.class.as_deref(),
        code: order.code.as_deref(),
    };
    let path = template.path(&values).map_err(|e: NameError| e.to_string())?;
    if path.contains('%') {
        // RFC 8493 writes it as %25 in the manifest, sha256sum would look for a file of that name.
        return Err("a percent sign".to_owned());
    }
    Ok(format!("{}/{path}", bag::PAYLOAD))
}

/// Persons with more than one photo, by ID number; a 15-digit number is its 18-digit form's.
fn duplicates(orders: &[DeliverableOrder]) -> Vec<Vec<String>> {
    let long = |order: &DeliverableOrder| {
        let number = IdNumber::parse(&order.id_number).ok();
        let long = number.and_then(|number| number.upgraded()).map(|long| long.canonical().to_owned());
        long.unwrap_or_else(|| order.id_number.clone())
    };
    let mut persons: Vec<Vec<String>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for order in orders {
        let place = *places.entry(long(order)).or_insert(persons.len());
        match persons.get_mut(place) {
            Some(person) => person.push(order.number.clone()),
            None => persons.push(vec![order.number.clone()]),
        }
    }
    persons.retain(|person| person.len() > 1);
    persons
}

fn captured(orders: &[&DeliverableOrder], files: &[String], about: &About) -> Table {
    let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
    let rows = orders.iter().zip(files).enumerate().map(|(at, (order, file))| {
        let accepted = bag::wall_clock(order.accepted_at, about.utc_offset_minutes);
        let (hour, minute, second) = accepted.to_hms();
        vec![
            (at + 1).to_string(),
            or_empty(&order.name),
            or_empty(&order.student_number),
            order.id_number.clone(),
            or_empty(&order.school),
            or_empty(&order.college),
            or_empty(&order.class),
            file.clone(),
            order.number.clone(),
            format!("{} {hour:02}:{minute:02}:{second:02}", accepted.date()),
        ]
    });
    let header =
        &["序号", "姓名", "学号", "证件号码", "学校", "学院", "班级", "照片文件", "订单号", "采集时间"];
    Table { header, rows: rows.collect(), amounts: &[] }
}

fn not_captured(absent: &[AbsentStudent]) -> Table {
    let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
    let rows = absent.iter().enumerate().map(|(at, student)| {
        vec![
            (at + 1).to_string(),
            or_empty(&student.name),
            or_empty(&student.student_number),
            or_empty(&student.id_number_masked),
            or_empty(&student.school),
            or_empty(&student.college),
            or_empty(&student.class),
            student.why.words().to_owned(),
        ]
    });
    let header = &["序号", "姓名", "学号", "证件号码", "学校", "学院", "班级", "情况"];
    Table { header, rows: rows.collect(), amounts: &[] }
}
