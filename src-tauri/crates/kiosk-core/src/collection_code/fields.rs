use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a code says about its student. Each may be missing; none is verified.
///
/// On the wire (`kiosk scan`, the open format) the names are these; the short names in brackets are the keys of
/// the JSON that is found in codes.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CodeFields {
    /// The code itself, 16 hexadecimal digits (`cjm`).
    pub code: Option<String>,
    /// School's name.
    pub school: Option<String>,
    /// School's five-digit number (`yxdm`).
    pub school_code: Option<String>,
    /// Student number (`xh`).
    pub student_number: Option<String>,
    /// Name, as a rule masked: 赵** (`xm`).
    pub name: Option<String>,
    /// Last four characters of the ID document (`zjhm`).
    pub id_last4: Option<String>,
    /// Level: 本科, 专科 (`cc`).
    pub level: Option<String>,
    /// Category of education: 普通高等教育 (`xllb`).
    pub category: Option<String>,
    /// College (`fy`).
    pub college: Option<String>,
    /// Class (`bh`).
    pub class: Option<String>,
    /// When the code was made, milliseconds since 1970 UTC (`sjc`).
    pub issued_ms: Option<String>,
}

/// Key in the JSON of codes and its place here.
type Row = (&'static str, fn(&mut CodeFields) -> &mut Option<String>);

/// `yxmc` (院校名称) is this kiosk's own: the published imitation names no school.
const KEYS: [Row; 11] = [
    ("cjm", |f| &mut f.code),
    ("yxmc", |f| &mut f.school),
    ("yxdm", |f| &mut f.school_code),
    ("xh", |f| &mut f.student_number),
    ("xm", |f| &mut f.name),
    ("zjhm", |f| &mut f.id_last4),
    ("cc", |f| &mut f.level),
    ("xllb", |f| &mut f.category),
    ("fy", |f| &mut f.college),
    ("bh", |f| &mut f.class),
    ("sjc", |f| &mut f.issued_ms),
];

impl CodeFields {
    /// Reads the JSON of a code. `None` when it is not an object or tells no code, student number or last four:
    /// some other QR code that happens to hold JSON.
    pub(super) fn from_json(json: &[u8]) -> Option<Self> {
        // serde_json stops at a nesting of 128.
        let object: Map<String, Value> = serde_json::from_slice(json).ok()?;
        let mut fields = Self::default();
        for (key, value) in &object {
            if let Some((_, place)) = KEYS.iter().find(|(name, _)| key.eq_ignore_ascii_case(name)) {
                *place(&mut fields) = text_of(value);
            }
        }
        let tells = fields.code.is_some() || fields.student_number.is_some() || fields.id_last4.is_some();
        tells.then_some(fields)
    }

    /// The JSON of a code: known keys in a fixed order, missing ones left out.
    pub(super) fn to_json(&self) -> String {
        let mut copy = self.clone();
        let pairs: Vec<String> = KEYS
            .iter()
            .filter_map(|(key, place)| {
                place(&mut copy).take().map(|text| format!("\"{key}\":{}", Value::String(text)))
            })
            .collect();
        format!("{{{}}}", pairs.join(","))
    }
}

impl fmt::Debug for CodeFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut copy = self.clone();
        let told: Vec<&str> =
            KEYS.iter().filter(|(_, place)| place(&mut copy).is_some()).map(|(key, _)| *key).collect();
        write!(f, "CodeFields({})", told.join(" "))
    }
}

/// 赵** for 赵某某; a name of one character gets a star as well, a long one no more than three.
#[must_use]
pub fn mask_name(name: &str) -> String {
    let stars = name.chars().count().saturating_sub(1).clamp(1, 3);
    name.chars().take(1).chain(std::iter::repeat_n('*', stars)).collect()
}

/// Text and whole numbers count as told; blank, null and anything else does not.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|t| !t.is_empty()).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
