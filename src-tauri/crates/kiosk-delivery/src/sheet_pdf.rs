//! A resolved [`Sheet`] drawn as PDF: each photo embedded once, byte for byte, and placed as often as it is printed.

mod colour;
pub(crate) mod finish;
pub(crate) mod font;
mod jpeg;

use std::collections::BTreeMap;

use kiosk_core::order::UnixMillis;
use kiosk_core::sheet::{
    self, Crop, Label, LabelField, LabelRun, Page, Placed, RunText, Segment, Sheet, code128,
};
use kiosk_core::{Fault, FaultCode};
use printpdf::{
    Color, CurTransMat, DictItem, ExternalStream, ExternalXObject, Greyscale, Mm, Op, PaintMode, PdfDocument,
    PdfFont, PdfFontHandle, PdfPage, Point, Pt, Rect, TextItem, XObject, XObjectId, XObjectTransform,
};

pub use font::LabelFont;
use font::SetText;
use jpeg::JpegHeader;

/// Points in a millimetre.
const POINTS: f64 = 72.0 / 25.4;
/// Cut marks: a quarter of a point is the finest line that every printer draws.
const MARK_WIDTH: f32 = 0.25;
/// Captions and the rule under the name; 0 is black.
const GREY: f32 = 0.45;
const NO_VALUE: &str = "—";

/// One student on a sheet, in the order of the sheet's indices.
#[derive(Clone, Copy)]
pub struct SheetStudent<'a> {
    /// The kiosk's order number; also names the student in faults.
    pub order_number: &'a str,
    /// 姓名
    pub name: Option<&'a str>,
    /// 学号
    pub student_number: Option<&'a str>,
    /// 班级
    pub class: Option<&'a str>,
    /// Last four characters of the identity document.
    pub last_four: Option<&'a str>,
    /// The standardised JPEG: 8-bit RGB or grey.
    pub photo: &'a [u8],
}

impl<'a> SheetStudent<'a> {
    fn value(&self, field: LabelField) -> &'a str {
        let value = match field {
            LabelField::Name => self.name,
            LabelField::StudentNumber => self.student_number,
            LabelField::Class => self.class,
            LabelField::LastFour => self.last_four,
            LabelField::OrderNumber => Some(self.order_number),
        };
        value.map(str::trim).filter(|text| !text.is_empty()).unwrap_or(NO_VALUE)
    }
}

fn caption(field: LabelField) -> &'static str {
    match field {
        LabelField::Name => "姓名",
        LabelField::StudentNumber => "学号",
        LabelField::Class => "班级",
        LabelField::LastFour => "证件后四位",
        LabelField::OrderNumber => "订单号",
    }
}

/// Why there is no PDF. No variant holds a name or a number of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetPdfError {
    /// The font's bytes are not a TrueType font.
    #[error("the label font cannot be read")]
    FontUnreadable,
    /// The font lacks a character: a box or nothing would be printed.
    #[error("order {order}: {field:?} has the character U+{code_point:04X}, which the label font lacks")]
    GlyphMissing {
        /// Order number of the student.
        order: String,
        /// Where the character stands.
        field: LabelField,
        /// The character.
        code_point: u32,
    },
    /// A photo is not a JPEG that a PDF can carry unchanged.
    #[error("order {order}: {why}")]
    PhotoUnusable {
        /// Order number of the student.
        order: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The sheet was laid out for another number of students.
    #[error("the sheet is laid out for {sheet} students, {given} were given")]
    OtherStudents {
        /// Students of the layout.
        sheet: usize,
        /// Students given.
        given: usize,
    },
    /// The PDF library wrote something else than asked.
    #[error("the PDF cannot be written: {0}")]
    Writer(String),
}

impl From<SheetPdfError> for Fault {
    fn from(error: SheetPdfError) -> Self {
        let code = match error {
            SheetPdfError::FontUnreadable => FaultCode::FontMissing,
            SheetPdfError::GlyphMissing { .. } => FaultCode::GlyphMissing,
            SheetPdfError::PhotoUnusable { .. } => FaultCode::ImageUnreadable,
            SheetPdfError::OtherStudents { .. } | SheetPdfError::Writer(_) => FaultCode::Internal,
        };
        Self::new(code, error.to_string())
    }
}

