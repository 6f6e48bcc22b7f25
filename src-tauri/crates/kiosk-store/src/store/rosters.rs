//! Schools' own lists.

use kiosk_core::roster::RosterEntry;
use kiosk_core::session::Identification;
use kiosk_core::{CollectionCode, Fault};

use crate::{
    ClassCount, ListedStudent, NewRoster, RosterChange, RosterQuery, RosterSummary, Store, listed, rosters,
};

impl Store {
    /// Imports a school's list in one transaction: all of it or nothing. The list of the same school before gives way to it, and orders
    /// stay as they are. `progress` is told lines done.
    ///
    /// # Errors
    /// `Internal` when two entries are one student's; the file's faults.
    pub fn import_roster(
        &mut self,
        new: &NewRoster<'_>,
        progress: &mut dyn FnMut(usize),
    ) -> Result<RosterChange, Fault> {
        Ok(rosters::import(&mut self.conn, self.station, new, true, progress)?)
    }

    /// What [`Store::import_roster`] would change; nothing is written.
    ///
    /// # Errors
    /// As there.
    pub fn compare_roster(&mut self, new: &NewRoster<'_>) -> Result<RosterChange, Fault> {
        Ok(rosters::import(&mut self.conn, self.station, new, false, &mut |_| {})?)
    }

    /// Every school's list with its counts.
    ///
    /// # Errors
    /// The file's faults.
    pub fn rosters(&self) -> Result<Vec<RosterSummary>, Fault> {
        Ok(rosters::list(&self.conn)?)
    }

    /// How far each class is.
    ///
    /// # Errors
    /// The file's faults.
    pub fn classes(&self) -> Result<Vec<ClassCount>, Fault> {
        Ok(listed::classes(&self.conn)?)
    }

    /// Students of the rosters with a photo, or without one; masked.
    ///
    /// # Errors
    /// The file's faults.
    pub fn listed_students(&self, query: &RosterQuery) -> Result<Vec<ListedStudent>, Fault> {
        Ok(listed::students(&self.conn, query)?)
    }

    /// The line of a code in the rosters, with the whole ID number where the school tells it: for the visit that the code opens, and for
    /// nothing else.
    ///
    /// # Errors
    /// The file's faults.
    pub fn listed_by_code(&self, code: &CollectionCode) -> Result<Option<RosterEntry>, Fault> {
        Ok(listed::by_code(&self.conn, code)?)
    }

    /// The line of the person who typed this.
    ///
    /// # Errors
    /// The file's faults.
    pub fn listed_by_typed(&self, typed: &Identification) -> Result<Option<RosterEntry>, Fault> {
        Ok(listed::by_typed(&self.conn, typed)?)
    }
}
