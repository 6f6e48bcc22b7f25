//! Pictures from elsewhere, with what their codes say.

use std::path::Path;

use image::{DynamicImage, GrayImage, Rgba, RgbaImage, imageops};
use kiosk_core::{Fault, FaultCode};
use serde::Deserialize;

use super::peers::from_hex;

/// Lists the pictures of a folder.
const LIST: &str = "expected.json";

/// A picture with a code.
pub struct CodePicture {
    /// File name.
    pub name: String,
    /// Its pixels.
    pub grey: GrayImage,
    /// What the code says.
    pub payload: Vec<u8>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    payload_hex: String,
}

impl CodePicture {
    /// Whether this is what the code says. Lists hold text in UTF-8 where Japanese and Chinese codes hold bytes of their own sets.
    pub fn says(&self, payload: &[u8]) -> bool {
        let sets = [encoding_rs::SHIFT_JIS, encoding_rs::GB18030];
        payload == self.payload || sets.iter().any(|set| set.decode(payload).0.as_bytes() == self.payload)
    }
}

/// The pictures that `expected.json` of a folder lists: `[{"file", "payload_hex"}]`.
///
/// # Errors
/// `path_unusable` and `image_unreadable`, each with the path.
pub fn pictures_of(folder: &Path) -> Result<Vec<CodePicture>, Fault> {
    let fault =
        |code, path: &Path, e: &dyn std::fmt::Display| Fault::new(code, format!("{}: {e}", path.display()));
    let list = folder.join(LIST);
    let bytes = std::fs::read(&list).map_err(|e| fault(FaultCode::PathUnusable, &list, &e))?;
    let entries: Vec<Entry> =
        serde_json::from_slice(&bytes).map_err(|e| fault(FaultCode::PathUnusable, &list, &e))?;
    let picture = |entry: Entry| {
        let path = folder.join(&entry.file);
        let picture = image::open(&path).map_err(|e| fault(FaultCode::ImageUnreadable, &path, &e))?;
        let payload = from_hex(&entry.payload_hex)
            .ok_or_else(|| fault(FaultCode::PathUnusable, &list, &"payload_hex is not hexadecimal"))?;
        Ok(CodePicture { name: entry.file, grey: on_white(&picture), payload })
    };
    entries.into_iter().map(picture).collect()
}

/// A transparent quiet zone often hides black.
fn on_white(picture: &DynamicImage) -> GrayImage {
    let mut white = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
    imageops::overlay(&mut white, &picture.to_rgba8(), 0, 0);
    DynamicImage::ImageRgba8(white).into_luma8()
}
