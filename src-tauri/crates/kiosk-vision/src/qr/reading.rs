//! What a scan hands out.

/// One code read from a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeReading {
    /// The exact bytes of all data segments in their order, before any guess at a character set. Never empty.
    ///
    /// Text and bytes differ invisibly (a BOM, a full-width digit, GBK against UTF-8), so identity is compared on these.
    pub payload: Vec<u8>,
    /// Corners of the module area in pixels of the scanned picture: the code's own top-left, then clockwise as the
    /// code is drawn (top-right, bottom-right, bottom-left). They may lie a little outside the picture.
    pub corners: [[f32; 2]; 4],
    /// Symbol version, 1–40 (ISO/IEC 18004): the code has `17 + 4 × version` modules a side.
    pub version: u8,
    /// What the symbol itself says about the meaning of its bytes.
    pub encoding: Encoding,
    /// The payload as text, when it can be no other text.
    pub text: Option<String>,
}

/// How a symbol says its bytes are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Nothing is said; by custom UTF-8 or, from older Chinese encoders, GB18030.
    Unstated,
    /// At least one extended channel interpretation names a character set.
    Eci,
    /// FNC1: a GS1 or AIM application string.
    ApplicationData,
}

impl CodeReading {
    /// Does the point lie inside this code's corners? (The four corners are convex.)
    pub(super) fn covers(&self, x: f32, y: f32) -> bool {
        let side = |i: usize| {
            let [a, b] = [self.corners[i], self.corners[(i + 1) % 4]];
            (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])
        };
        let sides = [0, 1, 2, 3].map(side);
        sides.iter().all(|&s| s >= 0.0) || sides.iter().all(|&s| s <= 0.0)
    }

    /// The mean of the corners.
    pub(super) fn centre(&self) -> [f32; 2] {
        [0, 1].map(|axis| self.corners.iter().map(|corner| corner[axis]).sum::<f32>() / 4.0)
    }
}
