//! Colour on surfaces.

use glam::{Vec2, Vec4};

/// An RGB picture. Stores square roots of linear values: enough steps in the dark, and one multiplication to read.
#[derive(Debug, Clone)]
pub(crate) struct Texture {
    width: usize,
    height: usize,
    texels: Vec<[u8; 4]>,
}

impl Texture {
    /// Paints every texel: `colour(u, v)` in linear light, coordinates at the texel's centre.
    pub(crate) fn paint(width: usize, height: usize, mut colour: impl FnMut(f32, f32) -> [f32; 3]) -> Self {
        let mut texels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let rgb = colour((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
                texels.push(encode(rgb));
            }
        }
        Self { width, height, texels }
    }

    pub(crate) fn plain(colour: [f32; 3]) -> Self {
        Self { width: 1, height: 1, texels: vec![encode(colour)] }
    }

    /// Between the four nearest texels; edges repeat. Red, green, blue, 1.
    #[inline]
    pub(crate) fn sample(&self, uv: Vec2) -> Vec4 {
        let x = (uv.x * self.width as f32 - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (uv.y * self.height as f32 - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (ix, iy) = (x as usize, y as usize);
        let (fx, fy) = (x - ix as f32, y - iy as f32);
        let right = (ix + 1).min(self.width - 1);
        let below = (iy + 1).min(self.height - 1) * self.width;
        let row = iy * self.width;
        let [a, b, c, d] = [row + ix, row + right, below + ix, below + right]
            .map(|i| Vec4::from_array(self.texels[i].map(f32::from)));
        let top = a + (b - a) * fx;
        let bottom = c + (d - c) * fx;
        let root = top + (bottom - top) * fy;
        root * root * (1.0 / 65025.0)
    }

    /// Lays `colour` over one texel with opacity `alpha`.
    pub(crate) fn blend(&mut self, x: i32, y: i32, colour: [f32; 3], alpha: f32) {
        if x < 0 || y < 0 || x as usize >= self.width || y as usize >= self.height {
            return;
        }
        let texel = &mut self.texels[y as usize * self.width + x as usize];
        let under = texel.map(|v| (f32::from(v) / 255.0).powi(2));
        *texel = encode(std::array::from_fn(|k| under[k] + (colour[k] - under[k]) * alpha));
    }

    pub(crate) fn size(&self) -> Vec2 {
        Vec2::new(self.width as f32, self.height as f32)
    }

    /// A soft stroke from `a` to `b` (texture coordinates), `width` texels wide.
    pub(crate) fn stroke(&mut self, a: Vec2, b: Vec2, width: f32, colour: [f32; 3], alpha: f32) {
        let (a, b) = (a * self.size(), b * self.size());
        let reach = width / 2.0 + 1.0;
        let low = a.min(b) - reach;
        let high = a.max(b) + reach;
        let along = b - a;
        for y in low.y.floor() as i32..=high.y.ceil() as i32 {
            for x in low.x.floor() as i32..=high.x.ceil() as i32 {
                let p = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
                let t = ((p - a).dot(along) / along.length_squared().max(1e-6)).clamp(0.0, 1.0);
                let taper = 1.0 - 0.6 * t;
                let cover = (width * taper / 2.0 + 0.5 - p.distance(a + along * t)).clamp(0.0, 1.0);
                if cover > 0.0 {
                    self.blend(x, y, colour, cover * alpha);
                }
            }
        }
    }
}

fn encode(linear: [f32; 3]) -> [u8; 4] {
    let [r, g, b] = linear.map(|v| (v.clamp(0.0, 1.0).sqrt() * 255.0 + 0.5) as u8);
    [r, g, b, 255]
}

/// sRGB bytes to linear light.
pub(crate) fn linear(srgb: [u8; 3]) -> [f32; 3] {
    srgb.map(|v| {
        let v = f32::from(v) / 255.0;
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    })
}

/// Linear light to an sRGB byte.
pub(crate) fn srgb(linear: f32) -> f32 {
    let v = linear.clamp(0.0, 1.0);
    255.0 * if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
}

/// Between two colours.
pub(crate) fn mix(a: [f32; 3], b: [f32; 3], t: f32) -> [f32; 3] {
    std::array::from_fn(|k| a[k] + (b[k] - a[k]) * t)
}

/// A colour made lighter or darker.
pub(crate) fn scale(colour: [f32; 3], by: f32) -> [f32; 3] {
    colour.map(|v| v * by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_back() {
        for value in [0u8, 3, 30, 128, 250, 255] {
            assert!((srgb(linear([value; 3])[0]) - f32::from(value)).abs() < 0.01);
        }
        let texture = Texture::paint(8, 8, |u, v| [u, v, 0.25]);
        let difference = texture.sample(Vec2::new(0.5, 0.25)) - Vec4::new(0.5, 0.25, 0.25, 1.0);
        assert!(difference.abs().max_element() < 0.02, "{difference}");
    }
}
