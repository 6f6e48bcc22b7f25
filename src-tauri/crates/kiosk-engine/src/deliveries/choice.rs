//! Which orders a delivery takes, and whom of the school's list it leaves out.

use std::collections::{BTreeMap, HashSet};

use kiosk_core::order::LocalDay;
use kiosk_core::{Fault, OrderNumber, OrderState};
use kiosk_delivery::export::{Absence, AbsentStudent};
use kiosk_store::{ListedStudent, OrderSummary, Query, RosterQuery, Store};

use crate::contract::{DeliveryChoice, DeliveryClass, DeliveryDay, DeliveryGroups};
use crate::operator;

/// Orders with a photo that was not sent back.
const DELIVERABLE: [OrderState; 4] =
    [OrderState::Captured, OrderState::Approved, OrderState::Printed, OrderState::Delivered];

/// What a choice comes to.
#[derive(Clone)]
pub(super) struct Selection {
    /// In the order of school, college, class and student number.
    pub chosen: Vec<OrderSummary>,
    /// Orders that fit but for their state.
    pub left_out: Vec<OrderSummary>,
    /// Orders that fit but for what they owe.
    pub unpaid: Vec<OrderSummary>,
    /// Those of the chosen whose photo nobody has approved.
    pub not_approved: Vec<OrderNumber>,
    /// Students of the rosters within the choice; `None` when none is there to compare with.
    pub listed: Option<u32>,
    /// Those without a photo in it.
    pub absent: Option<Vec<AbsentStudent>>,
    /// The choice in words; empty for everything.
    pub scope: String,
}

/// Where unpaid orders wait, or the operator leaves them out, they are not among the chosen.
pub(super) fn select(store: &Store, choice: &DeliveryChoice, unpaid_waits: bool) -> Result<Selection, Fault> {
    let paid_only = unpaid_waits || choice.paid_only;
    if !choice.orders.is_empty() {
        let numbers: Vec<OrderNumber> =
            choice.orders.iter().map(|number| operator::parse(number)).collect::<Result<_, _>>()?;
        let mut chosen = numbers.into_iter().map(|n| store.order(n)).collect::<Result<Vec<_>, _>>()?;
        sort(&mut chosen);
        let unpaid = if paid_only { take_unpaid(store, &mut chosen)? } else { Vec::new() };
        return Ok(Selection {
            not_approved: not_approved(store, &chosen)?,
            chosen,
            unpaid,
            left_out: Vec::new(),
            listed: None,
            absent: None,
            scope: String::new(),
        });
    }
    let states = if choice.states.is_empty() { &DELIVERABLE[..] } else { &choice.states };
    let fitting = store.orders(&Query::default())?.into_iter().filter(|order| fits(order, choice));
    let living = fitting.filter(|order| order.state != OrderState::Purged);
    let (mut chosen, mut left_out): (Vec<_>, Vec<_>) =
        living.partition(|order| states.contains(&order.state) && DELIVERABLE.contains(&order.state));
    sort(&mut chosen);
    sort(&mut left_out);
    let unpaid = if paid_only { take_unpaid(store, &mut chosen)? } else { Vec::new() };
    let listed = listed(store, choice)?;
    let absent = (!listed.is_empty()).then(|| absent(&listed, &chosen, choice.day.is_some()));
    let count = u32::try_from(listed.len()).unwrap_or(u32::MAX);
    Ok(Selection {
        scope: words(choice),
        listed: absent.is_some().then_some(count),
        not_approved: not_approved(store, &chosen)?,
        chosen,
        left_out,
        unpaid,
        absent,
    })
}

/// Takes the orders that owe something out of `chosen`.
fn take_unpaid(store: &Store, chosen: &mut Vec<OrderSummary>) -> Result<Vec<OrderSummary>, Fault> {
    let numbers: Vec<OrderNumber> = chosen.iter().map(|order| order.number).collect();
    let owing: HashSet<OrderNumber> = store.owing(&numbers)?.into_iter().collect();
    Ok(chosen.extract_if(.., |order| owing.contains(&order.number)).collect())
}

fn not_approved(store: &Store, chosen: &[OrderSummary]) -> Result<Vec<OrderNumber>, Fault> {
    store.unapproved(&chosen.iter().map(|order| order.number).collect::<Vec<_>>())
}

/// Schools, colleges and classes, and days, that have orders with a photo.
pub(super) fn groups(store: &Store) -> Result<DeliveryGroups, Fault> {
    let orders = store.orders(&Query { states: DELIVERABLE.to_vec(), ..Query::default() })?;
    let (mut classes, mut days) = (BTreeMap::new(), BTreeMap::new());
    for order in orders {
        *days.entry(day_text(order.number.day)).or_insert(0) += 1;
        let place = [order.school, order.college, order.class].map(Option::unwrap_or_default);
        *classes.entry(place).or_insert(0) += 1;
    }
    let class = |([school, college, class], orders): ([String; 3], u32)| DeliveryClass {
        school,
        college,
        class,
        orders,
    };
    Ok(DeliveryGroups {
        classes: classes.into_iter().map(class).collect(),
        days: days.into_iter().rev().map(|(day, orders)| DeliveryDay { day, orders }).collect(),
    })
}

fn sort(orders: &mut [OrderSummary]) {
    let key = |order: &OrderSummary| {
        (
            order.school.clone(),
            order.college.clone(),
            order.class.clone(),
            order.student_number.clone(),
            order.number,
        )
    };
    orders.sort_by_cached_key(key);
}

