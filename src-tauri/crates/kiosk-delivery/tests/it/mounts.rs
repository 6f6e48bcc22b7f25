//! Real file systems that fail: they need the right to mount, and say so where there is none.
#![cfg(target_os = "linux")]

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use kiosk_core::{Fault, FaultCode};
use kiosk_delivery::export::{Delivered, DeliveryPlan, ExportError, Progress, Stage, write};
use kiosk_delivery::medium::{Folder, Medium, Space};
use kiosk_delivery::verify::verify;

use crate::support;

const MB: u64 = 1024 * 1024;

/// A file system in a file, or in memory; unmounted in the end.
struct Mount {
    home: tempfile::TempDir,
}

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

impl Mount {
    /// ext4 in a file of this size; `None`, with a word about it, where that is not allowed.
    fn in_file(bytes: u64) -> Option<Self> {
        let mount = Self::prepared();
        fs::File::create(mount.image()).unwrap().set_len(bytes).unwrap();
        let image = mount.image();
        // Without a journal and without lazy work, so that nothing is written behind the test's back.
        let made = run("mkfs.ext4", &["-q", "-O", "^has_journal", "-E", "lazy_itable_init=0", &text(&image)]);
        (made && mount.attach()).then_some(mount).or_else(not_allowed)
    }

    fn in_memory(bytes: u64) -> Option<Self> {
        let mount = Self::prepared();
        let size = format!("size={bytes}");
        let there = run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", &text(&mount.stick())]);
        there.then_some(mount).or_else(not_allowed)
    }

    fn prepared() -> Self {
        let mount = Self { home: tempfile::tempdir().unwrap() };
        fs::create_dir(mount.stick()).unwrap();
        mount
    }

    fn attach(&self) -> bool {
        run("mount", &["-o", "loop", &text(&self.image()), &text(&self.stick())])
    }

    fn remount(&self, options: &str) {
        assert!(run("mount", &["-o", &format!("remount,{options}"), &text(&self.stick())]));
    }

    /// As when the stick is pulled out: the folder stays, and what lies below it is the system's own disk.
    fn vanish(&self) {
        assert!(run("umount", &["--lazy", &text(&self.stick())]));
    }

    fn image(&self) -> PathBuf {
        self.home.path().join("image")
    }

    fn stick(&self) -> PathBuf {
        self.home.path().join("stick")
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.stick()).output();
    }
}

fn not_allowed() -> Option<Mount> {
    eprintln!("skipped: nothing can be mounted here");
    None
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn deliver(plan: &DeliveryPlan, stick: &Path) -> Result<Delivered, ExportError> {
    deliver_and(plan, stick, &mut |_| ())
}

/// `meanwhile` happens in the middle of it.
fn deliver_and(
    plan: &DeliveryPlan,
    stick: &Path,
    meanwhile: &mut dyn FnMut(Progress),
) -> Result<Delivered, ExportError> {
    let mut medium = Unmeasured(Folder::open(stick).unwrap());
    write(plan, &mut medium, &mut |progress| {
        meanwhile(progress);
        ControlFlow::Continue(())
    })
}

fn code(result: Result<Delivered, ExportError>) -> FaultCode {
    Fault::from(result.unwrap_err()).code
}

/// A folder that does not tell its room, so that its end is found while writing.
struct Unmeasured(Folder);

impl Medium for Unmeasured {
    fn space(&mut self) -> io::Result<Option<Space>> {
        Ok(None)
    }
    fn exists(&mut self, path: &str) -> io::Result<bool> {
        self.0.exists(path)
    }
    fn create_folder(&mut self, path: &str) -> io::Result<()> {
        self.0.create_folder(path)
    }
    fn create_new(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        self.0.create_new(path, content)
    }
    fn settle(&mut self, folder: &str) -> io::Result<()> {
        self.0.settle(folder)
    }
    fn sync(&mut self, folder: &str) -> io::Result<()> {
        self.0.sync(folder)
    }
    fn read_back(&mut self, path: &str) -> io::Result<[u8; 32]> {
        self.0.read_back(path)
    }
    fn files(&mut self, folder: &str) -> io::Result<Vec<String>> {
        self.0.files(folder)
    }
    fn remove(&mut self, path: &str) -> io::Result<()> {
        self.0.remove(path)
    }
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }
}

fn plan() -> DeliveryPlan {
    support::planned(&support::orders(60))
}

fn nothing_is_delivered(plan: &DeliveryPlan, stick: &Path) {
    assert!(!stick.join(&plan.title).exists(), "a half delivery has the name");
}

#[test]
fn a_full_file_system_is_named_and_continued_when_there_is_room() {
    let plan = plan();
    let Some(mount) = Mount::in_memory(plan.bytes / 2) else { return };
    let stick = mount.stick();
    // Told beforehand by a medium that knows its room.
    let told = write(&plan, &mut Folder::open(&stick).unwrap(), &mut |_| ControlFlow::Continue(()));
    assert_eq!(code(told), FaultCode::MediumFull);
    assert!(!stick.join(format!("{}.partial/data", plan.title)).exists(), "nothing was written");
    assert_eq!(code(deliver(&plan, &stick)), FaultCode::MediumFull);
    nothing_is_delivered(&plan, &stick);
    mount.remount(&format!("size={}", plan.bytes * 3));
    let delivered = deliver(&plan, &stick).unwrap();
    assert!(delivered.resumed > 20, "{} files were kept", delivered.resumed);
    assert!(verify(&stick).unwrap().passed());
}

