//! Where a delivery goes, and what it may be called there.

use std::path::{Path, PathBuf};

use kiosk_core::order::LocalDay;
use kiosk_core::{Fault, FaultCode};
use kiosk_delivery::medium::{Folder, Medium as _};

/// Deliveries of one day into one folder are numbered; more than this is a loop.
const MOST_A_DAY: u32 = 999;
const STEM: &str = "degree-photos-";
const UNFINISHED: &str = ".partial";

/// The folder that takes a delivery, and its own name there when one was chosen.
pub(super) struct Place {
    pub parent: PathBuf,
    pub name: Option<String>,
    /// Ends the name of a delivery that is a file.
    ending: &'static str,
}

impl Place {
    /// An existing folder takes a new folder with today's name; a path that does not exist yet becomes the delivery itself.
    /// So does one that holds a finished delivery, so that a repetition finds it.
    pub(super) fn of(to: &Path) -> Result<Self, Fault> {
        if to.is_dir() && !to.join(super::MANIFEST).is_file() {
            return Ok(Self { parent: to.to_owned(), name: None, ending: "" });
        }
        let unusable =
            || Fault::new(FaultCode::PathUnusable, format!("{}: not a place for a delivery", to.display()));
        if to.is_file() {
            return Err(unusable());
        }
        let name = to.file_name().and_then(|name| name.to_str()).ok_or_else(unusable)?.to_owned();
        Ok(Self { parent: parent(to), name: Some(name), ending: "" })
    }

    /// A folder that is there or will be, for what is not looked for in it.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self { parent: folder.to_owned(), name: None, ending: "" }
    }

    /// A file with this ending: a new one of today's name in an existing folder, else the file of this path.
    pub(super) fn of_file(to: &Path, ending: &'static str) -> Result<Self, Fault> {
        if to.is_dir() {
            return Ok(Self { parent: to.to_owned(), name: None, ending });
        }
        let unusable =
            || Fault::new(FaultCode::PathUnusable, format!("{}: not a place for a delivery", to.display()));
        let name = to.file_name().and_then(|name| name.to_str()).ok_or_else(unusable)?;
        let stem = name.strip_suffix(ending).filter(|stem| !stem.is_empty()).unwrap_or(name);
        Ok(Self { parent: parent(to), name: Some(stem.to_owned()), ending })
    }

    /// Where the delivery of this title lies.
    pub(super) fn path(&self, title: &str) -> PathBuf {
        self.parent.join(format!("{title}{}", self.ending))
    }

    fn is_file(&self) -> bool {
        !self.ending.is_empty()
    }

    /// Names to try, in order: those of unfinished deliveries, also of an earlier day, then new ones of today. Names that are taken
    /// are left out.
    pub(super) fn titles(&self, day: LocalDay) -> Vec<String> {
        if let Some(name) = &self.name {
            return Vec::from_iter((!self.path(name).exists()).then(|| name.clone()));
        }
        // A file cannot be continued.
        let mut titles =
            if self.is_file() { Vec::new() } else { self.names(|name| name.strip_suffix(UNFINISHED)) };
        let fresh = fresh(day).filter(|title| !self.path(title).exists() && !titles.contains(title));
        let fresh: Vec<String> = fresh.take(1).collect();
        titles.retain(|title| !self.path(title).exists());
        titles.extend(fresh);
        titles
    }

    /// Finished deliveries there, of any day.
    pub(super) fn finished(&self) -> Vec<String> {
        let is_delivery = |name: &String| {
            let path = self.path(name);
            if self.is_file() { path.is_file() } else { path.join(super::MANIFEST).is_file() }
        };
        let mut names = match &self.name {
            Some(name) => vec![name.clone()],
            None => {
                self.names(|name| name.strip_suffix(self.ending).filter(|name| !name.ends_with(UNFINISHED)))
            }
        };
        names.retain(is_delivery);
        names
    }

    fn names(&self, keep: impl Fn(&str) -> Option<&str>) -> Vec<String> {
        let entries = std::fs::read_dir(&self.parent).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let ours = names.filter(|name| name.starts_with(STEM));
        let mut kept: Vec<String> = ours.filter_map(|name| keep(&name).map(str::to_owned)).collect();
        kept.sort();
        kept
    }
}

/// Names of new deliveries of a day.
pub(super) fn fresh(day: LocalDay) -> impl Iterator<Item = String> {
    let LocalDay { year, month, day } = day;
    (1..=MOST_A_DAY).map(move |n| format!("{STEM}{year:04}{month:02}{day:02}-{n}"))
}

fn parent(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// Bytes free where a folder is or will be.
pub(super) fn free_bytes(folder: &Path) -> Option<u64> {
    let existing = folder.ancestors().find(|folder| folder.is_dir())?;
    Folder::open(existing).ok()?.space().ok().flatten().map(|space| space.free)
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

    #[test]
    fn a_file_has_its_ending_and_is_never_continued() {
        let stick = tempfile::tempdir().unwrap();
        let write = |name: &str| std::fs::write(stick.path().join(name), "").unwrap();
        write("degree-photos-20261121-1.zip");
        write("degree-photos-20261121-2.zip.partial");
        std::fs::create_dir(stick.path().join("degree-photos-20261119-1.partial")).unwrap();
        let place = Place::of_file(stick.path(), ".zip").unwrap();
        assert_eq!(place.titles(DAY), ["degree-photos-20261121-2"]);
        assert_eq!(place.finished(), ["degree-photos-20261121-1"]);
        assert_eq!(place.path("x"), stick.path().join("x.zip"));
        for (chosen, file) in [("school.zip", "school.zip"), ("school", "school.zip"), (".zip", ".zip.zip")] {
            let place = Place::of_file(&stick.path().join(chosen), ".zip").unwrap();
            let title = &place.titles(DAY)[0];
            assert_eq!(place.path(title), stick.path().join(file));
        }
    }
}
