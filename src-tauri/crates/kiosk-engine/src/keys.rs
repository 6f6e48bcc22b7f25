//! Where the key of the order log is kept: in the key store of the operating system, else in a file that only the kiosk's account may
//! read. A small record beside the order log, `orders.key`, says which.
//!
//! The key is made with the order log and never changes. Whoever has lost it needs the recovery code, which is shown once; without key
//! and code nobody can read the order log or its backups.

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error as StoreError};
use kiosk_core::{Fault, FaultCode};
use kiosk_store::Key;
use serde::{Deserialize, Serialize};

/// The record's name inside the data folder.
pub const FILE_NAME: &str = "orders.key";

/// Under which name the operating system's key store knows the kiosk's keys.
const SERVICE: &str = "photo-kiosk order log";

/// `file` keeps keys out of the operating system's key store, whatever the settings say: for tests.
const ENVIRONMENT: &str = "KIOSK_KEY_STORE";

/// A key store may ask its owner for a password first. Longer than that, and the order log counts as closed.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a studio wants its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyStoreChoice {
    /// The operating system's key store when it answers, else the file.
    #[default]
    System,
    /// The file beside the order log: for machines that log in by themselves, whose key store would ask for a password at every start.
    File,
}

/// Where a key lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// In the key store of the operating system's account.
    KeyStore,
    /// In the record itself.
    File,
}

/// What is known about a key without telling it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KeyState {
    /// Where it lies.
    pub kept: Kept,
    /// Whether the recovery code was shown.
    pub noted: bool,
}

/// The record beside the order log.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    /// Names the key in the key store: a version-7 UUID.
    id: String,
    kept: Kept,
    /// Tells a wrong key without telling the key.
    fingerprint: String,
    /// Whether the recovery code was shown.
    noted: bool,
    /// Hexadecimal, when it is kept here.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({} {:?})", self.id, self.kept)
    }
}

/// The keys of one data folder.
pub struct Keys {
    data: PathBuf,
    place: Place,
}

/// Where a new key goes.
enum Place {
    File,
    System,
    #[cfg(test)]
    Mock(Arc<CredentialStore>),
}

impl Keys {
    /// The keys of a data folder, in the place that the studio chose.
    #[must_use]
    pub fn of(data: &Path, choice: KeyStoreChoice) -> Self {
        let file_only = std::env::var(ENVIRONMENT).is_ok_and(|place| place == "file");
        let system = choice == KeyStoreChoice::System && !file_only;
        Self { data: data.to_owned(), place: if system { Place::System } else { Place::File } }
    }

    fn store(&self) -> Option<Arc<CredentialStore>> {
        match &self.place {
            Place::File => None,
            Place::System => system_store(),
            #[cfg(test)]
            Place::Mock(store) => Some(store.clone()),
        }
    }

    /// The key of the order log, made when there is none yet.
    ///
    /// # Errors
    /// `StoreKeyMissing` when an encrypted order log is there without its key; `StoreUnavailable` when the record cannot be read or
    /// written, `DiskFull`.
    pub fn key(&self) -> Result<Key, Fault> {
        match self.record()? {
            Some(record) => self.recall(&record),
            None if kiosk_store::looks_encrypted(&self.order_log())? => Err(Fault::new(
                FaultCode::StoreKeyMissing,
                format!(
                    "{}: there is no key; `kiosk key restore` makes it from the recovery code",
                    self.path().display()
                ),
            )),
            None => self.make(),
        }
    }

    /// Where the key lies; `None` before there is one.
    ///
    /// # Errors
    /// As [`Keys::key`].
    pub fn state(&self) -> Result<Option<KeyState>, Fault> {
        Ok(self.record()?.map(|record| KeyState { kept: record.kept, noted: record.noted }))
    }

    /// The recovery code, and remembers that it was shown. `None` when it was shown before and `again` is not set.
    ///
    /// # Errors
    /// As [`Keys::key`].
    pub fn recovery_code(&self, again: bool) -> Result<Option<String>, Fault> {
        let key = self.key()?;
        let Some(record) = self.record()?.filter(|record| again || !record.noted) else { return Ok(None) };
        self.write(&Record { noted: true, ..record }, true)?;
        Ok(Some(key.recovery_code()))
    }

    /// Keeps the key of a recovery code, after it has opened the order log that is there.
    ///
    /// # Errors
    /// `RecoveryCodeWrong` when it is none, or belongs to another order log; as [`Keys::key`].
    pub fn restore(&self, code: &str) -> Result<(), Fault> {
        let key = Key::from_recovery_code(code)?;
        let order_log = self.order_log();
        if kiosk_store::looks_encrypted(&order_log)? && !kiosk_store::opens(&order_log, key)? {
            return Err(Fault::new(FaultCode::RecoveryCodeWrong, "the code belongs to another order log"));
        }
        self.keep(key, true, true)
    }