fn fits(order: &OrderSummary, choice: &DeliveryChoice) -> bool {
    is(order.school.as_deref(), choice.school.as_deref())
        && is(order.college.as_deref(), choice.college.as_deref())
        && is(order.class.as_deref(), choice.class.as_deref())
        && choice.day.as_ref().is_none_or(|day| *day == day_text(order.number.day))
}

fn is(told: Option<&str>, chosen: Option<&str>) -> bool {
    chosen.is_none_or(|chosen| told.unwrap_or_default().trim() == chosen.trim())
}

/// A list without a school's name may be any school's: better one student too many is named as absent than all of them forgotten.
fn listed(store: &Store, choice: &DeliveryChoice) -> Result<Vec<ListedStudent>, Fault> {
    let mut listed = Vec::new();
    for captured in [false, true] {
        let query = RosterQuery {
            captured,
            college: choice.college.clone(),
            class: choice.class.clone(),
            limit: u32::MAX,
            offset: 0,
        };
        listed.extend(store.listed_students(&query)?);
    }
    listed.retain(|student| {
        student.school.is_none() || is(student.school.as_deref(), choice.school.as_deref())
    });
    Ok(listed)
}

/// A delivery of one day names only those who have no photo at all: the others' photos are another day's.
fn absent(listed: &[ListedStudent], chosen: &[OrderSummary], of_one_day: bool) -> Vec<AbsentStudent> {
    let fold = |number: &str| number.trim().to_uppercase();
    let orders: HashSet<String> = chosen.iter().map(|order| order.number.to_string()).collect();
    let numbers: HashSet<String> =
        chosen.iter().filter_map(|order| order.student_number.as_deref()).map(fold).collect();
    let delivered = |student: &ListedStudent| {
        student.order.as_ref().is_some_and(|number| orders.contains(number))
            || student.student_number.as_deref().is_some_and(|number| numbers.contains(&fold(number)))
    };
    let gone = listed.iter().filter(|student| !delivered(student));
    gone.filter(|student| student.order.is_none() || !of_one_day)
        .map(|student| AbsentStudent {
            name: student.name.clone(),
            student_number: student.student_number.clone(),
            id_number_masked: student.id_number_masked.clone(),
            school: student.school.clone(),
            college: student.college.clone(),
            class: student.class.clone(),
            why: if student.order.is_some() { Absence::LeftOut } else { Absence::NotCaptured },
        })
        .collect()
}

fn words(choice: &DeliveryChoice) -> String {
    let parts = [&choice.school, &choice.college, &choice.class, &choice.day];
    let parts: Vec<&str> =
        parts.into_iter().flatten().map(|part| part.trim()).filter(|p| !p.is_empty()).collect();
    parts.join(" · ")
}

/// `2026-11-21`.
pub(super) fn day_text(day: LocalDay) -> String {
    format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(number: &str, order: Option<&str>) -> ListedStudent {
        ListedStudent {
            student_number: Some(number.to_owned()),
            name: None,
            id_number_masked: None,
            school: None,
            college: None,
            class: None,
            order: order.map(str::to_owned),
        }
    }

    fn order(number: &str, student_number: &str) -> OrderSummary {
        OrderSummary {
            number: number.parse().unwrap(),
            id: String::new(),
            state: OrderState::Approved,
            version: 1,
            profile: String::new(),
            name: None,
            student_number: Some(student_number.to_owned()),
            school: Some("虚构大学".to_owned()),
            college: None,
            class: Some("一班".to_owned()),
            id_number_masked: None,
            last_four: None,
            accepted_at: 0,
            changed_at: 0,
        }
    }

    #[test]
    fn whoever_is_listed_and_not_delivered_is_absent_with_the_reason() {
        let chosen = [order("261121-A001", "t1"), order("261121-A002", "T2")];
        let list = [
            listed("T1", Some("261121-A001")),
            // Another order is the newest; the student's own number says who it is.
            listed("t2", Some("261121-A009")),
            listed("T3", Some("261120-A004")),
            listed("T4", None),
        ];
        let why = |of_one_day| -> Vec<_> {
            let absent = absent(&list, &chosen, of_one_day);
            absent.into_iter().map(|s| (s.student_number.unwrap(), s.why)).collect()
        };
        let (left_out, not_captured) =
            (("T3".to_owned(), Absence::LeftOut), ("T4".to_owned(), Absence::NotCaptured));
        assert_eq!(why(false), [left_out, not_captured.clone()]);
        assert_eq!(why(true), [not_captured]);
    }

    #[test]
    fn a_choice_fits_by_all_that_it_names() {
        let order = order("261121-A001", "t1");
        let named = |choice: DeliveryChoice| fits(&order, &choice);
        let some = |text: &str| Some(text.to_owned());
        assert!(named(DeliveryChoice::default()));
        assert!(named(DeliveryChoice {
            school: some("虚构大学"),
            class: some("一班"),
            ..Default::default()
        }));
        assert!(named(DeliveryChoice { college: some(""), day: some("2026-11-21"), ..Default::default() }));
        assert!(!named(DeliveryChoice {
            school: some("虚构大学"),
            class: some("二班"),
            ..Default::default()
        }));
        assert!(!named(DeliveryChoice { day: some("2026-11-20"), ..Default::default() }));
        let both =
            DeliveryChoice { school: some("虚构大学"), class: some("一班"), ..Default::default() };
        assert_eq!(words(&both), "虚构大学 · 一班");
    }
}
