//! A student stands in one line of a list.

use std::collections::HashMap;

use super::columns::photo_key;
use super::{BadLineReason, Column, RosterEntry};

/// What the lines before have told.
#[derive(Default)]
pub(super) struct Repeats {
    own: HashMap<(Column, String), u64>,
    /// By ID number: first line, name, whether something besides the number tells its records apart.
    people: HashMap<String, (u64, Option<String>, bool)>,
}

impl Repeats {
    /// The entry when it repeats nothing. A student number, a code and a picture belong to one line each. An ID number may
    /// come twice, since one person may hold two records, but then under one name and with something that tells them apart.
    pub(super) fn first(&mut self, entry: RosterEntry) -> Result<RosterEntry, BadLineReason> {
        let keys: Vec<(Column, String)> = [
            (Column::StudentNumber, entry.student_number.as_deref().map(str::to_lowercase)),
            (Column::Code, entry.code.as_deref().map(str::to_lowercase)),
            (Column::Photo, entry.photo.as_deref().map(photo_key)),
        ]
        .into_iter()
        .filter_map(|(column, value)| Some((column, value?)))
        .collect();
        if let Some((key, first)) = keys.iter().find_map(|key| Some((key, self.own.get(key)?))) {
            return Err(BadLineReason::Repeated { column: key.0, first: *first });
        }
        let apart = !keys.is_empty();
        if let Some(number) = &entry.id_number {
            let number = number.upgraded().unwrap_or_else(|| number.clone()).canonical().to_owned();
            match self.people.get(&number) {
                Some((first, name, told_apart)) => {
                    let other_name = name.is_some() && entry.name.is_some() && *name != entry.name;
                    if other_name || !apart || !told_apart {
                        return Err(BadLineReason::Repeated { column: Column::IdNumber, first: *first });
                    }
                }
                None => {
                    self.people.insert(number, (entry.line, entry.name.clone(), apart));
                }
            }
        }
        self.own.extend(keys.into_iter().map(|key| (key, entry.line)));
        Ok(entry)
    }
}
