//! Who is at the desk: opened by a PIN, closed by hand, by a pause, or by a clock that was set back.

use std::sync::{Mutex, PoisonError};

use kiosk_core::order::UnixMillis;
use kiosk_core::{Fault, FaultCode, Role};

use crate::clock;
use crate::contract::DeskPerson;

/// The desk closes after so long without a request.
const IDLE_MS: UnixMillis = 5 * 60_000;

/// The desk's lock.
#[derive(Default)]
pub struct Duty(Mutex<Option<OnDuty>>);

struct OnDuty {
    person: DeskPerson,
    last_request: UnixMillis,
}

impl Duty {
    /// Somebody's PIN was right.
    pub fn open(&self, person: DeskPerson) {
        *self.lock() = Some(OnDuty { person, last_request: clock::now() });
    }

    /// Nobody is at the desk any more.
    pub fn close(&self) {
        *self.lock() = None;
    }

    /// Who is at the desk; looking does not keep it open.
    pub fn who(&self) -> Option<DeskPerson> {
        self.who_at(clock::now())
    }

    /// The name of whoever is at the desk, for the audit.
    ///
    /// # Errors
    /// `PinWrong` when the desk is closed, `ManagerNeeded`.
    pub fn require(&self, role: Role) -> Result<String, Fault> {
        self.require_at(role, clock::now())
    }

    fn who_at(&self, now: UnixMillis) -> Option<DeskPerson> {
        let duty = self.lock();
        duty.as_ref().filter(|duty| is_awake(duty, now)).map(|duty| duty.person.clone())
    }

    fn require_at(&self, role: Role, now: UnixMillis) -> Result<String, Fault> {
        let mut duty = self.lock();
        *duty = duty.take().filter(|duty| is_awake(duty, now));
        let Some(duty) = duty.as_mut() else {
            return Err(Fault::new(FaultCode::PinWrong, "the operator page is locked"));
        };
        duty.last_request = now;
        if duty.person.role < role {
            return Err(Fault::new(FaultCode::ManagerNeeded, ""));
        }
        Ok(duty.person.name.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<OnDuty>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_awake(duty: &OnDuty, now: UnixMillis) -> bool {
    // A clock that was set back closes the desk as well.
    (0..IDLE_MS).contains(&(now - duty.last_request))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(role: Role) -> (Duty, UnixMillis) {
        let duty = Duty::default();
        duty.open(DeskPerson { name: "小李".to_owned(), role });
        let since = duty.lock().as_ref().unwrap().last_request;
        (duty, since)
    }

    #[test]
    fn a_role_may_do_its_own_and_what_is_below() {
        let (duty, now) = open(Role::Operator);
        assert_eq!(duty.require_at(Role::Operator, now).unwrap(), "小李");
        assert_eq!(duty.require_at(Role::Manager, now).unwrap_err().code, FaultCode::ManagerNeeded);
        let (duty, now) = open(Role::Manager);
        for role in [Role::Operator, Role::Manager] {
            duty.require_at(role, now).unwrap();
        }
    }

    #[test]
    fn the_desk_closes_by_itself_and_stays_closed() {
        let (duty, since) = open(Role::Manager);
        let later = since + IDLE_MS - 1;
        duty.require_at(Role::Operator, later).unwrap();
        duty.require_at(Role::Operator, later + IDLE_MS - 1).unwrap();
        assert_eq!(duty.who_at(later + 2 * IDLE_MS), None);
        let closed = duty.require_at(Role::Operator, later + 2 * IDLE_MS).unwrap_err();
        assert_eq!(closed.code, FaultCode::PinWrong);
        assert!(duty.require_at(Role::Operator, since).is_err(), "and does not open by itself");

        let (duty, since) = open(Role::Manager);
        assert!(duty.require_at(Role::Operator, since - 1).is_err(), "the clock was set back");
        let (duty, since) = open(Role::Manager);
        duty.close();
        assert!(duty.require_at(Role::Operator, since).is_err());
    }
}
