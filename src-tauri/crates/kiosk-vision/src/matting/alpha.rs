//! How much of each pixel is person.

use super::raster::{Colour, Raster, distance, smoothstep};
use super::trimap::Zone;

/// What is known about one pixel when its alpha is decided.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// The pixel.
    pub seen: Colour,
    /// The wall behind it.
    pub wall: Colour,
    /// The person's colour nearby.
    pub person: Colour,
}

/// Alpha by projection of the pixel onto the line from wall to person: `(I−B)·(F−B) / |F−B|²`.
///
/// `noise` is the root mean square distance of bare wall from its estimate. A pixel within the noise is wall, and a pixel far from
/// the wall in any direction is person, even off the line (a red earring before dark hair).
pub fn project(Evidence { seen, wall, person }: Evidence, noise: f32) -> f32 {
    /// In noise: from where on a distance may be something, and over which span it becomes certain.
    const GATE: [f32; 2] = [1.2, 3.2];
    /// Distances, beyond a few times the noise, at which a pixel is person for certain: on the far side of the wall, and
    /// beside the line. A strand of another brown than its neighbours stays below the second.
    const FAR_BEYOND: f32 = 0.15;
    const FAR_BESIDE: f32 = 0.08;
    let (mut along, mut length) = (0.0, 0.0);
    for c in 0..3 {
        let towards = person[c] - wall[c];
        along += (seen[c] - wall[c]) * towards;
        length += towards * towards;
    }
    let off_wall = distance(&seen, &wall);
    let gate = ((off_wall / noise - GATE[0]) / (GATE[1] - GATE[0])).clamp(0.0, 1.0);
    if gate <= 0.0 {
        return 0.0;
    }
    let on_line = (along / length.max(1e-4)).clamp(0.0, 1.0);
    // Beyond the wall as seen from the person's colour there is no mixture of the two: a white collar beside a dark neck, a
    // rim of light on hair; the pale seam that a camera's sharpening draws along a jaw stays below. On the person's side the distance from the line counts: a pale ear before dark hair.
    let (beside, clear, sure) = if along < 0.0 {
        (off_wall, 8.0 * noise, FAR_BEYOND)
    } else {
        ((off_wall * off_wall - along * along / length.max(1e-4)).max(0.0).sqrt(), 3.0 * noise, FAR_BESIDE)
    };
    let off_line = ((beside - clear) / sure).clamp(0.0, 1.0);
    on_line.max(off_line) * gate
}

/// Which of two colours the person has in a pixel: that of whatever is nearest, or that of the hair. A hair that flies past an ear is
/// not a mixture of wall and ear. `solid` is the net's smoothed mask: inside it an edge is more likely than a strand.
pub fn likelier(nearest: Evidence, hair: Colour, solid: f32) -> Evidence {
    /// Squared distance that counts as the same: two levels of noise.
    const ALIKE: f32 = 1e-4;
    /// How many times nearer to its line the hair has to be, where the net says wall and where it says person.
    const NEARER: [f32; 2] = [1.2, 4.0];
    let own = off_line(nearest);
    if own <= ALIKE {
        return nearest;
    }
    let other = Evidence { person: hair, ..nearest };
    let factor = NEARER[0] + (NEARER[1] - NEARER[0]) * smoothstep(0.2, 0.6, solid);
    if (off_line(other) + ALIKE) * factor < own + ALIKE { other } else { nearest }
}

/// Squared distance of a pixel from the colours between wall and person.
fn off_line(Evidence { seen, wall, person }: Evidence) -> f32 {
    let (mut along, mut length, mut apart) = (0.0, 0.0, 0.0);
    for c in 0..3 {
        let (towards, here) = (person[c] - wall[c], seen[c] - wall[c]);
        along += here * towards;
        length += towards * towards;
        apart += here * here;
    }
    let share = (along / length.max(1e-4)).clamp(0.0, 1.0);
    (apart - 2.0 * share * along + share * share * length).max(0.0)
}

/// Share of the projection in the final alpha, 0–1; the rest comes from the guided mask. Where person and wall have nearly the same
/// colour the projection divides by almost nothing. Hair needs it (the net knows no strands), clothes can do without.
pub fn trust(Evidence { wall, person, .. }: Evidence, hair: f32) -> f32 {
    let contrast = distance(&person, &wall);
    smoothstep(0.15, 0.45, contrast).max(hair * smoothstep(0.04, 0.15, contrast))
}

/// Clothes have edges, not strands: alpha along them is steepened around one half, which takes away the pale seam of half
/// transparent pixels that the guided mask leaves along shoulders. The edge keeps about one pixel of softness.
pub fn steepened(alpha: f32, hair: f32) -> f32 {
    /// Slope at one half. 2.5 turns the guided filter's five-pixel ramp into two.
    const SLOPE: f32 = 2.5;
    let steep = ((alpha - 0.5) * SLOPE + 0.5).clamp(0.0, 1.0);
    steep + (alpha - steep) * hair
}

