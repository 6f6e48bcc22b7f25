//! Where a delivery goes, and what it may be called there.

use std::path::{Path, PathBuf};

use kiosk_core::order::LocalDay;
use kiosk_core::{Fault, FaultCode};

/// Deliveries of one day into one folder are numbered; more than this is a loop.
const MOST_A_DAY: u32 = 999;
const STEM: &str = "degree-photos-";
const UNFINISHED: &str = ".partial";

/// The folder that takes a delivery, and its own name there when one was chosen.
pub(super) struct Place {
    pub parent: PathBuf,
    pub name: Option<String>,
}

impl Place {
    /// An existing folder takes a new folder with today's name; a path that does not exist yet becomes the delivery itself.
    /// So does one that holds a finished delivery, so that a repetition finds it.
    pub(super) fn of(to: &Path) -> Result<Self, Fault> {
        if to.is_dir() && !to.join(super::MANIFEST).is_file() {
            return Ok(Self { parent: to.to_owned(), name: None });
        }
        let unusable =
            || Fault::new(FaultCode::PathUnusable, format!("{}: not a place for a delivery", to.display()));
        if to.is_file() {
            return Err(unusable());
        }
        let name = to.file_name().and_then(|name| name.to_str()).ok_or_else(unusable)?.to_owned();
        let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { parent: parent.to_owned(), name: Some(name) })
    }

    /// Names to try, in order: those of unfinished deliveries, also of an earlier day, then new ones of today. Names that are taken
    /// are left out.
    pub(super) fn titles(&self, day: LocalDay) -> Vec<String> {
        if let Some(name) = &self.name {
            return Vec::from_iter((!self.parent.join(name).exists()).then(|| name.clone()));
        }
        let LocalDay { year, month, day } = day;
        let mut titles = self.folders(|name| name.strip_suffix(UNFINISHED));
        let fresh = (1..=MOST_A_DAY).map(|n| format!("{STEM}{year:04}{month:02}{day:02}-{n}"));
        let fresh = fresh.filter(|title| !self.parent.join(title).exists() && !titles.contains(title));
        let fresh: Vec<String> = fresh.take(1).collect();
        titles.retain(|title| !self.parent.join(title).exists());
        titles.extend(fresh);
        titles
    }

    /// Finished deliveries there, of any day.
    pub(super) fn finished(&self) -> Vec<String> {
        let is_delivery = |name: &String| self.parent.join(name).join(super::MANIFEST).is_file();
        let mut names = match &self.name {
            Some(name) => vec![name.clone()],
            None => self.folders(|name| (!name.ends_with(UNFINISHED)).then_some(name)),
        };
        names.retain(is_delivery);
        names
    }

    fn folders(&self, keep: impl Fn(&str) -> Option<&str>) -> Vec<String> {
        let entries = std::fs::read_dir(&self.parent).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let ours = names.filter(|name| name.starts_with(STEM));
        let mut kept: Vec<String> = ours.filter_map(|name| keep(&name).map(str::to_owned)).collect();
        kept.sort();
        kept
    }
}

/// The nearest folder above a path that exists.
pub(super) fn existing_ancestor(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: LocalDay = LocalDay { year: 2026, month: 11, day: 21 };

    #[test]
    fn an_unfinished_delivery_of_another_day_comes_first_and_taken_names_are_left_out() {
        let stick = tempfile::tempdir().unwrap();
        let make = |name: &str| std::fs::create_dir(stick.path().join(name)).unwrap();
        make("degree-photos-20261119-2.partial");
        make("degree-photos-20261121-1");
        make("holiday.partial");
        let place = Place::of(stick.path()).unwrap();
        assert_eq!(place.titles(DAY), ["degree-photos-20261119-2", "degree-photos-20261121-2"]);
        assert!(place.finished().is_empty(), "a folder without a manifest is no delivery");
        std::fs::write(stick.path().join("degree-photos-20261121-1").join(super::super::MANIFEST), "")
            .unwrap();
        assert_eq!(place.finished(), ["degree-photos-20261121-1"]);
    }

    #[test]
    fn a_chosen_name_is_the_only_one() {
        let stick = tempfile::tempdir().unwrap();
        let chosen = Place::of(&stick.path().join("to school")).unwrap();
        assert_eq!(chosen.titles(DAY), ["to school"]);
        std::fs::write(stick.path().join("file"), "").unwrap();
        assert!(Place::of(&stick.path().join("file")).is_err());
    }
}
