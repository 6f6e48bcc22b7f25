//! A plan as the operator sees it.

use kiosk_core::{Fault, FaultCode};
use kiosk_delivery::export::{Absence, AbsentStudent, DeliveryPlan, ExportError};

use super::load::Load;
use super::place::Place;
use super::{Deliveries, Target, count};
use crate::contract::{AbsentRow, DeliveryPlanned, LeftOut};

/// Absent students that a plan names one by one.
const MOST_NAMED: usize = 500;

impl Deliveries {
    pub(super) fn shown(
        &self,
        load: &Load,
        plan: &DeliveryPlan,
        target: &Target,
        place: &Place,
        resumes: bool,
    ) -> DeliveryPlanned {
        let absent = plan.absent.as_deref().unwrap_or_default();
        let row = |student: &AbsentStudent| AbsentRow {
            name: student.name.clone(),
            student_number: student.student_number.clone(),
            college: student.college.clone(),
            class: student.class.clone(),
            left_out: student.why == Absence::LeftOut,
        };
        let left_out = |unpaid: bool| {
            let orders = if unpaid { &load.selection.unpaid } else { &load.selection.left_out };
            orders.iter().map(move |order| LeftOut {
                number: order.number.to_string(),
                state: order.state,
                unpaid,
            })
        };
        let (free_bytes, of_target) = target.looked_at(place, plan);
        let mut problems = problems(plan);
        problems.extend(of_target);
        if place.name.as_ref().is_some_and(|name| place.path(name).exists()) {
            let detail = format!("{}: something is there already", place.path(&plan.title).display());
            problems.push(Fault::new(FaultCode::PathUnusable, detail));
        }
        let needed = target.needs(plan);
        let told = problems.iter().any(|problem| problem.code == FaultCode::MediumFull);
        if free_bytes.is_some_and(|free| free < needed) && !resumes && !told {
            problems.push(Fault::new(FaultCode::MediumFull, format!("{needed} bytes are needed")));
        }
        DeliveryPlanned {
            plan: plan.fingerprint(),
            photos: count(plan.photos),
            bytes: plan.bytes,
            free_bytes,
            folder: target.shown(place, plan),
            resumes,
            naming: format!("{}.{}", self.profile.naming.template, self.profile.naming.extension),
            problems,
            listed: load.selection.listed,
            absent: count(absent.len()),
            absent_students: absent.iter().take(MOST_NAMED).map(row).collect(),
            not_approved: load.selection.not_approved.iter().map(ToString::to_string).collect(),
            left_out: left_out(true).chain(left_out(false)).collect(),
            not_on_disc: plan.not_on_disc.iter().map(|name| name.order.clone()).collect(),
            duplicates: plan.duplicates.clone(),
        }
    }
}

/// What keeps a plan from being written, without names: by order number.
fn problems(plan: &DeliveryPlan) -> Vec<Fault> {
    let damaged = plan.damaged.iter().map(|order| Fault::from(ExportError::PhotoDamaged(order.clone())));
    let clashes = plan
        .clashes
        .iter()
        .map(|clash| Fault::new(FaultCode::NameClash, format!("{} / {}", clash.first, clash.second)));
    let illegal = plan
        .illegal
        .iter()
        .map(|name| Fault::new(FaultCode::NameClash, format!("{}: {}", name.order, name.why)));
    damaged.chain(clashes).chain(illegal).collect()
}
