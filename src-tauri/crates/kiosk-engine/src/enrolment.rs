//! The enrolment photos that a school supplied in a folder, for a hint to the operator.

use std::path::{Path, PathBuf};

use kiosk_core::face::{FaceEmbedding, Likeness};
use kiosk_core::order::Person;
use kiosk_core::{IdNumber, Profile};
use kiosk_vision::standardise::Standardiser;

use crate::stills::LARGEST_FILE;

/// Endings of the files.
const ENDINGS: [&str; 6] = ["jpg", "JPG", "jpeg", "JPEG", "png", "PNG"];

/// A folder with one photo a student, named by ID number or student number.
pub struct EnrolmentPhotos {
    folder: PathBuf,
}

impl EnrolmentPhotos {
    /// The photos in `folder`.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// How a face compares with the enrolment photo of `person`. Nothing of it is kept.
    pub fn compare(
        &self,
        person: &Person,
        face: Option<&FaceEmbedding>,
        standardiser: &mut Standardiser,
        profile: &Profile,
    ) -> Likeness {
        let Some(path) = self.of(person) else { return Likeness::NoPhoto };
        let mut enrolled = || {
            let small = path.metadata().ok()?.len() <= LARGEST_FILE;
            let file = small.then(|| std::fs::read(&path).ok())??;
            standardiser.check_shot(&file, profile, None).ok()?.embedding
        };
        match enrolled().zip(face) {
            Some((enrolled, face)) => Likeness::of(enrolled.distance(face)),
            None => Likeness::Unusable,
        }
    }

    fn of(&self, person: &Person) -> Option<PathBuf> {
        let forms = person.id_number.forms();
        let names = forms.iter().map(IdNumber::canonical).chain(person.student_number.as_deref());
        names
            .filter(|name| is_file_name(name))
            .flat_map(|name| ENDINGS.map(|ending| self.folder.join(format!("{name}.{ending}"))))
            .find(|path| path.is_file())
    }
}

/// A student number is whatever the code says, and must not lead out of the folder.
fn is_file_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(_)), None))
        && !name.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(student_number: &str) -> Person {
        Person {
            id_number: IdNumber::parse("11010519491231002X").unwrap(),
            name: None,
            student_number: Some(student_number.to_owned()),
            school: None,
            college: None,
            class: None,
        }
    }

    #[test]
    fn a_photo_is_found_by_either_number_and_only_in_the_folder() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("enrolment");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(outside.path().join("secret.jpg"), b"").unwrap();
        std::fs::write(folder.join("S1.JPG"), b"").unwrap();
        let photos = EnrolmentPhotos::in_folder(folder.clone());
        assert_eq!(photos.of(&person("S1")), Some(folder.join("S1.JPG")));
        for elsewhere in ["../secret", "..\\secret", "/secret", ".", "S2", ""] {
            assert_eq!(photos.of(&person(elsewhere)), None, "{elsewhere}");
        }
        std::fs::write(folder.join("110105491231002.png"), b"").unwrap();
        assert_eq!(photos.of(&person("S1")), Some(folder.join("110105491231002.png")));
    }
}
