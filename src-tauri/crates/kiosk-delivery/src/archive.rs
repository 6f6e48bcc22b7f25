//! A delivery as one encrypted zip: every byte under AES-256 as `WinZip` does it (AE-2), which 7-Zip, `WinRAR` and Keka open.
//!
//! A zip shows the names of its entries to everybody, and ours are ID numbers. So the zip that is handed over holds one entry of one
//! meaningless name: a second zip, in which the delivery lies as it would in a folder.

mod held;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use zip::read::read_zipfile_from_stream;
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{AesMode, CompressionMethod, DateTime, ZipArchive};

use crate::export::{Beside, Delivered, DeliveryPlan, ExportError, Progress, Stage, Steps, bag};
use crate::medium::sha256_from_medium;
use crate::passphrase::Passphrase;
use crate::verify::{Manifests, VerifyError, VerifyReport, is_systems_own};

use held::Held;

/// The only name that an encrypted delivery shows.
pub const ENTRY: &str = "delivery.zip";
/// Around one file: two headers, its path twice, and their extra fields.
const AROUND_A_FILE: u64 = 1024;
/// Longest manifest that is read into memory.
const LONGEST_MANIFEST: u64 = 256 << 20;

/// Writes a plan as an encrypted zip, beside its place; reads it back from the medium, decrypts it, compares every hash, and only then
/// gives it its name. Nothing is replaced, and nothing is left after a fault: a zip cannot be continued.
///
/// # Errors
/// See [`ExportError`]; after any of them nothing is called delivered.
pub fn write(
    plan: &DeliveryPlan,
    place: &Path,
    passphrase: &Passphrase,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Delivered, ExportError> {
    plan.check()?;
    let mut steps = Steps::of(plan, progress);
    let beside = Beside::of(place, size_at_most(plan))?;
    let packed = pack(plan, &beside, passphrase, &mut steps).map_err(|e| beside.named(e))?;
    packed?;
    read_back(plan, &beside, passphrase, &mut steps)?;
    beside.give_name()?;
    Ok(Delivered::of(plan, 0))
}

/// Bytes that the zip will have, or a little less.
#[must_use]
pub fn size_at_most(plan: &DeliveryPlan) -> u64 {
    let around = |path: &str| AROUND_A_FILE + 4 * (path.len() + plan.title.len()) as u64;
    plan.files.iter().map(|file| file.content.len() as u64 + around(&file.path)).sum::<u64>() + AROUND_A_FILE
}

/// The inner result is a stop, the outer one the medium's.
fn pack(
    plan: &DeliveryPlan,
    beside: &Beside,
    passphrase: &Passphrase,
    steps: &mut Steps<'_>,
) -> io::Result<Result<(), ExportError>> {
    let time = zip_time(plan.made());
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(time)
        .unix_permissions(0o644);
    let mut outer = ZipWriter::new(BufWriter::with_capacity(1 << 20, File::create(beside.partial())?));
    let huge = size_at_most(plan) > u64::from(u32::MAX);
    let encrypted = options.large_file(huge).with_aes_encryption_bytes(AesMode::Aes256, passphrase.bytes());
    outer.start_file(ENTRY, encrypted).map_err(plain)?;
    let largest = plan.files.iter().map(|file| file.content.len()).max().unwrap_or(0);
    let mut inner = ZipWriter::new(Held::new(&mut outer, largest + (1 << 16)));
    for at in 0..plan.files.len() {
        let file = &plan.files[at];
        if let Err(stopped) = steps.step(Stage::Writing, at) {
            return Ok(Err(stopped));
        }
        inner.start_file(format!("{}/{}", plan.title, file.path), options).map_err(plain)?;
        inner.write_all(&file.content)?;
    }
    inner.finish().map_err(plain)?.finish()?;
    if let Err(stopped) = steps.step(Stage::Flushing, plan.files.len()) {
        return Ok(Err(stopped));
    }
    outer.finish().map_err(plain)?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(Ok(()))
}

/// Everything that the plan holds and nothing else, as the medium has it now.
fn read_back(
    plan: &DeliveryPlan,
    beside: &Beside,
    passphrase: &Passphrase,
    steps: &mut Steps<'_>,
) -> Result<(), ExportError> {
    steps.step(Stage::ReadingBack, 0)?;
    let place = beside.partial();
    let named = |error: io::Error| beside.named(error);
    // What is decrypted below may come from the system's memory where the medium cannot be read without it; it must be the same.
    let held = sha256_from_medium(place).map_err(named)?;
    if hash(&mut File::open(place).map_err(named)?).map_err(named)? != held {
        return Err(ExportError::ReadBackDiffers(1));
    }
    let planned: HashMap<String, [u8; 32]> =
        plan.files.iter().map(|file| (format!("{}/{}", plan.title, file.path), file.sha256)).collect();
    let (mut right, mut read) = (0, 0);
    let whole = each_file(place, passphrase, &mut |path, _, content| {
        read += 1;
        right += usize::from(planned.get(path) == Some(&hash(content)?));
        Ok(steps
            .step(Stage::ReadingBack, read.min(plan.files.len()))
            .map_or_else(ControlFlow::Break, ControlFlow::Continue))
    });
    match whole {
        Ok(ControlFlow::Break(stopped)) => return Err(stopped),
        Err(VerifyError::Io(error)) => return Err(named(error)),
        Err(_) => return Err(ExportError::ReadBackDiffers(plan.files.len() - right.min(plan.files.len()))),
        Ok(ControlFlow::Continue(())) => (),
    }
    let different = plan.files.len().max(read) - right;
    if different > 0 { Err(ExportError::ReadBackDiffers(different)) } else { Ok(()) }
}

/// Compares the delivery in an encrypted zip with its manifests.
///
/// # Errors
/// [`VerifyError::PassphraseWrong`]; [`VerifyError::Damaged`] when the zip is not what was written under the passphrase: then
/// nothing in it counts. See [`VerifyError`] for the rest.
pub fn verify(place: &Path, passphrase: &Passphrase) -> Result<VerifyReport, VerifyError> {
    let mut found = HashMap::new();
    let _ = each_file(place, passphrase, &mut |path, size, content| {
        // Below the delivery's folder.
        let path = path.split_once('/').map_or(path, |(_, below)| below);
        let mut text = Vec::new();
        let sha256 = if [bag::MANIFEST, bag::TAG_MANIFEST].contains(&path) && size <= LONGEST_MANIFEST {
            content.read_to_end(&mut text)?;
            Sha256::digest(&text).into()
        } else {
            hash(content)?
        };
        if !path.split('/').any(is_systems_own) {
            found.insert(path.to_owned(), (sha256, text));
        }
        Ok(ControlFlow::<()>::Continue(()))
    })?;
    let manifests = Manifests::read(&found, &mut |(_, text): &([u8; 32], Vec<u8>)| Ok(text.clone()))?;
    Ok(manifests.compare(found, |(sha256, _)| Ok(*sha256)))
}

/// What is done with a file: its path, its size, its content.
type Take<'a, S> = &'a mut dyn FnMut(&str, u64, &mut dyn Read) -> io::Result<ControlFlow<S>>;

/// Decrypts a zip from its beginning to its end, where the cipher tells whether it is the one that was written.
fn each_file<S>(
    place: &Path,
    passphrase: &Passphrase,
    take: Take<'_, S>,
) -> Result<ControlFlow<S>, VerifyError> {
    let mut outer =
        ZipArchive::new(BufReader::with_capacity(1 << 20, File::open(place)?)).map_err(unreadable)?;
    if outer.len() != 1 || outer.name_for_index(0).is_none_or(|name| name.is_ok_and(|name| name != ENTRY)) {
        return Err(VerifyError::NoDelivery);
    }
    let mut inner = outer.by_index_decrypt(0, passphrase.bytes()).map_err(unreadable)?;
    while let Some(mut file) = read_zipfile_from_stream(&mut inner).map_err(unreadable)? {
        let path = file.name().map_err(unreadable)?.into_owned();
        let size = file.size();
        if let ControlFlow::Break(stopped) = take(&path, size, &mut file).map_err(damaged)? {
            return Ok(ControlFlow::Break(stopped));
        }
    }
    io::copy(&mut inner, &mut io::sink()).map_err(damaged)?;
    Ok(ControlFlow::Continue(()))
}

/// Whether a file looks like a zip.
#[must_use]
pub fn is_zip(place: &Path) -> bool {
    let mut first = [0; 4];
    File::open(place).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == *b"PK\x03\x04"
}

fn hash(content: &mut dyn Read) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(count) => hash.update(&buffer[..count]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => (),
            Err(e) => return Err(e),
        }
    }
}

