//! The decoders that are compared.

use std::time::Instant;

use image::GrayImage;
use kiosk_contain::contain;
use kiosk_core::Fault;
use kiosk_vision::qr::{CodeScanner, LIVE_BUDGET, STILL_BUDGET, read_still};
use rxing::common::HybridBinarizer;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BinaryBitmap, DecodeHints, Luma8Source, Reader};
use serde::Serialize;

use super::peers::Peers;

/// A decoder of QR codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decoder {
    /// rqrr as it comes, which reads no inverted codes.
    Rqrr,
    /// rxing's `QrReader`, trying harder, then inverted.
    Rxing,
    /// zbar, also inverted.
    Zbar,
    /// zxing-cpp with all it tries by default.
    ZxingCpp,
    /// This product.
    Ours,
}

impl Decoder {
    /// In the order of the table.
    pub const ALL: [Self; 5] = [Self::Rqrr, Self::Rxing, Self::Zbar, Self::ZxingCpp, Self::Ours];

    /// As the table says it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rqrr => "rqrr",
            Self::Rxing => "rxing",
            Self::Zbar => "zbar",
            Self::ZxingCpp => "zxing-cpp",
            Self::Ours => "ours",
        }
    }
}

/// What a decoder found in a picture, and how long it looked.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub payloads: Vec<Vec<u8>>,
    pub ms: f64,
}

/// How ours is to look; the others know one way only.
pub enum Occasion<'a> {
    /// A frame of a stream that this scanner follows.
    Live(&'a mut CodeScanner),
    /// The first frame of a stream.
    FirstLook,
    /// A picture file.
    Still,
}

/// Reads a picture with one decoder.
pub fn read(
    decoder: Decoder,
    picture: &GrayImage,
    occasion: Occasion<'_>,
    peers: Option<&mut Peers>,
) -> Result<Found, Fault> {
    match decoder {
        Decoder::Rqrr => Ok(timed(|| contain(|| with_rqrr(picture)).unwrap_or_default())),
        Decoder::Rxing => Ok(timed(|| contain(|| with_rxing(picture)).flatten().into_iter().collect())),
        Decoder::Ours => Ok(timed(|| ours(picture, occasion))),
        Decoder::Zbar | Decoder::ZxingCpp => {
            peers.map_or_else(|| Ok(Found::default()), |peers| peers.read(decoder, picture))
        }
    }
}

fn timed(read: impl FnOnce() -> Vec<Vec<u8>>) -> Found {
    let started = Instant::now();
    let payloads = read();
    Found { payloads, ms: started.elapsed().as_secs_f64() * 1000.0 }
}

fn ours(picture: &GrayImage, occasion: Occasion<'_>) -> Vec<Vec<u8>> {
    let readings = match occasion {
        Occasion::Live(scanner) => scanner.scan(picture),
        Occasion::FirstLook => CodeScanner::new(LIVE_BUDGET).scan(picture),
        Occasion::Still => read_still(picture, STILL_BUDGET),
    };
    readings.into_iter().map(|reading| reading.payload).collect()
}

fn with_rqrr(picture: &GrayImage) -> Vec<Vec<u8>> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = picture.as_raw();
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let decoded = prepared.detect_grids().into_iter().filter_map(|grid| {
        let mut payload = Vec::new();
        grid.decode_to(&mut payload).ok()?;
        Some(payload)
    });
    decoded.collect()
}

fn with_rxing(picture: &GrayImage) -> Option<Vec<u8>> {
    let source = Luma8Source::new_with_slice(picture.as_raw(), picture.width(), picture.height()).ok()?;
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let hints = DecodeHints::default().with(rxing::DecodeHintValue::TryHarder(true));
    if let Ok(read) = QrReader.decode_with_hints(&mut bitmap, &hints) {
        return Some(read.getRawBytes().to_vec());
    }
    bitmap.get_black_matrix_mut().flip_self();
    Some(QrReader.decode_with_hints(&mut bitmap, &hints).ok()?.getRawBytes().to_vec())
}
