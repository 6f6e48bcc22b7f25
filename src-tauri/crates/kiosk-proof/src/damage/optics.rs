//! Lens, shutter and sensor.

use super::{Damage, family};
use crate::case::Grade::{Clear, Gross, Mild, Undecided};
use crate::light::Light;
use crate::random::Random;
use kiosk_core::CheckId::{BackgroundUniform, Contrast, GlassesGlare, Noise, RedEye, Sharpness};

/// Out of focus: every point becomes a disc of `radius` pixels.
pub fn defocused(light: &Light, radius: f32) -> Light {
    // Sums from the row's start, so that a row of the disc is one difference, also between pixels.
    let stride = light.width + 1;
    let mut sums = vec![[0.0f32; 3]; stride * light.height];
    for y in 0..light.height {
        for x in 0..light.width {
            let (before, pixel) = (sums[y * stride + x], light.data[y * light.width + x]);
            sums[y * stride + x + 1] = std::array::from_fn(|k| before[k] + pixel[k]);
        }
    }
    let up_to = |y: usize, x: f32| -> [f32; 3] {
        let x = x.clamp(0.0, light.width as f32);
        let (i, t) = ((x as usize).min(light.width - 1), x - (x as usize).min(light.width - 1) as f32);
        let (a, b) = (sums[y * stride + i], sums[y * stride + i + 1]);
        std::array::from_fn(|k| a[k] + (b[k] - a[k]) * t)
    };
    let step = if radius < 3.0 { 0.25 } else { 1.0 };
    let reach = (radius / step) as i32;
    let chords: Vec<(f32, f32)> = (-reach..=reach)
        .map(|i| i as f32 * step)
        .map(|d| (d, (radius * radius - d * d).max(0.0).sqrt()))
        .filter(|(_, half)| *half > 1e-3)
        .collect();
    Light::painted(light.width, light.height, |x, y| {
        let (mut sum, mut area) = ([0.0f32; 3], 0.0f32);
        for (d, half) in &chords {
            let row = (y + d).clamp(0.0, light.height as f32 - 1.0) as usize;
            let (left, right) = ((x - half).max(0.0), (x + half).min(light.width as f32));
            let (a, b) = (up_to(row, left), up_to(row, right));
            (0..3).for_each(|k| sum[k] += b[k] - a[k]);
            area += right - left;
        }
        sum.map(|v| (v / area).max(0.0))
    })
}

/// Moved while the shutter was open: `length` pixels in direction `degrees`.
pub fn moved(light: &Light, length: f32, degrees: f32) -> Light {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let samples = (length.ceil() as usize + 1).max(2);
    Light::painted(light.width, light.height, |x, y| {
        let mut sum = [0.0; 3];
        for i in 0..samples {
            let t = (i as f32 / (samples - 1) as f32 - 0.5) * length;
            let sample = light.at(x + t * cos, y + t * sin);
            (0..3).for_each(|k| sum[k] += sample[k] / samples as f32);
        }
        sum
    })
}

/// Photon noise with variance `photons` times the light, and a floor of deviation `floor`. Neighbours share some of it, as after
/// demosaicing.
pub fn noisy(light: &Light, photons: f32, floor: f32, random: &mut Random) -> Light {
    let (width, height) = (light.width, light.height);
    let grain: Vec<[f32; 3]> =
        (0..width * height).map(|_| std::array::from_fn(|_| random.normal())).collect();
    let mut noisy = light.clone();
    for y in 0..height {
        for x in 0..width {
            let right = y * width + (x + 1).min(width - 1);
            let below = (y + 1).min(height - 1) * width + x;
            let here = y * width + x;
            let light = light.data[here];
            noisy.data[here] = std::array::from_fn(|k| {
                // Weights whose squares sum to one.
                let g = 0.8 * grain[here][k] + 0.424 * (grain[right][k] + grain[below][k]);
                light[k] + g * (photons * light[k] + floor * floor).sqrt()
            });
        }
    }
    noisy
}

/// Taken with fewer pixels and enlarged.
pub fn enlarged(light: &Light, times: f32) -> Light {
    let small = |n: usize| ((n as f32 / times).round() as usize).max(1);
    light.scaled(small(light.width), small(light.height)).scaled(light.width, light.height)
}