/// A zip knows the years from 1980 to 2107.
fn zip_time(at: OffsetDateTime) -> DateTime {
    let year = u16::try_from(at.year()).unwrap_or(0);
    DateTime::from_date_and_time(year, at.month().into(), at.day(), at.hour(), at.minute(), at.second())
        .unwrap_or_default()
}

fn plain(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other),
    }
}

fn unreadable(error: ZipError) -> VerifyError {
    match error {
        ZipError::InvalidPassword => VerifyError::PassphraseWrong,
        ZipError::Io(error) => damaged(error),
        _ => VerifyError::Damaged,
    }
}

/// What a reader of zips calls an error, against what the medium does.
fn damaged(error: io::Error) -> VerifyError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other => {
            VerifyError::Damaged
        }
        _ => VerifyError::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_that_no_zip_knows_is_no_fault() {
        assert_eq!(zip_time(OffsetDateTime::UNIX_EPOCH), DateTime::default());
        let known = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap();
        assert_eq!((zip_time(known).year(), zip_time(known).month()), (2026, 11));
    }

    #[test]
    fn a_zip_is_known_by_its_first_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        for (content, zip) in [(&b"PK\x03\x04rest"[..], true), (b"PK", false), (b"\0\0\0\0\0", false)] {
            std::fs::write(&file, content).unwrap();
            assert_eq!(is_zip(&file), zip);
        }
        assert!(!is_zip(&folder.path().join("none")));
    }
}
