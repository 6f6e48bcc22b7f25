//! What the tests of the visit and of its coach begin with.

use crate::instruction::FaceMeasures;

/// A face in its place under even light.
pub const WELL_PLACED: FaceMeasures = FaceMeasures {
    size: 1.1,
    crop_fits: true,
    offset_x: 0.0,
    offset_y: 0.0,
    light_balance: Some(0.0),
    movement: 0.0,
};
