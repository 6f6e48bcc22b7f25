//! Ways of cutting out that are compared.

use kiosk_vision::matting::alpha::{Evidence, unmixed};
use kiosk_vision::matting::filters::guided;
use kiosk_vision::matting::raster::{Colour, Raster};
use kiosk_vision::matting::trimap::Zone;
use kiosk_vision::standardise::Study;
use serde::Serialize;

use super::closed_form::closed_form;

/// A way of cutting out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rival {
    /// The net's 256² mask, enlarged; colours as seen.
    Bilinear,
    /// The mask redrawn along the picture's edges (He, Sun & Tang 2013); colours as seen.
    Guided,
    /// Closed-form matting with our trimap, and with our wall taken out of the colours.
    ClosedForm,
    /// The product.
    Ours,
}

/// Alpha and the person's colour in the window of a study.
pub struct Cut {
    /// Share of person.
    pub alpha: Raster<f32>,
    /// The person's colour.
    pub colour: Raster<Colour>,
}

impl Rival {
    /// In the table's order.
    pub const ALL: [Self; 4] = [Self::Bilinear, Self::Guided, Self::ClosedForm, Self::Ours];

    /// What the table calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bilinear => "bilinear mask",
            Self::Guided => "guided filter",
            Self::ClosedForm => "closed-form",
            Self::Ours => "ours",
        }
    }

    /// Cuts out what `study` was made of.
    pub fn cut(self, study: &Study, image: &Raster<Colour>, mask: &Raster<f32>) -> Cut {
        match self {
            Self::Bilinear => Cut { alpha: mask.clone(), colour: image.clone() },
            Self::Guided => Cut { alpha: redrawn(image, mask), colour: image.clone() },
            Self::ClosedForm => solved(study, image, mask),
            Self::Ours => Cut { alpha: study.matte.alpha.clone(), colour: study.matte.colour.clone() },
        }
    }
}

/// Its window measured best at 4 % of the raster's width, a face's tenth.
fn redrawn(image: &Raster<Colour>, mask: &Raster<f32>) -> Raster<f32> {
    guided(image, &mask.map(|&p| [p]), image.width / 25, 4)
}

fn solved(study: &Study, image: &Raster<Colour>, mask: &Raster<f32>) -> Cut {
    let (width, height) = (image.width, image.height);
    let matte = &study.matte;
    let known = Raster::from_place(width, height, |x, y| match matte.zones.row(y / 2)[x / 2] {
        Zone::Backdrop => Some(0.0),
        Zone::Person => Some(1.0),
        Zone::Unknown => None,
    });
    let alpha = closed_form(image, &known, &redrawn(image, mask));
    let wall = matte.wall.enlarged(2, width, height);
    let person = matte.person.enlarged(2, width, height);
    let colour = Raster::from_index(width, height, |i| {
        unmixed(Evidence { seen: image.data[i], wall: wall.data[i], person: person.data[i] }, alpha.data[i])
    });
    Cut { alpha, colour }
}