/// A stick that claims to be larger than it is takes every file and loses it when it must write it.
#[test]
fn a_medium_that_claims_more_room_than_it_has_is_found_out() {
    let plan = plan();
    let Some(behind) = Mount::in_memory(plan.bytes / 2) else { return };
    let image = behind.stick().join("image");
    fs::File::create(&image).unwrap().set_len(plan.bytes * 4).unwrap();
    let front = Mount::prepared();
    let made = run("mkfs.ext4", &["-q", "-O", "^has_journal", &text(&image)])
        && run("mount", &["-o", "loop", &text(&image), &text(&front.stick())]);
    if !made {
        not_allowed();
        return;
    }
    let refused = code(deliver(&plan, &front.stick()));
    let named = [FaultCode::MediumFailing, FaultCode::VerificationFailed, FaultCode::MediumFull];
    assert!(named.contains(&refused), "{refused:?}");
    nothing_is_delivered(&plan, &front.stick());
    drop(front);
}

#[test]
fn a_mount_that_vanishes_leaks_nothing_and_is_continued_when_it_is_back() {
    let plan = plan();
    let Some(mount) = Mount::in_file(16 * MB) else { return };
    let stick = mount.stick();
    for (stage, at) in [(Stage::Writing, 20), (Stage::ReadingBack, 7), (Stage::Flushing, 0)] {
        let result = deliver_and(&plan, &stick, &mut |progress| {
            if progress.stage == stage && progress.files == at {
                mount.vanish();
            }
        });
        assert_eq!(code(result), FaultCode::MediumMissing, "{stage:?}");
        assert_eq!(fs::read_dir(&stick).unwrap().count(), 0, "{stage:?}: files on the system's own disk");
        assert!(mount.attach());
        nothing_is_delivered(&plan, &stick);
    }
    let delivered = deliver(&plan, &stick).unwrap();
    assert_eq!(delivered.resumed, plan.files.len());
    assert!(verify(&stick).is_ok_and(|report| report.passed()));
}

#[test]
fn a_file_system_that_becomes_read_only_is_named_and_continued() {
    let plan = plan();
    let Some(mount) = Mount::in_file(16 * MB) else { return };
    let stick = mount.stick();
    let result = deliver_and(&plan, &stick, &mut |progress| {
        if progress.stage == Stage::Writing && progress.files == 30 {
            mount.remount("ro");
        }
    });
    assert_eq!(code(result), FaultCode::MediumReadOnly);
    assert_eq!(code(deliver(&plan, &stick)), FaultCode::MediumReadOnly);
    nothing_is_delivered(&plan, &stick);
    mount.remount("rw");
    assert!(deliver(&plan, &stick).unwrap().resumed >= 30);
    assert!(verify(&stick).is_ok_and(|report| report.passed()));
}

/// The device ends in the middle: reading and writing behind it fails with an input/output error.
#[test]
fn a_device_with_unreadable_sectors_is_named() {
    let plan = plan();
    let Some(mount) = Mount::in_file(16 * MB) else { return };
    let stick = mount.stick();
    let place = offset_of(&plan, 40, &mount);
    let result = deliver_and(&plan, &stick, &mut |progress| {
        if progress.stage == Stage::ReadingBack && progress.files == 0 {
            OpenOptions::new().write(true).open(mount.image()).unwrap().set_len(place).unwrap();
        }
    });
    let refused = code(result);
    assert!([FaultCode::MediumFailing, FaultCode::VerificationFailed].contains(&refused), "{refused:?}");
    nothing_is_delivered(&plan, &stick);
}

/// What the medium holds is changed behind the system's back while the system still has the right bytes in memory: only reading past
/// that memory finds it.
#[test]
fn reading_back_reads_the_medium_and_not_the_systems_memory() {
    let plan = plan();
    let Some(mount) = Mount::in_file(16 * MB) else { return };
    let stick = mount.stick();
    let mut changed = false;
    let result = deliver_and(&plan, &stick, &mut |progress| {
        if progress.stage == Stage::ReadingBack && !changed {
            changed = true;
            let place = position(&mount, &plan.files[40].content).unwrap() as u64 + 5000;
            let mut image = OpenOptions::new().read(true).write(true).open(mount.image()).unwrap();
            image.seek(SeekFrom::Start(place)).unwrap();
            let mut byte = [0];
            image.read_exact(&mut byte).unwrap();
            image.seek(SeekFrom::Start(place)).unwrap();
            image.write_all(&[byte[0] ^ 1]).unwrap();
        }
    });
    assert!(matches!(result, Err(ExportError::ReadBackDiffers(1))), "{result:?}");
    nothing_is_delivered(&plan, &stick);
    let delivered = deliver(&plan, &stick).unwrap();
    assert_eq!(delivered.resumed, plan.files.len() - 1, "only that file is written again");
}

/// Where a photo lies in the image: a first delivery on the same fresh file system tells.
fn offset_of(plan: &DeliveryPlan, file: usize, mount: &Mount) -> u64 {
    let mut place = None;
    let _ = write(plan, &mut Folder::open(mount.stick()).unwrap(), &mut |progress| {
        if progress.stage == Stage::ReadingBack {
            place = position(mount, &plan.files[file].content);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    place.unwrap() as u64
}

fn position(mount: &Mount, content: &[u8]) -> Option<usize> {
    let image = fs::read(mount.image()).unwrap();
    image.chunks(512).position(|sector| sector == &content[..512]).map(|sector| sector * 512)
}
