//! 交接单: one page on A4 that says what is handed over, to be signed by both sides.
//!
//! The manifest's hash on it stands for every photo: whoever has the signed paper can tell at any time whether a medium still holds
//! what was handed over.

use kiosk_core::hex::hex;
use kiosk_core::order::UnixMillis;
use printpdf::{
    Color, Greyscale, Line, LinePoint, Mm, Op, PdfDocument, PdfFont, PdfFontHandle, PdfPage, Point, Pt,
    TextItem,
};

use crate::sheet_pdf::{LabelFont, SheetPdfError, finish, font};

const POINTS: f64 = 72.0 / 25.4;
const PAPER: [f64; 2] = [210.0, 297.0];
const LEFT: f64 = 24.0;
const RIGHT: f64 = 186.0;
/// Where the values of the table begin.
const VALUES: f64 = 64.0;
const CAPTION_GREY: f32 = 0.35;

/// What is handed over. Counts only: no person is named.
#[derive(Debug, Clone, Copy)]
pub struct Receipt<'a> {
    /// Name of the delivery.
    pub title: &'a str,
    /// Whose photos: school, college, class, day, as far as that was chosen.
    pub scope: &'a str,
    /// When it was made, on the wall's clock.
    pub made: &'a str,
    /// Number of photos.
    pub photos: usize,
    /// Bytes of the photos.
    pub photo_bytes: u64,
    /// Students of the roster who are not in it; `None` without a roster.
    pub absent: Option<usize>,
    /// SHA-256 of the manifest.
    pub manifest_sha256: [u8; 32],
    /// Program and version.
    pub software: &'a str,
}

/// Draws the page. The same arguments give the same bytes.
///
/// # Errors
/// [`SheetPdfError::Writer`] only: a character that the font lacks is written as its code point.
pub fn draw(receipt: &Receipt<'_>, font: &LabelFont, at: UnixMillis) -> Result<Vec<u8>, SheetPdfError> {
    let page = lines(receipt);
    let texts: Vec<String> = page.texts.iter().map(|text| printable(&text.words, font)).collect();
    let mut document = PdfDocument::new("毕业照交接单 · receipt");
    let id = font::id_for(texts.iter().map(String::as_str));
    document.resources.fonts.map.insert(id.clone(), PdfFont::new(font.parsed.clone()));
    let handle = PdfFontHandle::External(id);
    let mut ops = Vec::new();
    for (placed, text) in page.texts.iter().zip(&texts) {
        let Ok(set) = font.set(text) else { continue };
        ops.extend([
            Op::SetFillColor { col: grey(placed.grey) },
            Op::StartTextSection,
            Op::SetFont { font: handle.clone(), size: Pt((placed.em * POINTS) as f32) },
            Op::SetTextCursor { pos: point([placed.x, placed.baseline]) },
            Op::ShowText { items: vec![TextItem::GlyphIds(set.glyphs)] },
            Op::EndTextSection,
        ]);
    }
    ops.push(Op::SetOutlineColor { col: grey(0.4) });
    ops.push(Op::SetOutlineThickness { pt: Pt(0.5) });
    ops.extend(page.rules.iter().map(|&[from, to]| {
        let points = [from, to].map(|at| LinePoint { p: point(at), bezier: false });
        Op::DrawLine { line: Line { points: points.to_vec(), is_closed: false } }
    }));
    document.pages = vec![PdfPage::new(Mm(PAPER[0] as f32), Mm(PAPER[1] as f32), ops)];
    finish::to_bytes(&document, at)
}

/// A line of text, millimetres from the top left corner.
struct Text {
    words: String,
    x: f64,
    baseline: f64,
    em: f64,
    grey: f32,
}

#[derive(Default)]
struct Content {
    texts: Vec<Text>,
    rules: Vec<[[f64; 2]; 2]>,
}

impl Content {
    fn text(&mut self, text: impl Into<String>, x: f64, baseline: f64, em: f64, grey: f32) {
        self.texts.push(Text { words: text.into(), x, baseline, em, grey });
    }

    fn rule(&mut self, y: f64, from: f64, to: f64) {
        self.rules.push([[from, y], [to, y]]);
    }
}

