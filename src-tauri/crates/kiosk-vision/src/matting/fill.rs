//! Push-pull: unknown pixels take the colour of the known ones around them, near ones first.

use super::raster::{Colour, Enlargement, Raster, mix};

/// Fills every pixel that `known` rejects; known pixels keep their colour. With nothing known the result is mid-grey.
///
/// Pyramid of weighted means (Gortler et al., "The Lumigraph", 1996, §4.3): going down, a coarse pixel is the mean of its known
/// children; going up, what is still unknown takes the coarser level.
pub fn push_pull(colours: &Raster<Colour>, known: impl Fn(usize) -> bool) -> Raster<Colour> {
    let finest = Raster::from_index(colours.width, colours.height, |i| {
        let [r, g, b] = colours.data[i];
        if known(i) { [r, g, b, 1.0] } else { [0.0; 4] }
    });
    let mut levels = vec![finest];
    while let Some(last) = levels.last()
        && last.width.max(last.height) > 2
    {
        let coarser = saturated(last.shrunk(2));
        levels.push(coarser);
    }
    let Some(coarsest) = levels.pop() else {
        return colours.clone();
    };
    let mut filled = coarsest.map(|&[r, g, b, w]| if w > 0.0 { [r / w, g / w, b / w] } else { [0.5; 3] });
    for level in levels.iter().rev() {
        filled = completed(level, &filled);
    }
    filled
}

/// A level with what it does not know taken from the next coarser one.
fn completed(level: &Raster<[f32; 4]>, coarser: &Raster<Colour>) -> Raster<Colour> {
    let mut beneath = Enlargement::new(coarser, 2, level.width, level.height);
    let mut data = Vec::with_capacity(level.data.len());
    for y in 0..level.height {
        let beneath = beneath.row(y, 0..level.width);
        data.extend(level.row(y).iter().enumerate().map(|(x, &[r, g, b, w])| {
            if w >= 1.0 {
                [r, g, b]
            } else if w > 0.0 {
                mix(&beneath.at(x), &[r / w, g / w, b / w], w)
            } else {
                beneath.at(x)
            }
        }));
    }
    Raster { width: level.width, height: level.height, data }
}

/// A mean over four children of which one was known counts as fully known.
fn saturated(mut level: Raster<[f32; 4]>) -> Raster<[f32; 4]> {
    for pixel in &mut level.data {
        let weight = pixel[3];
        if weight > 0.0 {
            let gain = (weight * 4.0).min(1.0) / weight;
            *pixel = pixel.map(|v| v * gain);
        }
    }
    level
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_pixels_stay_and_holes_take_what_surrounds_them() {
        let colours = Raster::from_index(40, 30, |i| [(i % 40) as f32 / 40.0, 0.25, 0.75]);
        let hole = |i: usize| (12..24).contains(&(i % 40)) && (10..20).contains(&(i / 40));
        let filled = push_pull(&colours, |i| !hole(i));
        for i in 0..colours.data.len() {
            let error = (filled.data[i][0] - colours.data[i][0]).abs();
            assert!(if hole(i) { error < 0.12 } else { error < 1e-6 }, "{i}: {error}");
            assert!((filled.data[i][1] - 0.25).abs() < 1e-5);
        }
    }

    #[test]
    fn nothing_known_is_grey() {
        let filled = push_pull(&Raster::filled(5, 4, [1.0, 0.0, 0.0]), |_| false);
        assert!(filled.data.iter().flatten().all(|v| (v - 0.5).abs() < 1e-6));
    }
}
