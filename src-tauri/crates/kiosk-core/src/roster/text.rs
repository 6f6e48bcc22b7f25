use encoding_rs::{Encoding, GB18030, UTF_8};

/// The file's text with `\n` line ends and without byte order mark; `None` when it is not text.
///
/// A mark decides; without one, bytes that are valid UTF-8 are UTF-8 and everything else is GB18030, in which Chinese
/// spreadsheets save CSV. The reverse guess would turn UTF-8 into other, valid characters.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    let bytes = bytes.get(mark..)?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes).or_else(|| {
        GB18030.decode_without_bom_handling_and_without_replacement(bytes).filter(|_| mark == 0)
    })?;
    // GB18030 accepts nearly any bytes; a picture or a workbook gives itself away by its zeros.
    if text.contains('\0') {
        return None;
    }
    Some(text.replace("\r\n", "\n").replace('\r', "\n"))
}