/// Means over squares of `2 × radius + 1`, twice: a soft blur of a single channel.
pub fn softened(values: &[f32], width: usize, height: usize, radius: usize) -> Vec<f32> {
    let line = |values: &[f32], length: usize, lines: usize, at: &dyn Fn(usize, usize) -> usize| {
        let mut out = vec![0.0; values.len()];
        let reach = radius as isize;
        for l in 0..lines {
            let get = |i: isize| values[at(i.clamp(0, length as isize - 1) as usize, l)];
            let mut sum: f32 = (-reach..=reach).map(get).sum();
            for i in 0..length {
                out[at(i, l)] = sum / (2 * radius + 1) as f32;
                sum += get(i as isize + reach + 1) - get(i as isize - reach);
            }
        }
        out
    };
    let mut soft = values.to_vec();
    for _ in 0..2 {
        soft = line(&soft, width, height, &|i, l| l * width + i);
        soft = line(&soft, height, width, &|i, l| i * width + l);
    }
    soft
}

/// The ways to spoil a portrait that are made here.
pub fn list(list: &mut Vec<Damage>) {
    family(list, "defocus", &[Sharpness], &[Noise, GlassesGlare, RedEye], |f| {
        for (radius, grade) in [(0.0022, Mild), (0.005, Undecided), (0.01, Clear), (0.02, Gross)] {
            f.add(format!("disc {radius} face"), grade, move |p, _, _| {
                Some(defocused(&p.light, radius * p.face))
            });
        }
    });
    family(list, "motion", &[Sharpness], &[Noise, GlassesGlare, RedEye], |f| {
        for (length, grade) in [(0.005, Mild), (0.012, Undecided), (0.025, Clear), (0.05, Gross)] {
            for degrees in [0.0, 45.0, 90.0] {
                f.add(format!("{length} face at {degrees}°"), grade, move |p, _, _| {
                    Some(moved(&p.light, length * p.face, degrees))
                });
            }
        }
    });
    family(list, "low resolution", &[Sharpness], &[Noise, GlassesGlare, RedEye], |f| {
        // The face keeps as many pixels across as stated.
        for (pixels, grade) in [(230.0, Mild), (150.0, Undecided), (100.0, Clear), (60.0, Gross)] {
            f.add(format!("face of {pixels} px enlarged"), grade, move |p, _, _| {
                Some(enlarged(&p.light, p.face / pixels))
            });
        }
    });
    family(list, "noise", &[Noise], &[Sharpness, BackgroundUniform, Contrast], |f| {
        for (photons, floor, grade) in
            [(0.0008, 0.002, Mild), (0.004, 0.005, Undecided), (0.016, 0.012, Clear), (0.05, 0.025, Gross)]
        {
            f.add(format!("photon variance {photons}"), grade, move |p, _, random| {
                Some(noisy(&p.light, photons, floor, random))
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point() -> Light {
        Light::painted(41, 41, |x, y| [f32::from(u8::from(x as u32 == 20 && y as u32 == 20)); 3])
    }

    #[test]
    fn a_point_becomes_a_disc_or_a_line() {
        let disc = defocused(&point(), 5.0);
        let lit = disc.data.iter().filter(|p| p[0] > 1e-4).count();
        assert!((60..=105).contains(&lit), "{lit}");
        assert!((disc.data.iter().map(|p| p[0]).sum::<f32>() - 1.0).abs() < 0.1);
        let line = moved(&point(), 8.0, 0.0);
        let rows: Vec<f32> = line.data.chunks(41).map(|row| row.iter().map(|p| p[0]).sum()).collect();
        assert!(rows[20] > 0.9 && rows[18].abs() < 1e-6);
    }

    #[test]
    fn noise_has_the_deviation_that_was_asked_for() {
        let grey = Light::painted(200, 200, |_, _| [0.2; 3]);
        let noisy = noisy(&grey, 0.01, 0.01, &mut Random::of("noise"));
        let variance = noisy.data.iter().map(|p| (p[1] - 0.2).powi(2)).sum::<f32>() / 40_000.0;
        assert!((variance / (0.01 * 0.2 + 0.0001) - 1.0).abs() < 0.1, "{variance}");
    }
}
