//! Box means and the colour guided filter.

use super::raster::{Colour, Raster};

/// Mean over the `(2 radius + 1)²` window, clamped at the edges. Cost does not depend on the radius.
pub fn box_mean<const N: usize>(source: &Raster<[f32; N]>, radius: usize) -> Raster<[f32; N]> {
    let (width, height) = (source.width, source.height);
    let mut across = Raster::filled(width, height, [0.0; N]);
    for y in 0..height {
        mean_of_row(source.row(y), radius, &mut across.data[y * width..][..width]);
    }
    let mut out = Raster::filled(width, height, [0.0; N]);
    let mut sums = vec![[0.0f32; N]; width];
    for y in 0..radius.min(height) {
        add(&mut sums, across.row(y), 1.0);
    }
    for y in 0..height {
        if y + radius < height {
            add(&mut sums, across.row(y + radius), 1.0);
        }
        if y > radius {
            add(&mut sums, across.row(y - radius - 1), -1.0);
        }
        let rows = (y + radius).min(height - 1) + 1 - y.saturating_sub(radius);
        let share = 1.0 / rows as f32;
        for (value, sum) in out.data[y * width..][..width].iter_mut().zip(&sums) {
            *value = sum.map(|s| s * share);
        }
    }
    out
}

fn mean_of_row<const N: usize>(row: &[[f32; N]], radius: usize, out: &mut [[f32; N]]) {
    let width = row.len();
    let mut sum = [0.0f32; N];
    for pixel in &row[..radius.min(width)] {
        for c in 0..N {
            sum[c] += pixel[c];
        }
    }
    for x in 0..width {
        if x + radius < width {
            for c in 0..N {
                sum[c] += row[x + radius][c];
            }
        }
        if x > radius {
            for c in 0..N {
                sum[c] -= row[x - radius - 1][c];
            }
        }
        let columns = (x + radius).min(width - 1) + 1 - x.saturating_sub(radius);
        let share = 1.0 / columns as f32;
        out[x] = sum.map(|s| s * share);
    }
}

fn add<const N: usize>(sums: &mut [[f32; N]], row: &[[f32; N]], sign: f32) {
    for (sum, pixel) in sums.iter_mut().zip(row) {
        for c in 0..N {
            sum[c] += sign * pixel[c];
        }
    }
}

/// Colour guided filter (He, Sun, Tang 2013): `mask` redrawn along the edges of `guide`.
///
/// The linear coefficients are found on rasters that are `step` times smaller (the "fast guided filter", He & Sun 2015)
/// with windows of `radius` full-size pixels, then applied at full size. Values are clamped to 0–1.
pub fn guided(guide: &Raster<Colour>, mask: &Raster<[f32; 1]>, radius: usize, step: usize) -> Raster<f32> {
    let coefficients = coefficients(&guide.shrunk(step), &mask.shrunk(step), (radius / step).max(1));
    let coefficients = coefficients.enlarged(step, guide.width, guide.height);
    Raster::from_index(guide.width, guide.height, |i| redrawn(guide.data[i], coefficients.data[i]))
}

/// The guided filter's value for a pixel of the guide.
#[inline]
pub fn redrawn([r, g, b]: Colour, [x, y, z, offset]: [f32; 4]) -> f32 {
    (x * r + y * g + z * b + offset).clamp(0.0, 1.0)
}

/// The guided filter's local linear models: slopes for red, green and blue, and the offset. `guide` and `mask` have one size.
pub fn coefficients(guide: &Raster<Colour>, mask: &Raster<[f32; 1]>, window: usize) -> Raster<[f32; 4]> {
    /// Regularisation: variances far below (0.01)² count as flat: a white collar differs from a pale wall by that much. Smaller values copy noise into the alpha.
    const EPSILON: f32 = 1e-4;
    let products = Raster::from_index(guide.width, guide.height, |i| {
        let ([r, g, b], [p]) = (guide.data[i], mask.data[i]);
        [r, g, b, p, r * r, r * g, r * b, g * g, g * b, b * b, r * p, g * p, b * p]
    });
    let coefficients = box_mean(&products, window).map(|m| {
        let [r, g, b, p] = [m[0], m[1], m[2], m[3]];
        let covariance = [
            m[4] - r * r + EPSILON,
            m[5] - r * g,
            m[6] - r * b,
            m[7] - g * g + EPSILON,
            m[8] - g * b,
            m[9] - b * b + EPSILON,
        ];
        let slope = solve_symmetric(covariance, [m[10] - r * p, m[11] - g * p, m[12] - b * p]);
        [slope[0], slope[1], slope[2], p - slope[0] * r - slope[1] * g - slope[2] * b]
    });
    box_mean(&coefficients, window)
}

/// Solves `S v = rhs` for a symmetric positive 3×3 matrix given as its upper triangle, row by row.
fn solve_symmetric([a, b, c, d, e, f]: [f32; 6], rhs: [f32; 3]) -> [f32; 3] {
    let (i, j, k) = (d * f - e * e, c * e - b * f, b * e - c * d);
    let inverse = 1.0 / (a * i + b * j + c * k);
    let (l, m, n) = (a * f - c * c, b * c - a * e, a * d - b * b);
    let [x, y, z] = rhs;
    [(i * x + j * y + k * z) * inverse, (j * x + l * y + m * z) * inverse, (k * x + m * y + n * z) * inverse]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_mean_equals_the_sum_written_out() {
        let source = Raster::from_index(7, 5, |i| [(i * i % 23) as f32]);
        let mean = box_mean(&source, 2);
        for y in 0..5usize {
            for x in 0..7usize {
                let (mut sum, mut n) = (0.0, 0.0);
                for v in y.saturating_sub(2)..=(y + 2).min(4) {
                    for u in x.saturating_sub(2)..=(x + 2).min(6) {
                        sum += source.data[v * 7 + u][0];
                        n += 1.0;
                    }
                }
                assert!((mean.data[y * 7 + x][0] - sum / n).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn the_guided_filter_moves_a_soft_step_onto_the_image_edge() {
        let guide =
            Raster::from_index(64, 64, |i| if i % 64 < 30 { [0.9, 0.9, 0.9] } else { [0.1, 0.2, 0.1] });
        let mask = Raster::from_index(64, 64, |i| [((i % 64) as f32 - 20.0).clamp(0.0, 20.0) / 20.0]);
        let alpha = guided(&guide, &mask, 8, 2);
        assert!(alpha.data[32 * 64 + 26] < 0.35 && alpha.data[32 * 64 + 33] > 0.65);
    }

    #[test]
    fn symmetric_systems_are_solved() {
        let v = solve_symmetric([2.0, 0.5, 0.25, 3.0, 0.125, 1.5], [2.75, 3.625, 1.875]);
        assert!(v.iter().all(|x| (x - 1.0).abs() < 1e-5), "{v:?}");
    }
}