fn lines(receipt: &Receipt<'_>) -> Content {
    let mut page = Content::default();
    page.text("毕业照交接单", LEFT, 36.0, 8.0, 0.0);
    page.text("Receipt of degree photos", LEFT, 43.0, 3.4, CAPTION_GREY);
    page.rule(50.0, LEFT, RIGHT);
    let absent = receipt
        .absent
        .map_or_else(|| "未导入学校名单".to_owned(), |count| format!("{count} 人（见 未采集.xlsx）"));
    let scope = if receipt.scope.is_empty() { "全部" } else { receipt.scope };
    let rows = [
        ("名称 Name", receipt.title.to_owned()),
        ("范围 Scope", scope.to_owned()),
        ("制作时间 Made", receipt.made.to_owned()),
        ("照片 Photos", format!("{} 张", receipt.photos)),
        ("照片总大小 Size", format!("{} 字节 bytes", receipt.photo_bytes)),
        ("名单中未交付 Missing", absent),
        ("制作程序 Made by", receipt.software.to_owned()),
    ];
    let mut y = 60.0;
    for (caption, value) in rows {
        page.text(caption, LEFT, y, 3.4, CAPTION_GREY);
        for part in wrapped(&value, 30) {
            page.text(part, VALUES, y, 4.4, 0.0);
            y += 6.5;
        }
        y += 3.5;
    }
    page.rule(y, LEFT, RIGHT);
    page.text("校验清单 manifest-sha256.txt 的 SHA-256", LEFT, y + 9.0, 3.4, CAPTION_GREY);
    let hash = hex(&receipt.manifest_sha256);
    for (at, half) in [&hash[..32], &hash[32..]].into_iter().enumerate() {
        let groups: Vec<&str> = (0..4).map(|group| &half[8 * group..8 * group + 8]).collect();
        page.text(groups.join("  "), LEFT, y + 18.0 + 8.0 * at as f64, 5.0, 0.0);
    }
    y += 37.0;
    for line in [
        "每张照片写入后均已从介质回读，并与采集记录逐一核对一致。",
        "接收后请按 说明.txt 自行核对；上面这一行校验值代表全部照片，任何一张改变都会不同。",
        "Every photo was read back and compared. 说明.txt tells how to verify it without software.",
    ] {
        page.text(line, LEFT, y, 3.4, 0.0);
        y += 6.5;
    }
    signatures(&mut page, y + 22.0);
    page
}

/// Both sides side by side: who, signature, date.
fn signatures(page: &mut Content, top: f64) {
    for (x, side) in [(LEFT, "交付方 Delivered by"), (110.0, "接收方 Received by")] {
        page.text(side, x, top, 4.4, 0.0);
        for (row, caption) in ["单位 Organisation", "签字 Signature", "日期 Date"].into_iter().enumerate()
        {
            let y = top + 16.0 + 17.0 * row as f64;
            page.text(caption, x, y, 3.0, CAPTION_GREY);
            page.rule(y + 1.5, x + 28.0, x + 74.0);
        }
    }
}

/// Lines of at most so many Chinese characters; others are half as wide.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for character in text.chars() {
        let width = if character.is_ascii() { 1 } else { 2 };
        if used + width > 2 * most {
            lines.push(String::new());
            used = 0;
        }
        used += width;
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
    }
    lines
}

/// What the font lacks, as its code point: a box would tell nothing.
fn printable(text: &str, font: &LabelFont) -> String {
    text.chars()
        .map(|c| if font.has(c) { c.to_string() } else { format!("[U+{:04X}]", u32::from(c)) })
        .collect()
}

fn point([x, y]: [f64; 2]) -> Point {
    Point { x: Pt((x * POINTS) as f32), y: Pt(((PAPER[1] - y) * POINTS) as f32) }
}

fn grey(level: f32) -> Color {
    Color::Greyscale(Greyscale { percent: level, icc_profile: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_scope_goes_on_in_the_next_line() {
        assert_eq!(wrapped("虚构大学ab", 3), ["虚构大", "学ab"]);
        assert_eq!(wrapped("", 3), [""]);
    }
}
