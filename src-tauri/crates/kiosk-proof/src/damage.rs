//! What is done to portraits, how bad that is, and which check has to notice.
//!
//! Everything is pure arithmetic on linear light, seeded by the case's name. Sizes are in widths of the face, so that
//! portraits of any size are spoilt alike.

mod covering;
mod eyes;
mod framing;
mod lamps;
pub mod optics;
pub mod recapture;
mod wall;

use kiosk_core::CheckId;

use crate::case::{Deed, Grade, QUALITY};
use crate::light::Light;
use crate::portrait::Portrait;
use crate::random::Random;

/// Paints the spoilt picture from a portrait, another person's portrait and random numbers; `None` when it cannot be done here.
pub type Paint = Box<dyn Fn(&Portrait, &Portrait, &mut Random) -> Option<Light> + Send + Sync>;

/// One way to spoil a portrait.
pub struct Damage {
    /// What is done.
    pub deed: Deed,
    /// Checks of which one must fail (clear, gross) or none may (mild).
    pub targets: &'static [CheckId],
    /// Checks that may change as a consequence.
    pub affects: &'static [CheckId],
    /// JPEG quality of the picture.
    pub quality: u8,
    /// How.
    pub paint: Paint,
}

/// Collects damages of one family.
struct Family<'a> {
    list: &'a mut Vec<Damage>,
    name: &'static str,
    targets: &'static [CheckId],
    affects: &'static [CheckId],
    quality: u8,
}

impl Family<'_> {
    fn add(
        &mut self,
        variant: impl Into<String>,
        grade: Grade,
        paint: impl Fn(&Portrait, &Portrait, &mut Random) -> Option<Light> + Send + Sync + 'static,
    ) -> &mut Self {
        self.list.push(Damage {
            deed: Deed { family: self.name, variant: variant.into(), grade },
            targets: self.targets,
            affects: self.affects,
            quality: self.quality,
            paint: Box::new(paint),
        });
        self
    }
}

/// Every way. `background` is the recipient's colour.
pub fn all(background: [u8; 3]) -> Vec<Damage> {
    let mut list = Vec::new();
    optics::list(&mut list);
    lamps::list(&mut list);
    framing::list(&mut list);
    wall::list(&mut list, background);
    eyes::list(&mut list);
    covering::list(&mut list);
    recapture::list(&mut list);
    list
}

fn family(
    list: &mut Vec<Damage>,
    name: &'static str,
    targets: &'static [CheckId],
    affects: &'static [CheckId],
    fill: impl FnOnce(&mut Family<'_>),
) {
    fill(&mut Family { list, name, targets, affects, quality: QUALITY });
}
