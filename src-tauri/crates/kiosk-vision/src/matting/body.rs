//! Where the outline is clothes and where it is hair.

use super::Sitter;
use super::raster::{Colour, Raster, distance, smoothstep};
use super::regions::grown;
use super::trimap::Zone;

/// Clothes begin this far above the shoulders' edge in the net's mask, in face widths: the mask's own uncertainty.
const ABOVE_SHOULDER: f32 = 0.06;
/// Rows over which hair's rules fade into those of clothes, in face widths.
const FADE: f32 = 0.1;
/// Colours of clothes this close to the wall cannot be told from it by colour.
const LIKE_WALL: f32 = 0.2;
/// Reach of that doubt, in face widths: the collar beside the neck.
const DOUBT: f32 = 0.12;

/// The row in each column from which on the outline is clothes. Never above the chin; where no body stands in a column, the
/// raster's height.
pub fn clothes_from(mask: &Raster<f32>, sitter: &Sitter) -> Vec<f32> {
    let standing =
        |x: usize| (0..mask.height).rev().take_while(|y| mask.data[y * mask.width + x] > 0.5).count();
    (0..mask.width)
        .map(|x| {
            let top = (mask.height - standing(x)) as f32;
            (top - ABOVE_SHOULDER * sitter.face_width).max(sitter.body_row())
        })
        .collect()
}

/// 1 where the outline is hair, 0 where it is clothes.
pub fn hair(from: f32, y: f32, sitter: &Sitter) -> f32 {
    1.0 - smoothstep(from - FADE * sitter.face_width, from, y)
}

/// Surroundings of clothes that look like the wall: there the outline follows the net's mask, whatever the neck's colour promises.
pub fn pale_clothes(
    image: &Raster<Colour>,
    wall: &Raster<Colour>,
    zones: &Raster<Zone>,
    from: &[f32],
    sitter: &Sitter,
) -> Raster<bool> {
    let pale = Raster::from_place(image.width, image.height, |x, y| {
        let i = y * image.width + x;
        zones.data[i] == Zone::Person
            && y as f32 > from[x]
            && distance(&image.data[i], &wall.data[i]) < LIKE_WALL
    });
    grown(&pale, (DOUBT * sitter.face_width).round().max(1.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_the_neck_hair_reaches_down_to_the_shoulder() {
        // A head 40 wide over shoulders that begin at row 80.
        let mask = Raster::from_index(100, 100, |i| {
            let (x, y) = (i % 100, i / 100);
            f32::from(u8::from(y >= 80 || (30..70).contains(&x)))
        });
        let sitter = Sitter { oval: Vec::new(), chin: 50.0, face_width: 40.0 };
        let from = clothes_from(&mask, &sitter);
        assert!((from[10] - (80.0 - 2.4)).abs() < 0.01);
        assert!((from[50] - sitter.body_row()).abs() < 0.01);
        assert!(hair(from[10], 70.0, &sitter) > 0.9 && hair(from[10], 90.0, &sitter) < 0.1);
    }
}