/// Draws a sheet. The same arguments give the same bytes.
///
/// # Errors
/// See [`SheetPdfError`]; a character or a photo that cannot be printed is never left out.
pub fn draw(
    sheet: &Sheet,
    students: &[SheetStudent<'_>],
    font: &LabelFont,
    created_at: UnixMillis,
) -> Result<Vec<u8>, SheetPdfError> {
    if sheet.students != students.len() {
        return Err(SheetPdfError::OtherStudents { sheet: sheet.students, given: students.len() });
    }
    let mut document = PdfDocument::new("毕业照排版 · photo sheet");
    let mut crops = Vec::with_capacity(students.len());
    for (index, student) in students.iter().enumerate() {
        let header = JpegHeader::read(student.photo)
            .map_err(|why| SheetPdfError::PhotoUnusable { order: student.order_number.to_owned(), why })?;
        let photo = XObject::External(embedded(student.photo, &header));
        document.resources.xobjects.map.insert(photo_id(index), photo);
        crops.push((Crop::of(sheet.format, header.size), header));
    }
    let texts = students.iter().flat_map(|student| LabelField::ALL.map(|field| student.value(field)));
    let font_id = font::id_for(texts);
    let embedded_font = PdfFont::new(font.parsed.clone());
    document.resources.fonts.map.insert(font_id.clone(), embedded_font);
    let pen = Pen { sheet, students, photos: &crops, font, handle: PdfFontHandle::External(font_id) };
    document.pages = sheet.pages.iter().map(|page| pen.page(page)).collect::<Result<_, _>>()?;
    finish::to_bytes(&document, created_at)
}

/// Size of a PDF's first page, millimetres.
///
/// # Errors
/// [`SheetPdfError::Writer`] when it is no PDF with a page.
pub fn page_size_mm(pdf: &[u8]) -> Result<[f64; 2], SheetPdfError> {
    let unreadable = |e: lopdf::Error| SheetPdfError::Writer(e.to_string());
    let pdf = lopdf::Document::load_mem(pdf).map_err(unreadable)?;
    let first = pdf.get_pages().into_values().next();
    let page = first.ok_or_else(|| SheetPdfError::Writer("no page".to_owned()))?;
    let media = pdf.get_dictionary(page).and_then(|page| page.get(b"MediaBox")).map_err(unreadable)?;
    let media = media.as_array().map_err(unreadable)?;
    let edge = |at: usize| media.get(at).and_then(|edge| edge.as_float().ok()).map_or(0.0, f64::from);
    // Papers are whole tenths of a millimetre; the file counts in points.
    let mm = |points: f64| (points / POINTS * 10.0).round() / 10.0;
    Ok([mm(edge(2) - edge(0)), mm(edge(3) - edge(1))])
}

/// A page without anything on it, to try a printer.
///
/// # Errors
/// [`SheetPdfError::Writer`].
pub fn empty_page(width_mm: f64, height_mm: f64) -> Result<Vec<u8>, SheetPdfError> {
    let mut document = PdfDocument::new("photo sheet");
    document.pages = vec![PdfPage::new(Mm(width_mm as f32), Mm(height_mm as f32), Vec::new())];
    finish::to_bytes(&document, 0)
}

fn photo_id(student: usize) -> XObjectId {
    XObjectId(format!("P{student:06}"))
}

/// The JPEG as the PDF's own image stream: the DCT filter takes the file as it is.
fn embedded(photo: &[u8], header: &JpegHeader) -> ExternalXObject {
    let name = |text: &str| DictItem::Name(text.as_bytes().to_vec());
    let dict = BTreeMap::from([
        ("Type".to_owned(), name("XObject")),
        ("Subtype".to_owned(), name("Image")),
        ("Width".to_owned(), DictItem::Int(header.size.width.into())),
        ("Height".to_owned(), DictItem::Int(header.size.height.into())),
        ("ColorSpace".to_owned(), name(if header.grey { "DeviceGray" } else { "DeviceRGB" })),
        ("BitsPerComponent".to_owned(), DictItem::Int(8)),
        ("Filter".to_owned(), name("DCTDecode")),
    ]);
    let stream = ExternalStream { dict, content: photo.to_vec(), compress: false };
    ExternalXObject { stream, width: None, height: None, dpi: None }
}

struct Pen<'a> {
    sheet: &'a Sheet,
    students: &'a [SheetStudent<'a>],
    photos: &'a [(Crop, JpegHeader)],
    font: &'a LabelFont,
    handle: PdfFontHandle,
}

