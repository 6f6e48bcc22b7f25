//! What stands beside a student's prints, line by line.

use super::{Rect, Segment};

/// Narrowest label with its fields one below the other: fourteen digits of 2 mm type and a margin.
pub(super) const COLUMN_WIDTH: f64 = 20.0;
const COLUMN_HEIGHT: f64 = 26.0;
const STRIP_WIDTH: f64 = 48.0;
/// Lowest label with its fields side by side: two lines of caption and value.
pub(super) const STRIP_HEIGHT: f64 = 14.0;
const PANEL_WIDTH: f64 = 60.0;

/// Eleven characters with their quiet zones at two dots a module of 300 dpi.
pub(super) const BAR_ROOM: f64 = 27.0;
/// What a hand scanner hits without aiming.
const BAR_HEIGHT: f64 = 8.0;
const BAR_MARGIN: f64 = 2.0;
/// Least height of the text above the bars.
const TEXT_HEIGHT: f64 = 25.0;

/// Part of an em from the top of a character cell to the baseline, as Chinese type is cut.
const ASCENT: f64 = 0.88;

/// What a label tells of a student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabelField {
    /// 姓名
    Name,
    /// 学号
    StudentNumber,
    /// 班级
    Class,
    /// Last four characters of the identity document.
    LastFour,
    /// The kiosk's order number.
    OrderNumber,
}

impl LabelField {
    /// Every field, in reading order.
    pub const ALL: [Self; 5] =
        [Self::Name, Self::StudentNumber, Self::Class, Self::LastFour, Self::OrderNumber];
}

/// What one run of text shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunText {
    /// The field's caption, in grey.
    Caption(LabelField),
    /// The field's value; a dash where there is none.
    Value(LabelField),
}

/// One run of text. Text wider than `max_width` is set in smaller type, and with it all runs of its size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelRun {
    /// What it shows.
    pub text: RunText,
    /// Left end of the baseline.
    pub x: f64,
    /// Baseline.
    pub baseline: f64,
    /// Type size.
    pub em: f64,
    /// Room to the right.
    pub max_width: f64,
}

/// One student's label.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Index into the students.
    pub student: usize,
    /// All of it lies inside.
    pub area: Rect,
    /// The text.
    pub runs: Vec<LabelRun>,
    /// A hairline under the name.
    pub rule: Option<Segment>,
    /// Where the order number stands as bars; see [`super::code128`].
    pub barcode: Option<Rect>,
}

/// Whether an area can hold a legible label.
pub(super) fn fits(width: f64, height: f64) -> bool {
    let at_least = |w: f64, h: f64| width >= w - super::TOLERANCE && height >= h - super::TOLERANCE;
    at_least(COLUMN_WIDTH, COLUMN_HEIGHT) || at_least(STRIP_WIDTH, STRIP_HEIGHT)
}

impl Label {
    /// Sets a label into an area: as a panel, a column or a strip, by its proportions.
    pub(super) fn in_area(student: usize, area: Rect) -> Self {
        let mut label = Self { student, area, runs: Vec::with_capacity(9), rule: None, barcode: None };
        let text = label.reserve_barcode();
        // The text is set into what is left.
        label.area = text;
        if area.height < COLUMN_HEIGHT {
            label.strip();
        } else if text.width >= PANEL_WIDTH {
            label.panel();
        } else {
            label.column();
        }
        label.area = area;
        label
    }

    /// Bars along the lower edge where the text keeps enough, else at the right end of a long strip.
    fn reserve_barcode(&mut self) -> Rect {
        let Rect { x, y, width, height } = self.area;
        let below = Rect { height: height - BAR_HEIGHT - BAR_MARGIN, ..self.area };
        if width >= BAR_ROOM - super::TOLERANCE && below.height >= TEXT_HEIGHT - super::TOLERANCE {
            self.barcode = Some(Rect { x, y: below.bottom(), width, height: BAR_HEIGHT });
            return below;
        }
        // Too narrow for bars side by side: they stand one above the other.
        let above = Rect { height: height - BAR_ROOM - BAR_MARGIN, ..self.area };
        if width < BAR_ROOM && above.height >= TEXT_HEIGHT - super::TOLERANCE {
            let (x, width) = (x + BAR_MARGIN, width - 2.0 * BAR_MARGIN);
            self.barcode = Some(Rect { x, y: above.bottom(), width, height: BAR_ROOM });
            return above;
        }
        let beside = Rect { width: width - BAR_ROOM, ..self.area };
        let is_strip = (BAR_HEIGHT + 2.0 * BAR_MARGIN..COLUMN_HEIGHT).contains(&height);
        if is_strip && beside.width >= STRIP_WIDTH {
            let top = y + (height - BAR_HEIGHT) / 2.0;
            self.barcode = Some(Rect { x: beside.right(), y: top, width: BAR_ROOM, height: BAR_HEIGHT });
            return beside;
        }
        self.area
    }

