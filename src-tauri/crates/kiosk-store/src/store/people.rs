//! Who works at the desk.

use kiosk_core::order::UnixMillis;
use kiosk_core::{Fault, Role};

use crate::{OperatorName, Store, audit, operators};

impl Store {
    /// Everybody who works at the desk, managers first.
    ///
    /// # Errors
    /// The file's faults.
    pub fn operators(&self) -> Result<Vec<OperatorName>, Fault> {
        Ok(operators::list(&self.conn)?)
    }

    /// Adds somebody to the desk, or gives somebody another PIN (4 to 12 digits) and role. `salt` must be random and fresh.
    ///
    /// # Errors
    /// `PinWrong` when it is not 4 to 12 digits; `OperatorNameUnusable` when the name is not 1 to 20 characters, or no manager would be
    /// left; the file's faults.
    pub fn set_operator(
        &mut self,
        who: &OperatorName,
        pin: &str,
        salt: &[u8; 16],
        actor: &str,
        now: UnixMillis,
    ) -> Result<(), Fault> {
        Ok(operators::set(&mut self.conn, self.station, who, pin, salt, actor, now)?)
    }

    /// Takes somebody's access to the desk away.
    ///
    /// # Errors
    /// `OperatorNameUnusable` when nobody has this name, or no manager would be left; the file's faults.
    pub fn remove_operator(&mut self, name: &str, actor: &str, now: UnixMillis) -> Result<(), Fault> {
        Ok(operators::remove(&mut self.conn, self.station, name, actor, now)?)
    }

    /// Checks somebody's PIN; about 50 ms. Every try is audited. After three wrong ones in a row there is a
    /// wait of 30 s, which doubles with each further one up to 15 minutes.
    ///
    /// # Errors
    /// `PinWrong`, also when nobody has this name; `PinLocked` with the wait in its detail; the file's faults.
    pub fn verify_pin(&mut self, name: &str, pin: &str, now: UnixMillis) -> Result<Role, Fault> {
        Ok(operators::verify(&mut self.conn, self.station, name, pin, now)?)
    }

    /// Remembers that the recovery code was shown.
    ///
    /// # Errors
    /// The file's faults.
    pub fn record_key_shown(&mut self, actor: &str, at: UnixMillis) -> Result<(), Fault> {
        Ok(audit::record(&mut self.conn, self.station, audit::Action::KeyShown, actor, at)?)
    }
}
