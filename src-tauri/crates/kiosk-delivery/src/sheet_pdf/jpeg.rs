//! What a PDF must know of a JPEG that it carries unchanged.

use kiosk_core::PixelSize;

/// From the frame header, ITU-T T.81 B.2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JpegHeader {
    pub(super) size: PixelSize,
    pub(super) grey: bool,
}

impl JpegHeader {
    pub(super) fn read(jpeg: &[u8]) -> Result<Self, &'static str> {
        // A file that was cut short still decodes, with grey where the rest was.
        if !jpeg.trim_ascii_end().ends_with(&[0xFF, 0xD9]) {
            return Err("the photo has no end");
        }
        let mut rest = jpeg.strip_prefix(&[0xFF, 0xD8]).ok_or("the photo is not a JPEG")?;
        while let [0xFF, marker, high, low, ..] = *rest {
            if marker == 0xFF {
                rest = &rest[1..];
                continue;
            }
            let length = usize::from(u16::from_be_bytes([high, low]));
            let segment = rest.get(4..2 + length).ok_or("the photo is cut short")?;
            match marker {
                // Baseline, extended sequential and progressive DCT with Huffman codes: what the DCT filter reads.
                0xC0..=0xC2 => return Self::from_frame(segment),
                0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return Err("an unusual kind of JPEG"),
                _ => rest = &rest[2 + length..],
            }
        }
        Err("the photo has no frame header")
    }

    fn from_frame(segment: &[u8]) -> Result<Self, &'static str> {
        let &[8, h1, h0, w1, w0, components, ..] = segment else {
            return Err("not 8 bits a channel");
        };
        let size = PixelSize {
            width: u16::from_be_bytes([w1, w0]).into(),
            height: u16::from_be_bytes([h1, h0]).into(),
        };
        match components {
            _ if size.width == 0 || size.height == 0 => Err("a photo without pixels"),
            1 => Ok(Self { size, grey: true }),
            3 => Ok(Self { size, grey: false }),
            _ => Err("neither RGB nor grey"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_comes_from_the_frame_header() {
        let jpeg = [
            0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC0, 0, 11, 8, 2, 128, 1, 224, 3, 1, 0x11, 0,
            0xFF, 0xD9,
        ];
        let size = PixelSize { width: 480, height: 640 };
        assert_eq!(JpegHeader::read(&jpeg), Ok(JpegHeader { size, grey: false }));
        for end in 0..jpeg.len() {
            assert!(JpegHeader::read(&jpeg[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn what_a_printer_would_show_wrongly_is_refused() {
        let frame = |marker: u8, bits: u8, components: u8| {
            let header = [0xFF, 0xD8, 0xFF, marker, 0, 11, bits, 2, 128, 1, 224, components, 1, 0x11, 0];
            JpegHeader::read(&[header.as_slice(), &[0xFF, 0xD9]].concat())
        };
        assert!(frame(0xC0, 8, 1).unwrap().grey);
        assert!(frame(0xC0, 8, 4).is_err());
        assert!(frame(0xC1, 12, 3).is_err());
        assert!(frame(0xC3, 8, 3).is_err());
        assert!(JpegHeader::read(b"\x89PNG\r\n").is_err());
    }
}
