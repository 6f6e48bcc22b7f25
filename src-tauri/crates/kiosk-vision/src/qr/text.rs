//! Bytes as text, where that is certain. Reed–Solomon protects the bytes, nothing protects a guess at their character set.

use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE};

/// Character sets that a symbol may name and whose bytes can be told to be wrong.
const NAMED: [&Encoding; 6] = [UTF_8, GB18030, SHIFT_JIS, BIG5, EUC_KR, UTF_16BE];

/// Text of a symbol that names no character set: UTF-8, unless the bytes may as well be GB18030.
///
/// Characters of three and four bytes fit GB18030 by rare accident and then make no words; those of two bytes
/// (C2–DF, 80–BF) are all among its characters.
pub(super) fn unnamed(payload: &[u8]) -> Option<String> {
    let text = strict(UTF_8, payload)?;
    let certain = payload.is_ascii()
        || text.chars().any(|character| character.len_utf8() > 2)
        || strict(GB18030, payload).is_none();
    certain.then_some(text).filter(|_| !binary(payload))
}

/// Text of a symbol that names character sets, of which the decoder made `decoded`: certain when one set makes the same
/// of all the bytes. The decoder guesses where it does not know a set, and drops what it cannot decode.
pub(super) fn named(payload: &[u8], decoded: &str) -> Option<String> {
    NAMED.iter().find_map(|encoding| strict(encoding, payload).filter(|text| text == decoded))
}

/// Text in the characters that nearly all sets share.
pub(super) fn ascii(payload: &[u8]) -> Option<String> {
    (payload.is_ascii() && !binary(payload)).then(|| payload.iter().map(|byte| char::from(*byte)).collect())
}

/// No text holds a NUL.
fn binary(payload: &[u8]) -> bool {
    payload.contains(&0)
}

fn strict(encoding: &'static Encoding, payload: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(payload).map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_certain_text_is_text() {
        let sure = ["plain", "姓名：张三", "é 和 ü", "\u{feff}{\"xm\":\"张三\"}", "😀"];
        for text in sure {
            assert_eq!(unnamed(text.as_bytes()).as_deref(), Some(text));
        }
        let gb18030 = GB18030.encode("姓名：张三").0;
        let accidental = GB18030.encode("茅").0;
        assert_eq!(std::str::from_utf8(&accidental), Ok("é"), "the same two bytes");
        for bytes in [&gb18030[..], &accidental, &[0xff, 0xfe], &[0; 4], b"a\0b", &SHIFT_JIS.encode("点").0]
        {
            assert_eq!(unnamed(bytes), None, "{bytes:x?}");
        }
    }

    #[test]
    fn a_named_set_is_believed_when_the_bytes_are_of_it() {
        let gb18030 = GB18030.encode("茅").0;
        assert_eq!(named(&gb18030, "茅").as_deref(), Some("茅"));
        assert_eq!(named("é".as_bytes(), "é").as_deref(), Some("é"));
        assert_eq!(named(&[0xff, 0xfe, 0x41], "A"), None, "something was dropped");
        assert_eq!(named(&[0xe9, 0x41], "éA"), None, "bytes shown as Latin-1 may be anything");
    }
}