/// Ears and cheeks have edges as well, and their lit rims lie between the person's colour and a pale wall's. Where the pixel is
/// warmer than the wall and pale like skin, and the net's smoothed mask says person, alpha is steepened; what the net does not know
/// may be a strand and stays.
pub fn skin_edge(alpha: f32, Evidence { seen, wall, .. }: Evidence, solid: f32) -> f32 {
    /// Slope: a lens blurs an edge over about two pixels.
    const SLOPE: f32 = 2.0;
    /// Alpha that becomes one half: a lit rim looks more like a pale wall than it is.
    const MIDDLE: f32 = 0.38;
    /// Red over blue, beyond the wall's own: neutral and brown hair before a wall stays below.
    const WARM: f32 = 0.06;
    /// Luma of the darkest skin whose rim a pale wall can imitate.
    const PALE: f32 = 0.35;
    let warmer = (seen[0] - seen[2]) - (wall[0] - wall[2]) > WARM;
    if warmer && super::backdrop::luma(&seen) > PALE && alpha > 0.4 && solid > 0.5 {
        ((alpha - MIDDLE) * SLOPE + 0.5).clamp(0.0, 1.0)
    } else {
        alpha
    }
}

/// Projection for a whole raster in which every pixel has its zone.
pub fn project_all(
    image: &Raster<Colour>,
    wall: &Raster<Colour>,
    (person, hair): (&Raster<Colour>, Option<&Raster<Colour>>),
    (zones, mask): (&Raster<Zone>, &Raster<f32>),
    noise: f32,
) -> Raster<[f32; 1]> {
    Raster::from_index(image.width, image.height, |i| match zones.data[i] {
        Zone::Backdrop => [0.0],
        Zone::Person => [1.0],
        Zone::Unknown => {
            let nearest = Evidence { seen: image.data[i], wall: wall.data[i], person: person.data[i] };
            [project(hair.map_or(nearest, |hair| likelier(nearest, hair.data[i], mask.data[i])), noise)]
        }
    })
}

/// The person's own colour in a pixel that shows both: `F = (I − (1−α)B) / α`, faded to the colour nearby where so little person is left
/// that the division only enlarges noise.
pub fn unmixed(Evidence { seen, wall, person }: Evidence, alpha: f32) -> Colour {
    /// α² at which both sources count alike: α ≈ 0.14.
    const HALF_TRUST: f32 = 0.02;
    if alpha >= 0.999 {
        return seen;
    }
    if alpha <= 0.003 {
        return person;
    }
    let trust = alpha * alpha / (alpha * alpha + HALF_TRUST);
    std::array::from_fn(|c| {
        let own = ((seen[c] - (1.0 - alpha) * wall[c]) / alpha).clamp(0.0, 1.0);
        own * trust + person[c] * (1.0 - trust)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALL: Colour = [0.7, 0.7, 0.72];
    const HAIR: Colour = [0.15, 0.12, 0.1];

    fn mixed(alpha: f32) -> Evidence {
        let seen = std::array::from_fn(|c| alpha * HAIR[c] + (1.0 - alpha) * WALL[c]);
        Evidence { seen, wall: WALL, person: HAIR }
    }

    #[test]
    fn a_mixture_gives_back_its_share_and_its_colour() {
        for alpha in [0.2f32, 0.5, 0.8, 1.0] {
            assert!((project(mixed(alpha), 0.012) - alpha).abs() < 0.01);
            let colour = unmixed(mixed(alpha), alpha);
            assert!(distance(&colour, &HAIR) < 1e-3, "{alpha}: {colour:?}");
        }
    }

    #[test]
    fn noise_on_the_wall_is_wall() {
        let seen = [WALL[0] + 0.006, WALL[1] - 0.006, WALL[2]];
        assert!(project(Evidence { seen, wall: WALL, person: HAIR }, 0.012) < 1e-6);
    }

    #[test]
    fn a_colour_far_off_the_line_is_person() {
        assert!(project(Evidence { seen: [0.9, 0.1, 0.1], wall: WALL, person: HAIR }, 0.012) > 0.8);
    }

    #[test]
    fn the_lit_rim_of_an_ear_is_whole_and_a_strand_before_the_ear_is_not() {
        let rim = Evidence { seen: [0.75, 0.62, 0.57], wall: WALL, person: HAIR };
        assert!(skin_edge(0.6, rim, 0.8) > 0.85);
        assert!((skin_edge(0.6, rim, 0.2) - 0.6).abs() < 1e-6);
        assert!((skin_edge(0.6, mixed(0.6), 0.8) - 0.6).abs() < 1e-6);
    }

    #[test]
    fn edges_are_steepened_on_clothes_only() {
        assert!(steepened(0.25, 0.0).abs() < 1e-6);
        assert!((steepened(0.25, 1.0) - 0.25).abs() < 1e-6);
        assert!((steepened(0.5, 0.0) - 0.5).abs() < 1e-6);
    }
}