    fn make(&self) -> Result<Key, Fault> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
        let key = Key::of(bytes);
        self.keep(key, false, false)?;
        // Another process may have been faster: the key that is on record counts.
        self.record()?.map_or(Ok(key), |record| self.recall(&record))
    }

    /// Puts a key in its place and writes the record; an existing record is replaced only when `replace` is set.
    fn keep(&self, key: Key, noted: bool, replace: bool) -> Result<(), Fault> {
        let id = uuid::Uuid::now_v7().to_string();
        let in_store = self.store().is_some_and(|store| match put(store, &id, key) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "the key store does not take the key; it goes into a file");
                false
            }
        });
        let (kept, text) = if in_store { (Kept::KeyStore, None) } else { (Kept::File, Some(key.to_hex())) };
        self.write(&Record { id, kept, fingerprint: key.fingerprint(), noted, key: text }, replace)
    }

    fn recall(&self, record: &Record) -> Result<Key, Fault> {
        let missing = |why: String| Fault::new(FaultCode::StoreKeyMissing, why);
        let text = match record.kept {
            Kept::File => record.key.clone().unwrap_or_default(),
            Kept::KeyStore => {
                let elsewhere =
                    "the key is in the key store of another account or session; start the kiosk from there";
                let store = self.store().ok_or_else(|| missing(elsewhere.to_owned()))?;
                get(store, &record.id).map_err(|e| missing(format!("the key store: {e}")))?
            }
        };
        Key::from_hex(&text)
            .filter(|key| key.fingerprint() == record.fingerprint)
            .ok_or_else(|| missing(format!("{}: the key is damaged", self.path().display())))
    }

    fn path(&self) -> PathBuf {
        self.data.join(FILE_NAME)
    }

    fn order_log(&self) -> PathBuf {
        self.data.join(kiosk_store::FILE_NAME)
    }

    fn record(&self) -> Result<Option<Record>, Fault> {
        let text = match std::fs::read_to_string(self.path()) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(self.unusable(&e)),
        };
        // The parser's message would quote the line, and with it the key.
        let record = toml::from_str(&text).map_err(|_| {
            Fault::new(FaultCode::StoreKeyMissing, format!("{}: not readable", self.path().display()))
        })?;
        Ok(Some(record))
    }

    /// Writes beside the record's place, flushes, and moves it there.
    fn write(&self, record: &Record, replace: bool) -> Result<(), Fault> {
        let text = toml::to_string(record).map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
        let text = format!(
            "# The key of orders.sqlite, or where it lies. Without it and without the recovery code the order log\n\
             # and its backups cannot be read by anybody. Do not keep backups in the same place.\n{text}"
        );
        let beside = self.data.join(format!(".{FILE_NAME}.{}", std::process::id()));
        let written = (|| {
            std::fs::create_dir_all(&self.data)?;
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            drop(file);
            if replace {
                std::fs::rename(&beside, self.path())?;
            } else {
                match std::fs::hard_link(&beside, self.path()) {
                    Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                    // FAT has no links.
                    Err(_) if !self.path().exists() => std::fs::rename(&beside, self.path())?,
                    linked => linked?,
                }
            }
            // A new name in a folder is durable once the folder is flushed; Windows does that by itself.
            if cfg!(unix) { std::fs::File::open(&self.data)?.sync_all() } else { Ok(()) }
        })();
        let _ = std::fs::remove_file(&beside);
        written.map_err(|e| self.unusable(&e))
    }

    fn unusable(&self, error: &io::Error) -> Fault {
        let code = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FaultCode::DiskFull,
            _ => FaultCode::StoreUnavailable,
        };
        Fault::new(code, format!("{}: {error}", self.path().display()))
    }
}

/// The key store of this account, when there is one to be reached.
fn system_store() -> Option<Arc<CredentialStore>> {
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new();
    #[cfg(target_os = "windows")]
    let store = windows_native_keyring_store::Store::new();
    #[cfg(target_os = "linux")]
    let store = {
        // Without a session there is no Secret Service, and looking for one would start a message bus of its own.
        let bus = std::env::var_os("XDG_RUNTIME_DIR").map(|dir| PathBuf::from(dir).join("bus"));
        if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() && !bus.is_some_and(|bus| bus.exists()) {
            return None;
        }
        dbus_secret_service_keyring_store::Store::new()
    };
    match store {
        Ok(store) => Some(store),
        Err(error) => {
            tracing::info!(%error, "no key store here");
            None
        }
    }
}

fn put(store: Arc<CredentialStore>, id: &str, key: Key) -> Result<(), String> {
    within_patience(store, id, move |entry| entry.set_password(&key.to_hex()))
}

fn get(store: Arc<CredentialStore>, id: &str) -> Result<String, String> {
    within_patience(store, id, |entry| entry.get_password())
}

