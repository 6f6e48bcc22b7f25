//! The collection code (图像采集码): kept byte for byte, understood when it can be.
//!
//! A payload is tried against the rows of `DECODERS` in order; the first that recognises it tells the kind and the fields.
//! What nobody recognises is [`CodeKind::Opaque`]: an identity token, and the person types the rest. A new
//! form of code is one function and one row.
//!
//! # The open format
//!
//! For schools, tests and the simulated studio: `DPK1:` followed by the Base45 text (RFC 9285) of a UTF-8 JSON
//! object with the keys of [`CodeFields`] (`cjm`, `yxmc`, `yxdm`, `xh`, `xm`, `zjhm`, `cc`, `xllb`, `fy`, `bh`,
//! `sjc`), all texts, each optional, but at least one of `cjm`, `xh`, `zjhm`. Every character belongs to
//! the alphanumeric mode of QR codes, so that no reader can guess a wrong character set, and two bytes cost
//! 16.5 bits. `1` is the version: a reader that meets another treats the code as opaque.
//!
//! Signed, it is `DPK1S:`, an Ed25519 signature (64 bytes, Base45: 96 characters) and the same Base45 text. What is signed is the
//! unsigned code, `DPK1:` and that text. A studio that names public keys takes signed codes only, where they are in the open format.

mod base45;
mod fields;
mod signed;

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};

use crate::roster::RosterEntry;

pub use fields::{CodeFields, mask_name};
pub use signed::{BadCodeKey, CodeKey, SIGNED_PREFIX};

/// Begins a code in the open format, version 1.
pub const OPEN_PREFIX: &str = "DPK1:";

/// Longer payloads are not looked into: the largest QR code holds 7,089 digits or 2,953 bytes.
const LONGEST_DECODED: usize = 8 * 1024;

/// What kind of code it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CodeKind {
    /// JSON with the known keys, plain or in base64.
    ChsiJson,
    /// The open format.
    Open,
    /// Understood through a school's roster, in which the payload or its student number stands.
    Roster,
    /// Not understood: an identity token.
    Opaque,
}

impl CodeKind {
    /// The name in the order log and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChsiJson => "chsi_json",
            Self::Open => "open",
            Self::Roster => "roster",
            Self::Opaque => "opaque",
        }
    }
}

impl FromStr for CodeKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        [Self::ChsiJson, Self::Open, Self::Roster, Self::Opaque]
            .into_iter()
            .find(|k| k.as_str() == name)
            .ok_or(UnknownKind)
    }
}

/// A kind of code that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of collection code")]
pub struct UnknownKind;

/// A collection code. `Debug` shows its kind and length.
#[derive(Clone, PartialEq, Eq)]
pub struct CollectionCode {
    /// What the QR code holds, byte for byte.
    pub payload: Vec<u8>,
    /// Which decoder understood it.
    pub kind: CodeKind,
    /// What it says; `None` for an opaque code.
    pub fields: Option<CodeFields>,
}

/// `None` when the payload is not of the decoder's kind.
type Decoder = fn(&[u8]) -> Option<CodeFields>;

const DECODERS: [(CodeKind, Decoder); 4] = [
    (CodeKind::Open, open_format),
    (CodeKind::Open, signed::signed_format),
    (CodeKind::ChsiJson, plain_json),
    (CodeKind::ChsiJson, base64_json),
];

impl CollectionCode {
    /// Keeps the payload and understands what it can. Never fails: any bytes are a code.
    #[must_use]
    pub fn decode(payload: &[u8]) -> Self {
        let understood = (payload.len() <= LONGEST_DECODED)
            .then(|| DECODERS.iter().find_map(|(kind, decode)| Some((*kind, decode(payload)?))))
            .flatten();
        let (kind, fields) = match understood {
            Some((kind, fields)) => (kind, Some(fields)),
            None => (CodeKind::Opaque, None),
        };
        Self { payload: payload.to_vec(), kind, fields }
    }

    /// The last decoder: what the code does not tell itself comes from the student's line in a school's roster.
    ///
    /// The code's own number is never taken from there, so that a code keeps its [`identity`](Self::identity) when a roster comes or
    /// goes between two visits.
    #[must_use]
    pub fn understood_through(mut self, entry: &RosterEntry) -> Self {
        if self.kind == CodeKind::Opaque {
            self.kind = CodeKind::Roster;
        }
        let own = self.fields.take().unwrap_or_default();
        self.fields = Some(CodeFields {
            school: own.school.or_else(|| entry.school.clone()),
            student_number: own.student_number.or_else(|| entry.student_number.clone()),
            // A code tells a masked name.
            name: entry.name.clone().or(own.name),
            level: own.level.or_else(|| entry.level.clone()),
            college: own.college.or_else(|| entry.college.clone()),
            class: own.class.or_else(|| entry.class.clone()),
            ..own
        });
        self
    }

    /// A code in the open format that tells `fields`.
    #[must_use]
    pub fn open(fields: &CodeFields) -> Self {
        Self::decode(format!("{OPEN_PREFIX}{}", base45::encode(fields.to_json().as_bytes())).as_bytes())
    }

    /// Whether this code claims what nobody with one of `keys` signed. Other kinds of codes know no signature, and without keys none is
    /// asked for.
    #[must_use]
    pub fn is_forged(&self, keys: &[CodeKey]) -> bool {
        !keys.is_empty()
            && signed::claims_the_format(&self.payload)
            && !signed::is_signed(&self.payload, keys)
    }

    /// The payload as text, when it is UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        String::from_utf8(self.payload.clone()).ok()
    }

    /// Equal for two codes of one record: the code's own number when it tells one, else the whole payload.
    ///
    /// As confidential as the payload itself.
    #[must_use]
    pub fn identity(&self) -> String {
        match self.fields.as_ref().and_then(|f| f.code.as_deref()) {
            Some(code) => Self::identity_of(code),
            None => format!("raw:{}", base64::engine::general_purpose::STANDARD.encode(&self.payload)),
        }
    }

    /// The identity of a code that tells this number.
    #[must_use]
    pub fn identity_of(number: &str) -> String {
        format!("cjm:{}", number.to_ascii_lowercase())
    }
}

impl fmt::Debug for CollectionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CollectionCode({}, {} bytes)", self.kind.as_str(), self.payload.len())
    }
}

fn open_format(payload: &[u8]) -> Option<CodeFields> {
    let text = payload.trim_ascii().strip_prefix(OPEN_PREFIX.as_bytes())?;
    CodeFields::from_json(&base45::decode(text)?)
}

fn plain_json(payload: &[u8]) -> Option<CodeFields> {
    const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
    CodeFields::from_json(payload.strip_prefix(BYTE_ORDER_MARK).unwrap_or(payload))
}

fn base64_json(payload: &[u8]) -> Option<CodeFields> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let text: Vec<u8> = payload.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    let alphabet =
        if text.contains(&b'-') || text.contains(&b'_') { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    plain_json(&GeneralPurpose::new(alphabet, LENIENT).decode(text).ok()?)
}

#[cfg(test)]
mod tests;