    /// A large name over two rows of two fields.
    fn panel(&mut self) {
        let Rect { width, height, .. } = self.area;
        let margin = (height * 0.1).min(5.0);
        let name = (height * 0.17).clamp(4.5, 8.0);
        let row = ((height - 2.0 * margin - name * 1.6) / 2.0).min(12.0);
        let column = (width - 2.0 * margin) / 2.0;
        let top = (height - name * 1.6 - 2.0 * row) / 2.0;
        self.name(margin, top, name);
        for (i, field) in LabelField::ALL.into_iter().skip(1).enumerate() {
            let x = margin + column * (i % 2) as f64;
            let y = top + name * 1.6 + row * (i / 2) as f64;
            self.captioned(field, [x, y + row * 0.2], column - 2.0, row * 0.8);
        }
    }

    /// The name over all fields, one below the other.
    fn column(&mut self) {
        let Rect { width, height, .. } = self.area;
        let margin = 2.0;
        let name = ((width - 2.0 * margin) / 4.0).clamp(3.6, 5.0);
        let head = name * 1.6;
        let row = ((height - 2.0 * margin - head) / 4.0).min(8.5);
        let top = margin.max((height - head - 4.0 * row) / 2.0);
        self.name(margin, top, name);
        for (i, field) in LabelField::ALL.into_iter().skip(1).enumerate() {
            let y = top + head + row * i as f64;
            let room = width - 2.0 * margin;
            if row >= 5.6 {
                self.captioned(field, [margin, y + row * 0.16], room, row * 0.84);
            } else {
                self.run(RunText::Value(field), [margin, y + row * 0.3], room, (row * 0.6).min(2.6));
            }
        }
    }

    /// The name at the left, the fields in two columns beside it.
    fn strip(&mut self) {
        let Rect { width, height, .. } = self.area;
        let margin = 2.0;
        let column = (width - 2.0 * margin) / 3.0;
        let name = (column / 4.5).clamp(3.2, 5.0);
        self.run(RunText::Value(LabelField::Name), [margin, (height - name) / 2.0], column - 2.0, name);
        let row = ((height - 1.5) / 2.0).min(7.0);
        let top = (height - 2.0 * row) / 2.0;
        for (i, field) in LabelField::ALL.into_iter().skip(1).enumerate() {
            let x = margin + column * (1 + i / 2) as f64;
            let y = top + row * (i % 2) as f64;
            self.captioned(field, [x, y + 0.3], column - 1.5, row - 0.3);
        }
    }

    fn name(&mut self, x: f64, top: f64, em: f64) {
        let room = self.area.width - 2.0 * x;
        self.run(RunText::Value(LabelField::Name), [x, top], room, em);
        let y = self.area.y + top + em * 1.3;
        self.rule = Some(Segment { from: [self.area.x + x, y], to: [self.area.x + x + room, y] });
    }

    /// A small caption over its value, both in `height`.
    fn captioned(&mut self, field: LabelField, [x, top]: [f64; 2], room: f64, height: f64) {
        let caption = (height * 0.32).clamp(1.7, 2.6);
        let value = (height * 0.48).min(4.2);
        self.run(RunText::Caption(field), [x, top], room, caption);
        self.run(RunText::Value(field), [x, top + caption * 1.3], room, value);
    }

    /// `at` is the top left corner of the first character, inside the label.
    fn run(&mut self, text: RunText, at: [f64; 2], max_width: f64, em: f64) {
        let (x, baseline) = (self.area.x + at[0], self.area.y + at[1] + em * ASCENT);
        self.runs.push(LabelRun { text, x, baseline, em, max_width });
    }
}
