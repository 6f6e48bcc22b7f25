//! One face under two codes on one day: in memory, of this machine, and gone with the day or the program.

use kiosk_core::OrderNumber;
use kiosk_core::face::{FaceEmbedding, SAME_FACE_DISTANCE};
use kiosk_core::order::LocalDay;

/// The faces of the orders that were accepted today.
#[derive(Default)]
pub struct FacesOfDay {
    day: Option<LocalDay>,
    faces: Vec<(OrderNumber, FaceEmbedding)>,
}

impl FacesOfDay {
    /// Takes in the photo of an order. Other orders of the day that show the same face.
    pub fn note(&mut self, day: LocalDay, order: OrderNumber, face: FaceEmbedding) -> Vec<OrderNumber> {
        if self.day.replace(day) != Some(day) {
            self.faces.clear();
        }
        // A retake takes the place of the photo before.
        self.faces.retain(|(of, _)| *of != order);
        let alike = |(_, other): &&(OrderNumber, FaceEmbedding)| other.distance(&face) < SAME_FACE_DISTANCE;
        let same = self.faces.iter().filter(alike).map(|(of, _)| *of).collect();
        self.faces.push((order, face));
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: LocalDay = LocalDay { year: 2026, month: 11, day: 21 };

    fn order(counter: u32) -> OrderNumber {
        OrderNumber { day: TODAY, station: 'A', counter }
    }

    fn face(at: f32) -> FaceEmbedding {
        FaceEmbedding::new(&[at])
    }

    #[test]
    fn the_same_face_is_found_under_other_orders_of_the_day_only() {
        let mut faces = FacesOfDay::default();
        assert_eq!(faces.note(TODAY, order(1), face(0.0)), []);
        assert_eq!(faces.note(TODAY, order(2), face(1.0)), []);
        assert_eq!(faces.note(TODAY, order(2), face(1.1)), [], "a retake");
        assert_eq!(faces.note(TODAY, order(3), face(0.1)), [order(1)]);
        let tomorrow = LocalDay { day: 22, ..TODAY };
        assert_eq!(faces.note(tomorrow, order(4), face(0.0)), []);
    }
}