/// A key store that asks for a password waits for somebody to type it; the order log must not wait forever.
fn within_patience<T: Send + 'static>(
    store: Arc<CredentialStore>,
    id: &str,
    work: impl FnOnce(Entry) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, String> {
    let id = id.to_owned();
    let (answer, result) = channel();
    thread::Builder::new()
        .name("key-store".to_owned())
        .spawn(move || {
            let _ = answer.send(store.build(SERVICE, &id, None).and_then(work).map_err(|e| told(&e)));
        })
        .map_err(|e| e.to_string())?;
    result
        .recv_timeout(PATIENCE)
        .unwrap_or_else(|_| Err("no answer; it may be waiting for its password".to_owned()))
}

/// What went wrong, without the bytes that some errors carry.
fn told(error: &StoreError) -> String {
    match error {
        StoreError::BadEncoding(_) | StoreError::BadDataFormat(..) => "the key there is damaged".to_owned(),
        StoreError::NoEntry => "the key is not there".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_only(data: &Path) -> Keys {
        Keys { data: data.to_owned(), place: Place::File }
    }

    fn with_store(data: &Path, store: &Arc<CredentialStore>) -> Keys {
        Keys { data: data.to_owned(), place: Place::Mock(store.clone()) }
    }

    fn mock() -> Arc<CredentialStore> {
        keyring_core::mock::Store::new().unwrap()
    }

    fn record(data: &Path) -> String {
        std::fs::read_to_string(data.join(FILE_NAME)).unwrap()
    }

    #[test]
    fn a_key_is_made_once_and_recalled() {
        let folder = tempfile::tempdir().unwrap();
        let key = file_only(folder.path()).key().unwrap();
        assert_eq!(file_only(folder.path()).key().unwrap(), key);
        assert!(record(folder.path()).contains(&key.to_hex()));
        let names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(names, [FILE_NAME]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join(FILE_NAME)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_key_in_the_key_store_is_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = mock();
        let key = with_store(folder.path(), &store).key().unwrap();
        assert_eq!(with_store(folder.path(), &store).key().unwrap(), key);
        assert!(!record(folder.path()).contains(&key.to_hex()));
        let state = with_store(folder.path(), &store).state().unwrap().unwrap();
        assert_eq!(state, KeyState { kept: Kept::KeyStore, noted: false });
        // Another account's key store, or none.
        for other in [with_store(folder.path(), &mock()), file_only(folder.path())] {
            assert_eq!(other.key().unwrap_err().code, FaultCode::StoreKeyMissing);
        }
    }

    #[test]
    fn a_key_file_is_used_although_there_is_a_key_store() {
        let folder = tempfile::tempdir().unwrap();
        let key = file_only(folder.path()).key().unwrap();
        assert_eq!(with_store(folder.path(), &mock()).key().unwrap(), key);
    }

    #[test]
    fn the_recovery_code_is_shown_once_and_gives_the_key_back() {
        let folder = tempfile::tempdir().unwrap();
        let keys = file_only(folder.path());
        let key = keys.key().unwrap();
        let code = keys.recovery_code(false).unwrap().unwrap();
        assert_eq!(keys.recovery_code(false).unwrap(), None);
        assert_eq!(keys.recovery_code(true).unwrap().as_ref(), Some(&code));
        let order_log = folder.path().join(kiosk_store::FILE_NAME);
        let opening = kiosk_store::Opening::at_station('A');
        drop(kiosk_store::Store::open(&order_log, opening.with_key(key)).unwrap());

        std::fs::remove_file(folder.path().join(FILE_NAME)).unwrap();
        assert_eq!(
            keys.key().unwrap_err().code,
            FaultCode::StoreKeyMissing,
            "never a new key for an old log"
        );
        let other = Key::of([9; 32]).recovery_code();
        for wrong in ["", "123", other.as_str(), &code.replace('1', "2")] {
            assert_eq!(keys.restore(wrong).unwrap_err().code, FaultCode::RecoveryCodeWrong);
        }
        keys.restore(&code).unwrap();
        assert_eq!(keys.key().unwrap(), key);
    }

    #[test]
    fn a_damaged_record_is_named_without_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys = file_only(folder.path());
        let key = keys.key().unwrap();
        let whole = record(folder.path());
        let flipped =
            whole.replacen(&key.to_hex()[..4], "0000", 1).replace("fingerprint = \"", "fingerprint = \"0");
        for damaged in [String::new(), whole[..whole.len() / 2].to_owned(), flipped] {
            std::fs::write(folder.path().join(FILE_NAME), damaged).unwrap();
            let fault = keys.key().unwrap_err();
            assert_eq!(fault.code, FaultCode::StoreKeyMissing);
            assert!(!fault.detail.contains(&key.to_hex()[..8]), "{fault}");
        }
    }
}
