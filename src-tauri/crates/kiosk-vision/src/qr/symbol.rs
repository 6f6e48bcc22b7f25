//! From sampled modules to bytes.

use kiosk_contain::contain;
use rqrr::{Grid, SimpleGrid};
use rxing::common::cpp_essentials::DecoderResult;
use rxing::common::{AIFlag, BitMatrix};
use rxing::qrcode::cpp_port::decoder::Decode;

use super::Encoding;
use super::text;

/// Bytes of a decoded symbol, and what it says about them.
pub(super) struct Symbol {
    pub payload: Vec<u8>,
    pub encoding: Encoding,
    /// Only when it can be no other text.
    pub text: Option<String>,
}

/// Version of a symbol `size` modules wide, if there is one.
pub(super) fn version_of(size: u32) -> Option<u8> {
    ((21..=177).contains(&size) && size % 4 == 1).then(|| ((size - 17) / 4) as u8)
}

/// Reads a square grid of modules (set = dark), mirrored or not.
///
/// rxing parses every segment kind; rqrr reads the format information more forgivingly and is asked second. An empty
/// payload is refused: an all-zero symbol satisfies Reed–Solomon and means nothing.
pub(super) fn decode(modules: &BitMatrix) -> Option<Symbol> {
    version_of(modules.width())?;
    contain(|| with_rxing(modules).or_else(|| with_rqrr(modules)))
        .flatten()
        .filter(|symbol| !symbol.payload.is_empty())
}

fn with_rxing(modules: &BitMatrix) -> Option<Symbol> {
    let decoded = Decode(modules).ok().filter(DecoderResult::isValid)?;
    let content = decoded.content();
    let encoding = if content.has_eci {
        Encoding::Eci
    } else if content.symbology.aiFlag == AIFlag::None {
        Encoding::Unstated
    } else {
        Encoding::ApplicationData
    };
    let payload = content.bytes().to_vec();
    let text = match encoding {
        Encoding::Eci => text::named(&payload, &content.to_string()),
        Encoding::Unstated => text::unnamed(&payload),
        Encoding::ApplicationData => text::ascii(&payload),
    };
    Some(Symbol { payload, encoding, text })
}

fn with_rqrr(modules: &BitMatrix) -> Option<Symbol> {
    let size = modules.width() as usize;
    let grid = Grid::new(SimpleGrid::from_func(size, |x, y| modules.get(x as u32, y as u32)));
    let mut payload = Vec::new();
    grid.decode_to(&mut payload).ok()?; // `decode` would insist on UTF-8
    // It does not tell whether a character set was named.
    let text = text::ascii(&payload);
    Some(Symbol { payload, encoding: Encoding::Unstated, text })
}
