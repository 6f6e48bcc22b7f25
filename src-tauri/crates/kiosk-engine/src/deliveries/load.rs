//! Orders with their photos, as they lie in the log.

use std::sync::Arc;

use kiosk_core::{Fault, FaultCode, OrderNumber};
use kiosk_delivery::export::DeliverableOrder;
use kiosk_delivery::sheet_pdf::LabelFont;
use kiosk_store::{Deliverable, PhotoVersion, Store};

use super::Deliveries;
use super::choice::{self, Selection};
use crate::clock;
use crate::contract::DeliveryChoice;
use crate::counter::owed;

/// Orders with their photos, ready to be planned.
pub(super) struct Load {
    pub selection: Selection,
    pub orders: Vec<DeliverableOrder>,
    pub versions: Vec<PhotoVersion>,
    pub font: LabelFont,
    /// Whom the audit names.
    pub actor: String,
}

impl Deliveries {
    pub(super) fn load(&self, choice: &DeliveryChoice, actor: &str) -> Result<Load, Fault> {
        let font = LabelFont::parse(&self.assets.label_font()?).map_err(Fault::from)?;
        let (choice, actor, unpaid_waits) = (choice.clone(), actor.to_owned(), self.unpaid_waits);
        self.order_log.call(move |store| {
            let selection = choice::select(store, &choice, unpaid_waits)?;
            let numbers: Vec<OrderNumber> = selection.chosen.iter().map(|order| order.number).collect();
            if numbers.is_empty() {
                let unpaid: Vec<_> = selection.unpaid.iter().map(|order| order.number).collect();
                return Err(
                    owed(&unpaid).unwrap_or_else(|| Fault::new(FaultCode::NothingToDeliver, "no order fits"))
                );
            }
            let deliverables = store.deliverable(&numbers, &actor, clock::now())?;
            let versions = deliverables.iter().map(|deliverable| deliverable.photo).collect();
            let orders: Result<Vec<_>, Fault> =
                deliverables.into_iter().map(|deliverable| order_of(store, deliverable)).collect();
            Ok(Load { selection, orders: orders?, versions, font, actor })
        })
    }
}

fn order_of(store: &Store, deliverable: Deliverable) -> Result<DeliverableOrder, Fault> {
    let Deliverable { photo, person, code, .. } = deliverable;
    let stored = store.photo(photo.number)?;
    Ok(DeliverableOrder {
        number: photo.number.to_string(),
        id_number: person.id_number.canonical().to_owned(),
        name: person.name,
        student_number: person.student_number,
        school: person.school,
        college: person.college,
        class: person.class,
        code: code.0,
        accepted_at: stored.accepted_at,
        photo_sha256: kiosk_core::hex::unhex(&stored.sha256)
            .ok_or_else(|| Fault::new(FaultCode::StoreCorrupt, format!("order {photo:?}: no hash")))?,
        photo: Arc::from(stored.jpeg),
    })
}
