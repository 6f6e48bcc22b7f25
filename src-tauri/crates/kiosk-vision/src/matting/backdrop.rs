//! The wall behind the sitter, as it would look in this shot without the sitter.

use super::fill::push_pull;
use super::filters::box_mean;
use super::raster::{Colour, Raster, distance};
use super::regions::{connected, grown};
use super::trimap::Zone;

/// Smoothing of the wall after filling, pixels: takes the noise out, keeps gradients and shadows.
const SMOOTHING: usize = 2;
/// Least noise that is assumed: 8-bit rounding and JPEG leave about 3 of 255 levels over three channels.
const NOISE_FLOOR: f32 = 0.012;

/// First estimate: what is certainly wall, continued underneath the person.
pub fn first(image: &Raster<Colour>, zones: &Raster<Zone>) -> Raster<Colour> {
    smoothed(image, |i| zones.data[i] == Zone::Backdrop)
}

/// Second estimate: unknown pixels that turned out nearly empty and are as smooth as the wall are wall as well. That is how
/// the shadow which the sitter casts close to the outline gets into the wall instead of into the person.
pub fn second(
    image: &Raster<Colour>,
    first: &Raster<Colour>,
    (zones, mask): (&Raster<Zone>, &Raster<f32>),
    alpha: &Raster<[f32; 1]>,
    noise: f32,
) -> Raster<Colour> {
    /// Local mean alpha below which a smooth pixel is taken for wall.
    const EMPTY: f32 = 0.3;
    /// Roughness, in noise, above which a pixel holds hair.
    const SMOOTH: f32 = 1.6;
    const WINDOW: usize = 2;
    /// The net's probability below which smooth shade is the wall's and not hair's, grey as it may be.
    const NOBODY: f32 = 0.12;
    let moments = Raster::from_index(image.width, image.height, |i| {
        let grey = luma(&image.data[i]);
        [grey, grey * grey, alpha.data[i][0]]
    });
    let moments = box_mean(&moments, WINDOW);
    smoothed(image, |i| match zones.data[i] {
        Zone::Backdrop => true,
        Zone::Person => false,
        Zone::Unknown => {
            let [mean, square, alpha] = moments.data[i];
            let smooth = (square - mean * mean).max(0.0).sqrt() < SMOOTH * noise;
            smooth
                && (alpha < EMPTY
                    || (mask.data[i] < NOBODY && is_shade(&image.data[i], &first.data[i], noise)))
        }
    })
}

/// Whether a colour is the wall's in less light.
fn is_shade(seen: &Colour, wall: &Colour, noise: f32) -> bool {
    /// Deepest shade of two lamps and a room, of the encoded value.
    const DEEPEST: f32 = 0.45;
    /// Change of colour that the room's own light may bring into a shadow.
    const TINT: f32 = 0.03;
    let dot = |a: &Colour, b: &Colour| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let light = dot(seen, wall) / dot(wall, wall).max(1e-4);
    (DEEPEST..1.1).contains(&light) && distance(seen, &wall.map(|v| v * light)) < TINT + noise
}

/// Bare wall that hangs together with the certain wall, and its rim: there the net's mask has no say against the colour.
pub fn open(image: &Raster<Colour>, wall: &Raster<Colour>, zones: &Raster<Zone>, noise: f32) -> Raster<bool> {
    /// Largest distance of bare wall, in noise and beyond it.
    const BARE: [f32; 2] = [2.0, 0.02];
    let bare = Raster::from_index(image.width, image.height, |i| match zones.data[i] {
        Zone::Backdrop => true,
        Zone::Unknown => distance(&image.data[i], &wall.data[i]) < BARE[0] * noise + BARE[1],
        Zone::Person => false,
    });
    grown(&connected(&bare, |i| zones.data[i] == Zone::Backdrop), 1)
}

/// The clean plate of the studio, brought to the light and white balance of this shot: a smooth gain a channel, learnt where
/// the wall is seen in both and continued underneath the person.
pub fn from_plate(image: &Raster<Colour>, plate: &Raster<Colour>, zones: &Raster<Zone>) -> Raster<Colour> {
    /// Keeps the quotient finite on black walls.
    const LIFT: f32 = 0.004;
    let gain = Raster::from_index(image.width, image.height, |i| {
        std::array::from_fn(|c| (image.data[i][c] + LIFT) / (plate.data[i][c] + LIFT))
    });
    let gain = box_mean(&smoothed(&gain, |i| zones.data[i] == Zone::Backdrop), 4 * SMOOTHING);
    Raster::from_index(image.width, image.height, |i| {
        std::array::from_fn(|c| (plate.data[i][c] * gain.data[i][c]).clamp(0.0, 1.0))
    })
}

/// Root mean square distance of certain wall from its estimate; robust against the few pixels that are not wall.
pub fn noise(image: &Raster<Colour>, backdrop: &Raster<Colour>, zones: &Raster<Zone>) -> f32 {
    /// For noise that is alike in three channels the median distance is 0.89 of the root mean square (χ² with 3 degrees).
    const MEDIAN_TO_RMS: f32 = 0.89;
    let mut residuals: Vec<f32> = (0..image.data.len())
        .step_by(3)
        .filter(|&i| zones.data[i] == Zone::Backdrop)
        .map(|i| distance(&image.data[i], &backdrop.data[i]))
        .collect();
    if residuals.is_empty() {
        return NOISE_FLOOR;
    }
    let middle = residuals.len() / 2;
    let (_, median, _) = residuals.select_nth_unstable_by(middle, f32::total_cmp);
    (*median / MEDIAN_TO_RMS).max(NOISE_FLOOR)
}

fn smoothed(image: &Raster<Colour>, known: impl Fn(usize) -> bool) -> Raster<Colour> {
    box_mean(&push_pull(image, known), SMOOTHING)
}

/// Luma of an encoded colour (Rec. 601 weights, rounded): only for roughness.
pub fn luma([r, g, b]: &Colour) -> f32 {
    0.3 * r + 0.59 * g + 0.11 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gradient_wall_is_continued_underneath_the_person() {
        let wall = |i: usize| [0.5 + (i % 60) as f32 / 300.0, 0.6, 0.7];
        let zone = |i: usize| {
            if (20..40).contains(&(i % 60)) && i / 60 > 20 { Zone::Person } else { Zone::Backdrop }
        };
        let image = Raster::from_index(60, 60, |i| if zone(i) == Zone::Person { [0.1; 3] } else { wall(i) });
        let zones = Raster::from_index(60, 60, zone);
        let backdrop = first(&image, &zones);
        for i in 0..3600 {
            assert!(distance(&backdrop.data[i], &wall(i)) < 0.05, "{i}");
        }
        assert!(noise(&image, &backdrop, &zones) < 0.02);
    }

    #[test]
    fn a_plate_under_other_light_is_fitted() {
        let plate = Raster::from_index(40, 40, |i| [0.4 + (i % 7) as f32 * 0.02, 0.5, 0.6]);
        let lit = plate.map(|c| [c[0] * 1.2, c[1] * 1.1, c[2]]);
        let zones = Raster::from_index(40, 40, |i| {
            if (10..30).contains(&(i % 40)) && i / 40 > 10 { Zone::Person } else { Zone::Backdrop }
        });
        let fitted = from_plate(&lit, &plate, &zones);
        for i in 0..1600 {
            assert!(distance(&fitted.data[i], &lit.data[i]) < 0.01, "{i}");
        }
    }
}
