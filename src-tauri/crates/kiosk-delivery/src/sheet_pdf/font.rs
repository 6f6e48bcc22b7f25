//! The label's font: every character is looked up before anything is drawn.

use printpdf::{Codepoint, FontId, ParsedFont};
use sha2::{Digest, Sha256};

use super::SheetPdfError;

/// A parsed TrueType font; parse once, draw many sheets. Only the characters in use are embedded.
pub struct LabelFont {
    pub(crate) parsed: ParsedFont,
    units_per_em: f64,
}

/// Text as glyphs.
pub(crate) struct SetText {
    pub(crate) glyphs: Vec<Codepoint>,
    pub(crate) width_em: f64,
}

impl LabelFont {
    /// Parses the font, e.g. Noto Sans SC Regular as TTF.
    ///
    /// # Errors
    /// [`SheetPdfError::FontUnreadable`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SheetPdfError> {
        let parsed =
            ParsedFont::from_bytes(bytes, 0, &mut Vec::new()).ok_or(SheetPdfError::FontUnreadable)?;
        let units_per_em = f64::from(parsed.font_metrics.units_per_em);
        if units_per_em <= 0.0 || !parsed.has_source_bytes() {
            return Err(SheetPdfError::FontUnreadable);
        }
        Ok(Self { parsed, units_per_em })
    }

    /// Whether the font has a glyph for a character.
    pub fn has(&self, character: char) -> bool {
        self.glyph(character).is_some()
    }

    /// The glyphs of a text, or the first character that has none.
    pub(crate) fn set(&self, text: &str) -> Result<SetText, char> {
        let mut glyphs = Vec::with_capacity(text.len());
        let mut width = 0.0;
        for character in text.chars() {
            let glyph = self.glyph(character).ok_or(character)?;
            width += f64::from(self.parsed.get_horizontal_advance(glyph));
            glyphs.push(Codepoint::with_cid(glyph, 0.0, character.to_string()));
        }
        Ok(SetText { glyphs, width_em: width / self.units_per_em })
    }

    /// Glyph 0 is the box that stands for a missing character.
    fn glyph(&self, character: char) -> Option<u16> {
        self.parsed.lookup_glyph_index(u32::from(character)).filter(|&glyph| glyph != 0)
    }
}

/// Six capitals that differ for different texts: printers keep fonts by name, and two subsets of the same
/// name would print each other's glyphs. ISO 32000-1, 9.6.4.
pub(crate) fn id_for<'a>(texts: impl Iterator<Item = &'a str>) -> FontId {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    FontId(hash.finalize().iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect())
}