impl Pen<'_> {
    fn page(&self, page: &Page) -> Result<PdfPage, SheetPdfError> {
        let mut ops = Vec::new();
        for photo in &page.photos {
            self.photo(photo, &mut ops);
        }
        for label in &page.labels {
            self.label(label, &mut ops)?;
        }
        ops.push(Op::SetOutlineColor { col: grey(0.0) });
        ops.push(Op::SetOutlineThickness { pt: Pt(MARK_WIDTH) });
        ops.extend(page.marks.iter().map(|mark| self.line(mark)));
        let (width, height) = (self.sheet.page_width as f32, self.sheet.page_height as f32);
        Ok(PdfPage::new(Mm(width), Mm(height), ops))
    }

    /// The photo behind a window of the print's size.
    fn photo(&self, placed: &Placed, ops: &mut Vec<Op>) {
        let (crop, JpegHeader { size, .. }) = &self.photos[placed.student];
        let rect = placed.rect;
        let printed_width = if placed.turned { rect.height } else { rect.width };
        // Millimetres a photo pixel; the crop has the print's proportions, so that it is the same along both axes.
        let scale = printed_width / crop.width;
        let (width, height) = (f64::from(size.width) * scale, f64::from(size.height) * scale);
        let (left, top) = (crop.x * scale, crop.y * scale);
        // The unit square of the image: where its axes point and where its lower left corner lies.
        let (axes, corner) = if placed.turned {
            let corner = [rect.x - top + height, rect.bottom() + left];
            ([0.0, width, -height, 0.0], corner)
        } else {
            let corner = [rect.x - left, rect.y - top + height];
            ([width, 0.0, 0.0, height], corner)
        };
        let [x, y] = self.point(corner);
        let [a, b, c, d] = axes.map(|mm| (mm * POINTS) as f32);
        let [window_x, window_y] = self.point([rect.x, rect.bottom()]);
        let window = Rect {
            x: Pt(window_x),
            y: Pt(window_y),
            width: Pt((rect.width * POINTS) as f32),
            height: Pt((rect.height * POINTS) as f32),
            mode: Some(PaintMode::Clip),
            winding_order: None,
        };
        let placing = XObjectTransform { no_auto_scale: true, ..XObjectTransform::default() };
        ops.extend([
            Op::SaveGraphicsState,
            Op::DrawRectangle { rectangle: window },
            Op::SetTransformationMatrix { matrix: CurTransMat::Raw([a, b, c, d, x, y]) },
            Op::UseXobject { id: photo_id(placed.student), transform: placing },
            Op::RestoreGraphicsState,
        ]);
    }

    fn label(&self, label: &Label, ops: &mut Vec<Op>) -> Result<(), SheetPdfError> {
        if let Some(rule) = &label.rule {
            ops.push(Op::SetOutlineColor { col: grey(GREY) });
            ops.push(Op::SetOutlineThickness { pt: Pt(MARK_WIDTH) });
            ops.push(self.line(rule));
        }
        let student = &self.students[label.student];
        if let Some(area) = &label.barcode {
            self.barcode(student.order_number, area, ops);
        }
        let runs: Vec<Run> =
            label.runs.iter().map(|run| self.set(*run, student)).collect::<Result<_, _>>()?;
        for run in &runs {
            let of_its_size = runs.iter().filter(|other| same_size(other, run));
            let em = of_its_size.map(Run::fitting_em).fold(run.at.em, f64::min);
            self.text(run, em, ops);
        }
        Ok(())
    }

    fn barcode(&self, order_number: &str, area: &sheet::Rect, ops: &mut Vec<Op>) {
        ops.push(Op::SetFillColor { col: grey(0.0) });
        for bar in code128::bars(order_number, area) {
            let [x, y] = self.point([bar.x, bar.bottom()]);
            let (width, height) = (Pt((bar.width * POINTS) as f32), Pt((bar.height * POINTS) as f32));
            let rectangle =
                Rect { x: Pt(x), y: Pt(y), width, height, mode: Some(PaintMode::Fill), winding_order: None };
            ops.push(Op::DrawRectangle { rectangle });
        }
    }

    fn set(&self, at: LabelRun, student: &SheetStudent<'_>) -> Result<Run, SheetPdfError> {
        let (field, text, tone) = match at.text {
            RunText::Caption(field) => (field, caption(field), GREY),
            RunText::Value(field) => (field, student.value(field), 0.0),
        };
        let set = self.font.set(text).map_err(|missing| SheetPdfError::GlyphMissing {
            order: student.order_number.to_owned(),
            field,
            code_point: u32::from(missing),
        })?;
        Ok(Run { at, tone, set })
    }

    fn text(&self, run: &Run, em: f64, ops: &mut Vec<Op>) {
        let [x, y] = self.point([run.at.x, run.at.baseline]);
        ops.extend([
            Op::SetFillColor { col: grey(run.tone) },
            Op::StartTextSection,
            Op::SetFont { font: self.handle.clone(), size: Pt((em * POINTS) as f32) },
            Op::SetTextCursor { pos: Point { x: Pt(x), y: Pt(y) } },
            Op::ShowText { items: vec![TextItem::GlyphIds(run.set.glyphs.clone())] },
            Op::EndTextSection,
        ]);
    }

    fn line(&self, segment: &Segment) -> Op {
        let point = |at| {
            let [x, y] = self.point(at);
            printpdf::LinePoint { p: Point { x: Pt(x), y: Pt(y) }, bezier: false }
        };
        let points = vec![point(segment.from), point(segment.to)];
        Op::DrawLine { line: printpdf::Line { points, is_closed: false } }
    }

    /// Millimetres from the top left corner to points from the lower left one, corrected for the printer.
    fn point(&self, [x, y]: [f64; 2]) -> [f32; 2] {
        let correction = self.sheet.correction;
        let (x, y) = (x + correction.x, self.sheet.page_height - (y + correction.y));
        [(x * POINTS) as f32, (y * POINTS) as f32]
    }
}

/// A line of a label, as glyphs.
struct Run {
    at: LabelRun,
    tone: f32,
    set: SetText,
}

impl Run {
    /// The type size at which it has room.
    fn fitting_em(&self) -> f64 {
        self.at.em.min(self.at.max_width / self.set.width_em.max(f64::EPSILON))
    }
}

/// Values of one label stay equally large, even when only one of them is long.
fn same_size(a: &Run, b: &Run) -> bool {
    (a.at.em - b.at.em).abs() < 1e-9
}

fn grey(level: f32) -> Color {
    Color::Greyscale(Greyscale { percent: level, icc_profile: None })
}
