//! Closed-form matting (Levin, Lischinski & Weiss, "A Closed-Form Solution to Natural Image Matting", 2008): alpha is a linear
//! function of the colours in each 3 × 3 window. Solved for the unknown pixels by conjugate gradients; the known ones are fixed.

use kiosk_vision::matting::raster::{Colour, Raster};

/// Regularisation of a window's covariance, as `PyMatting` has it.
const EPSILON: f64 = 1e-7;
/// Steps of conjugate gradients; alpha changes by less than a level long before.
const STEPS: usize = 200;
/// Residual, as a share of the first, that ends the search.
const ENOUGH: f64 = 1e-4;

/// One window: its first pixel, mean colour and inverse covariance (upper triangle).
struct Window {
    corner: usize,
    mean: [f64; 3],
    inverse: [f64; 6],
}

/// The matting Laplacian of all windows that see an unknown pixel.
struct Laplacian<'a> {
    image: &'a Raster<Colour>,
    windows: Vec<Window>,
}

/// Alpha of the pixels where `known` is `None`, the others as they are.
pub fn closed_form(image: &Raster<Colour>, known: &Raster<Option<f32>>, start: &Raster<f32>) -> Raster<f32> {
    let laplacian = Laplacian::of(image, known);
    let unknown: Vec<usize> = (0..known.data.len()).filter(|&i| known.data[i].is_none()).collect();
    let diagonal = laplacian.diagonal();
    let mut alpha: Vec<f64> =
        known.data.iter().zip(&start.data).map(|(known, start)| f64::from(known.unwrap_or(*start))).collect();

    // Vectors over the whole raster; known pixels stay 0 in residual and direction.
    let only_unknown = |full: &[f64]| {
        let mut kept = vec![0.0; full.len()];
        for &i in &unknown {
            kept[i] = full[i];
        }
        kept
    };
    let scaled = |residual: &[f64]| {
        let mut out = vec![0.0; residual.len()];
        for &i in &unknown {
            out[i] = residual[i] / diagonal[i].max(1e-12);
        }
        out
    };
    let dot = |a: &[f64], b: &[f64]| unknown.iter().map(|&i| a[i] * b[i]).sum::<f64>();
    let mut residual: Vec<f64> = only_unknown(&laplacian.times(&alpha)).iter().map(|v| -v).collect();
    let mut toward = scaled(&residual);
    let mut direction = toward.clone();
    let mut energy = dot(&residual, &toward);
    let enough = energy * ENOUGH * ENOUGH;
    for _ in 0..STEPS {
        if energy <= enough {
            break;
        }
        let image_of = only_unknown(&laplacian.times(&direction));
        let step = energy / dot(&direction, &image_of).max(1e-300);
        for &i in &unknown {
            alpha[i] += step * direction[i];
            residual[i] -= step * image_of[i];
        }
        toward = scaled(&residual);
        let next = dot(&residual, &toward);
        let keep = next / energy;
        for &i in &unknown {
            direction[i] = toward[i] + keep * direction[i];
        }
        energy = next;
    }
    Raster {
        width: image.width,
        height: image.height,
        data: alpha.iter().map(|&a| a.clamp(0.0, 1.0) as f32).collect(),
    }
}

impl<'a> Laplacian<'a> {
    fn of(image: &'a Raster<Colour>, known: &Raster<Option<f32>>) -> Self {
        let width = image.width;
        let mut windows = Vec::new();
        for y in 0..image.height.saturating_sub(2) {
            for x in 0..width.saturating_sub(2) {
                let corner = y * width + x;
                if offsets(width).iter().any(|o| known.data[corner + o].is_none()) {
                    windows.push(Window::of(image, corner));
                }
            }
        }
        Self { image, windows }
    }

    fn times(&self, p: &[f64]) -> Vec<f64> {
        let offsets = offsets(self.image.width);
        let mut out = vec![0.0; p.len()];
        for window in &self.windows {
            let (mut sum, mut along) = (0.0, [0.0; 3]);
            let apart: [[f64; 3]; 9] = std::array::from_fn(|k| {
                let at = window.corner + offsets[k];
                let apart = window.apart(&self.image.data[at]);
                sum += p[at];
                (0..3).for_each(|c| along[c] += p[at] * apart[c]);
                apart
            });
            let slope = window.solved(along);
            for (offset, apart) in offsets.iter().zip(apart) {
                let at = window.corner + offset;
                out[at] += p[at] - (sum + inner(apart, slope)) / 9.0;
            }
        }
        out
    }

    fn diagonal(&self) -> Vec<f64> {
        let mut diagonal = vec![0.0; self.image.data.len()];
        for window in &self.windows {
            for offset in offsets(self.image.width) {
                let at = window.corner + offset;
                let apart = window.apart(&self.image.data[at]);
                diagonal[at] += 1.0 - (1.0 + inner(apart, window.solved(apart))) / 9.0;
            }
        }
        diagonal
    }
}

impl Window {
    fn of(image: &Raster<Colour>, corner: usize) -> Self {
        let colours = offsets(image.width).map(|o| image.data[corner + o].map(f64::from));
        let mean: [f64; 3] = std::array::from_fn(|c| colours.iter().map(|p| p[c]).sum::<f64>() / 9.0);
        let spread = |a: usize, b: usize| {
            colours.iter().map(|p| (p[a] - mean[a]) * (p[b] - mean[b])).sum::<f64>() / 9.0
        };
        let e = EPSILON / 9.0;
        let (xx, xy, xz) = (spread(0, 0) + e, spread(0, 1), spread(0, 2));
        let (yy, yz, zz) = (spread(1, 1) + e, spread(1, 2), spread(2, 2) + e);
        let (a, b, c) = (yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy);
        let scale = 1.0 / (xx * a + xy * b + xz * c);
        let (d, f, g) = (xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy);
        Self { corner, mean, inverse: [a, b, c, d, f, g].map(|v| v * scale) }
    }

    fn apart(&self, colour: &Colour) -> [f64; 3] {
        std::array::from_fn(|c| f64::from(colour[c]) - self.mean[c])
    }

    fn solved(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let [a, b, c, d, e, f] = self.inverse;
        [a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z]
    }
}

fn inner(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Places of a window's pixels after its first.
fn offsets(width: usize) -> [usize; 9] {
    std::array::from_fn(|k| k / 3 * width + k % 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blend_of_two_colours_is_recovered() {
        const SIDE: usize = 40;
        let truth = Raster::from_place(SIDE, SIDE, |x, y| {
            ((x as f32 + (y as f32 / 5.0).sin() - 14.0) / 11.0).clamp(0.0, 1.0)
        });
        let image = truth.map(|&a| {
            let (person, wall) = ([0.2, 0.1, 0.1], [0.8, 0.9, 0.7]);
            std::array::from_fn(|c| a * person[c] + (1.0 - a) * wall[c])
        });
        let known = Raster::from_place(SIDE, SIDE, |x, _| match x {
            0..8 => Some(0.0),
            32.. => Some(1.0),
            _ => None,
        });
        let alpha = closed_form(&image, &known, &truth.map(|_| 0.5));
        let worst = alpha.data.iter().zip(&truth.data).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 0.02, "{worst}");
    }
}
