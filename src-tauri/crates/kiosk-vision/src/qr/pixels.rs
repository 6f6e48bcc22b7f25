//! Cutting and resizing grey pictures.

use std::borrow::Cow;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::GrayImage;

/// A rectangle of whole pixels inside a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl Rect {
    /// The part of a box (in pixels, any numbers) that lies inside a picture of this size.
    pub(super) fn clipped(from: [f32; 2], to: [f32; 2], (width, height): (u32, u32)) -> Self {
        // A float cast saturates, so NaN and infinities land inside the picture too.
        let (x, y) = ((from[0].max(0.0) as u32).min(width), (from[1].max(0.0) as u32).min(height));
        let (right, bottom) = ((to[0].max(0.0) as u32).min(width), (to[1].max(0.0) as u32).min(height));
        Self { x, y, width: right.saturating_sub(x), height: bottom.saturating_sub(y) }
    }

    pub(super) fn area(&self) -> u32 {
        self.width * self.height
    }

    /// Shared area over joint area, 0 to 1.
    pub(super) fn overlap(&self, other: &Self) -> f32 {
        let width = (self.x + self.width).min(other.x + other.width).saturating_sub(self.x.max(other.x));
        let height = (self.y + self.height).min(other.y + other.height).saturating_sub(self.y.max(other.y));
        let shared = (width * height) as f32;
        shared / (self.area() as f32 + other.area() as f32 - shared).max(1.0)
    }
}

/// The part of a picture, resized to `width` × `height` (bilinear, anti-aliased when it shrinks).
pub(super) fn resized(image: &GrayImage, part: Rect, width: u32, height: u32) -> Option<GrayImage> {
    let source = TypedImageRef::<U8>::from_buffer(image.width(), image.height(), image.as_raw()).ok()?;
    let mut buffer = vec![0; width as usize * height as usize];
    // Typed: the untyped call would compile every pixel type of the library into this crate.
    let mut target = TypedImage::<U8>::from_buffer(width, height, &mut buffer).ok()?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear)).crop(
        f64::from(part.x),
        f64::from(part.y),
        f64::from(part.width),
        f64::from(part.height),
    );
    Resizer::new().resize_typed(&source, &mut target, &options).ok()?;
    drop(target);
    GrayImage::from_raw(width, height, buffer)
}

/// The picture at a scale, and the scale in fact used (1.0 when nothing had to be done).
pub(super) fn scaled(image: &GrayImage, scale: f32) -> (Cow<'_, GrayImage>, f32) {
    let side = |length: u32| ((length as f32 * scale).round() as u32).max(1);
    let whole = Rect { x: 0, y: 0, width: image.width(), height: image.height() };
    let other_size = (scale - 1.0).abs() > 0.01;
    match other_size.then(|| resized(image, whole, side(image.width()), side(image.height()))).flatten() {
        Some(resized) => (Cow::Owned(resized), scale),
        None => (Cow::Borrowed(image), 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    #[test]
    fn rectangles_stay_inside_and_overlap_like_sets() {
        let whole = Rect::clipped([-5.0, f32::NAN], [f32::INFINITY, 99.0], (40, 30));
        assert_eq!(whole, Rect { x: 0, y: 0, width: 40, height: 30 });
        let left = Rect { width: 20, ..whole };
        assert!((whole.overlap(&left) - 0.5).abs() < 1e-6);
        assert!((Rect { x: 20, width: 20, ..whole }).overlap(&left) < 1e-6);
        assert_eq!(Rect::clipped([50.0, 5.0], [20.0, 9.0], (40, 30)).area(), 0);
    }

    #[test]
    fn a_part_is_resized_alone() {
        let image = GrayImage::from_fn(40, 30, |x, _| Luma([if x < 20 { 10 } else { 200 }]));
        let part = Rect { x: 20, y: 5, width: 10, height: 10 };
        let big = resized(&image, part, 20, 20).unwrap();
        assert!(big.rows().all(|mut row| row.all(|pixel| pixel.0[0] >= 100)), "the seam may bleed, no more");
        assert_eq!(big[(10, 10)].0[0], 200);
        assert_eq!(scaled(&image, 0.5).0.dimensions(), (20, 15));
        assert!(matches!(scaled(&image, 1.0), (Cow::Borrowed(_), _)));
    }
}
