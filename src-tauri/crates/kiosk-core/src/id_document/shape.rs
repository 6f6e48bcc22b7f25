//! Which document a folded text is.

use super::checksum::{hong_kong_check, mod_11_2_check};
use super::{IdKind, IdNumberError};
use crate::calendar::{LocalDay, days_in};

/// Longest number of any document, in characters.
pub(super) const LONGEST: usize = 18;

/// All-digit texts longer than this are resident numbers with a slip, not passports.
const LONGEST_ALL_DIGIT_PASSPORT: usize = 11;

/// Upper-case ASCII letters, digits and brackets of what was typed; blanks and dashes are dropped.
pub(super) fn fold(typed: &str, longest: usize) -> Result<String, IdNumberError> {
    let mut folded = String::with_capacity(longest);
    for c in typed.chars() {
        let c = half_width(c).to_ascii_uppercase();
        if is_filler(c) {
            continue;
        }
        if !(c.is_ascii_alphanumeric() || c == '(' || c == ')') {
            return Err(IdNumberError::BadCharacter);
        }
        if folded.len() == longest {
            return Err(IdNumberError::BadLength);
        }
        folded.push(c);
    }
    if folded.is_empty() { Err(IdNumberError::Empty) } else { Ok(folded) }
}

/// Full-width forms U+FF01–U+FF5E mirror ASCII 0x21–0x7E.
fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '×' | '╳' => 'X',
        _ => c,
    }
}

fn is_filler(c: char) -> bool {
    // U+2010–U+2015 are the dashes, U+2212 the minus; the last three are invisible.
    c.is_whitespace()
        || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// The document that a folded text is a valid number of.
pub(super) fn recognise(text: &str) -> Result<IdKind, IdNumberError> {
    if text.contains(['(', ')']) {
        return bracketed(text);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.len() - digits;
    match text.len() {
        0 => Err(IdNumberError::Empty),
        18 => eighteen(text),
        15 if letters == 0 => fifteen(text),
        15 if letters == 3 && starts_with_letters(text, 3) => Ok(IdKind::ForeignPermanentResidentOld),
        9 | 11 if letters == 1 && text.starts_with(['H', 'M']) => Ok(IdKind::HkMoTravelPermit),
        8 if letters == 0 => Ok(IdKind::TaiwanTravelPermit),
        len @ 5..=17 => {
            let all_digits_but_check = letters == 0 || (letters == 1 && text.ends_with('X'));
            if all_digits_but_check && len > LONGEST_ALL_DIGIT_PASSPORT {
                Err(IdNumberError::BadLength)
            } else {
                Ok(IdKind::Passport)
            }
        }
        _ => Err(IdNumberError::BadLength),
    }
}

/// `A123456(3)`, `1234567(8)` and `1234567801(B)`: one bracketed character at the very end.
fn bracketed(text: &str) -> Result<IdKind, IdNumberError> {
    let (body, inside) =
        text.strip_suffix(')').and_then(|t| t.split_once('(')).ok_or(IdNumberError::BadBracket)?;
    let mut inside = inside.chars();
    let (Some(inside), None) = (inside.next(), inside.next()) else {
        return Err(IdNumberError::BadBracket);
    };
    if body.contains(')') || !inside.is_ascii_alphanumeric() {
        return Err(IdNumberError::BadBracket);
    }
    if let Some(check) = hong_kong_check(body) {
        return if check == inside { Ok(IdKind::HongKongId) } else { Err(IdNumberError::BadChecksum) };
    }
    if !body.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IdNumberError::BadCharacter);
    }
    match body.len() {
        7 if inside.is_ascii_digit() => Ok(IdKind::MacaoId),
        10 => Ok(IdKind::TaiwanTravelPermit),
        _ => Err(IdNumberError::BadLength),
    }
}

fn eighteen(text: &str) -> Result<IdKind, IdNumberError> {
    let (body, check) = text.split_at(17);
    if !body.bytes().all(|b| b.is_ascii_digit())
        || !check.starts_with(|c: char| c.is_ascii_digit() || c == 'X')
    {
        return Err(IdNumberError::BadCharacter);
    }
    let kind = match &body[..6] {
        "810000" => IdKind::HongKongResidencePermit,
        "820000" => IdKind::MacaoResidencePermit,
        "830000" => IdKind::TaiwanResidencePermit,
        _ if body.starts_with('9') => IdKind::ForeignPermanentResident,
        _ => IdKind::ResidentId18,
    };
    // The foreigner's card is required to pass its checksum only: the meaning of its digits is not published.
    if kind != IdKind::ForeignPermanentResident && !is_date(&body[6..14]) {
        return Err(IdNumberError::BadDate);
    }
    if mod_11_2_check(body).is_some_and(|expected| check.starts_with(expected)) {
        Ok(kind)
    } else {
        Err(IdNumberError::BadChecksum)
    }
}

fn fifteen(text: &str) -> Result<IdKind, IdNumberError> {
    // No region begins with 9: among the 18-character numbers that is the foreigner's card, which never had 15.
    if text.starts_with('9') {
        return Err(IdNumberError::BadCharacter);
    }
    if is_date(&format!("19{}", &text[6..12])) {
        Ok(IdKind::ResidentId15)
    } else {
        Err(IdNumberError::BadDate)
    }
}

fn starts_with_letters(text: &str, count: usize) -> bool {
    text.bytes().take(count).all(|b| b.is_ascii_uppercase())
}

/// The day that eight digits are in the Gregorian calendar, 1800–2099.
pub(super) fn date(digits: &str) -> Option<LocalDay> {
    let number = |range| digits.get(range).and_then(|s: &str| s.parse::<u16>().ok());
    let (year, month, day) = (number(0..4)?, number(4..6)? as u8, number(6..8)? as u8);
    let real = (1800..=2099).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day);
    real.then_some(LocalDay { year, month, day })
}

fn is_date(digits: &str) -> bool {
    date(digits).is_some()
}
