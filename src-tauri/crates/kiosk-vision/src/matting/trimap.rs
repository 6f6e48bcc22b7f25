//! What is certainly wall, what is certainly person, and the band between that has to be measured.

use super::Sitter;
use super::raster::Raster;
use super::regions::{eroded, grown};

/// How much is known about a pixel before its colour is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Wall.
    Backdrop,
    /// Either, or both.
    Unknown,
    /// Person.
    Person,
}

/// Reach of flying hair beyond the net's mask, in face widths: 72 px at a face of 450 px measured best on synthetic
/// hair, and the band must also cover what the 256² mask misses at curls.
const HAIR_REACH: f32 = 0.17;
/// Uncertainty of the net's mask along clothes, in face widths (16 px at 450).
const BODY_REACH: f32 = 0.04;
/// How far inside its own mask the net is to be believed, in face widths (14 px at 450).
const INNER_MARGIN: f32 = 0.032;
/// Probabilities at which the net's mask counts as person and as not wall.
const SURE_PERSON: f32 = 0.9;
const MAYBE_PERSON: f32 = 0.1;

/// Splits the picture by the net's person mask (0–1, same raster).
/// `clothes_from` is the row in each column from which on the outline is clothes.
pub fn trimap(mask: &Raster<f32>, clothes_from: &[f32], sitter: &Sitter) -> Raster<Zone> {
    let reach = |share: f32| (share * sitter.face_width).round().max(1.0) as usize;
    let maybe = mask.map(|&p| p > MAYBE_PERSON);
    let person = eroded(&mask.map(|&p| p > SURE_PERSON), reach(INNER_MARGIN));
    let near_hair = grown(&maybe, reach(HAIR_REACH));
    let near_body = grown(&maybe, reach(BODY_REACH));
    Raster::from_place(mask.width, mask.height, |x, y| {
        let i = y * mask.width + x;
        let above_shoulders = (y as f32) < clothes_from[x];
        let near = if above_shoulders { near_hair.data[i] } else { near_body.data[i] };
        if person.data[i] {
            Zone::Person
        } else if near {
            Zone::Unknown
        } else {
            Zone::Backdrop
        }
    })
}

/// How far single hairs are followed beyond [`HAIR_REACH`], in face widths from the mask.
const STRAND_REACH: f32 = 0.45;
/// Distance from the wall, in noise, from which a pixel out there may be a hair.
const STRAND: f32 = 2.5;

/// Adds to the unknown what stands out from the wall farther from the head: the ends of flying hair. `off_wall` is a pixel's distance from
/// the wall in noise. What does not hang together with the head is dropped later.
pub fn reach_for_strands(
    zones: &mut Raster<Zone>,
    mask: &Raster<f32>,
    clothes_from: &[f32],
    sitter: &Sitter,
    off_wall: impl Fn(usize) -> f32,
) {
    let reach = (STRAND_REACH * sitter.face_width).round().max(1.0) as usize;
    let near = grown(&mask.map(|&p| p > MAYBE_PERSON), reach);
    let beyond = Raster::from_place(mask.width, mask.height, |x, y| {
        let i = y * mask.width + x;
        near.data[i]
            && (y as f32) < clothes_from[x]
            && zones.data[i] == Zone::Backdrop
            && off_wall(i) > STRAND
    });
    for (zone, strand) in zones.data.iter_mut().zip(&grown(&beyond, 1).data) {
        if *strand && *zone == Zone::Backdrop {
            *zone = Zone::Unknown;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_is_wider_above_the_chin() {
        let mask = Raster::from_index(200, 200, |i| f32::from(u8::from((60..140).contains(&(i % 200)))));
        let sitter = Sitter { oval: Vec::new(), chin: 100.0, face_width: 100.0 };
        let zones = trimap(&mask, &[sitter.body_row(); 200], &sitter);
        let unknown = |y: usize| zones.data[y * 200..][..100].iter().filter(|z| **z == Zone::Unknown).count();
        assert_eq!(unknown(20), 17 + 3);
        assert_eq!(unknown(180), 4 + 3);
        assert_eq!(zones.data[20 * 200 + 100], Zone::Person);
        assert_eq!(zones.data[20 * 200 + 5], Zone::Backdrop);
    }
}
