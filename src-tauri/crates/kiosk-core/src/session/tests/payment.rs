//! A studio that takes its price before the shot.

use super::*;
use crate::Fen;
use crate::money::PaymentTime;

fn framing_of(payment: PaymentTime, fen: u32) -> Visit {
    let mut visit = Visit::new();
    visit.policy.payment = payment;
    visit.policy.price = Fen(fen);
    visit.on(code_read(1));
    visit.on(Event::Identify(typed()));
    visit.on(agreed());
    visit
}

fn to_pay(visit: &Visit) -> Option<Fen> {
    let SessionView::Framing { to_pay, .. } = view(&visit.state, visit.now, &visit.policy) else {
        panic!("{:?}", visit.state)
    };
    to_pay
}

#[test]
fn the_shutter_waits_for_the_counter_in_every_way() {
    let mut visit = framing_of(PaymentTime::Before, 2_000);
    assert_eq!(to_pay(&visit), Some(Fen(2_000)));
    for event in [Event::Shutter, Event::Imported { session: id(1), shot: shot() }] {
        let refused = step(visit.state.clone(), visit.now, event, &visit.policy);
        assert!(refused.refused.is_some() && refused.state == visit.state);
    }
    for _ in 0..40 {
        visit.now += 100;
        assert_eq!(visit.on(good_frame(1)), vec![], "a good framing alone does not release");
    }
    let strangers = step(visit.state.clone(), visit.now, Event::Paid { session: id(2) }, &visit.policy);
    assert!(strangers.refused.is_some());
    visit.on(Event::Paid { session: id(1) });
    assert_eq!(to_pay(&visit), None);
    assert!(matches!(visit.released().as_slice(), [Effect::TakeShot { .. }]));
}

#[test]
fn what_was_paid_before_counts_from_the_code_on() {
    let mut visit = Visit::new();
    visit.policy.payment = PaymentTime::Before;
    visit.policy.price = Fen(1_500);
    visit.on(code_read(1));
    visit.on(Event::Paid { session: id(1) });
    visit.on(Event::Identify(typed()));
    visit.on(agreed());
    assert_eq!(to_pay(&visit), None);
}

#[test]
fn an_order_is_agreed_at_the_policys_price() {
    for (payment, fen, agreed, waits) in [
        (PaymentTime::Never, 2_000, 0, false),
        (PaymentTime::After, 2_000, 2_000, false),
        (PaymentTime::Before, 2_000, 2_000, true),
        (PaymentTime::Before, 0, 0, false),
    ] {
        let visit = framing_of(payment, fen);
        assert_eq!(visit.policy.agreed_price(), Fen(agreed), "{payment:?}");
        assert_eq!(to_pay(&visit).is_some(), waits, "{payment:?} {fen}");
    }
}
