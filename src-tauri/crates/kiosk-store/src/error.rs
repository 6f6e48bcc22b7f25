//! What can go wrong with the order log, and which fault it is outside.

use std::io;

use kiosk_core::order::OrderState;
use kiosk_core::{Fault, FaultCode, OrderNumber};
use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

use crate::key::RecoveryCodeError;

/// What can go wrong inside this crate. No variant can hold personal data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// SQLite refused. Its messages name tables and columns, never values.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A value is not of its column's type: the schema forbids that, so that it is damage.
    #[error("{0}")]
    WrongType(#[from] rusqlite::types::FromSqlError),
    /// A file operation around SQLite failed.
    #[error("{doing}: {source}")]
    File { doing: &'static str, source: io::Error },
    /// The file is there but cannot be read.
    #[error("looking at the order log: {0}")]
    Unreadable(io::Error),
    /// SQLite reads the file, but it cannot be an order log, or not a whole one.
    #[error("{0}")]
    Damaged(String),
    /// The file or its folder may not be written.
    #[error("the order log may not be written")]
    ReadOnly,
    /// The file system cannot hold a write-ahead log.
    #[error("this folder cannot hold a write-ahead log (journal mode {0}); network folders cannot")]
    NoWriteAheadLog(String),
    /// The file looks encrypted and no key was given.
    #[error("the order log is encrypted and its key is not here")]
    KeyMissing,
    /// The key does not open the file, which looks encrypted. A damaged first page looks the same.
    #[error(
        "the key does not open the order log: it belongs to another one, or the file's first page is damaged"
    )]
    KeyWrong,
    /// Not a recovery code.
    #[error("{0}")]
    RecoveryCode(RecoveryCodeError),
    /// Written by a newer version of the program.
    #[error("the order log has schema {found}, this program knows {known}")]
    TooNew { found: i64, known: i64 },
    /// No order has this number.
    #[error("no order {0}")]
    UnknownOrder(OrderNumber),
    /// The order's life does not allow it.
    #[error("order {number} is {}, so that it cannot {wish}", state.as_str())]
    WrongState { number: OrderNumber, state: OrderState, wish: &'static str },
    /// The same code came back with another person's document.
    #[error(
        "the code of order {0} came back with another ID number; return the order if the first was wrong"
    )]
    OtherPerson(OrderNumber),
    /// Other words under a version that people have agreed to before.
    #[error("the words of the notice have changed, but its version is still {0:?}: give it a new one")]
    NoticeReused(String),
    /// The rules of money do not allow it.
    #[error("{0}")]
    Money(kiosk_core::money::MoneyError),
    /// The PIN is not the one that was set.
    #[error("{0}")]
    PinWrong(&'static str),
    /// Not a name for an operator, or not one that may go.
    #[error("{0}")]
    OperatorName(&'static str),
    /// Too many wrong PINs.
    #[error("try again in {seconds} s")]
    PinLocked { seconds: i64 },
    /// The caller broke the contract of a function.
    #[error("{0}")]
    Misuse(&'static str),
}

impl StoreError {
    /// Whether the file's content is at fault, rather than its surroundings.
    pub(crate) fn is_damage(&self) -> bool {
        self.code() == FaultCode::StoreCorrupt
    }

    /// Whether another process holds the file.
    pub(crate) fn is_busy(&self) -> bool {
        self.code() == FaultCode::StoreBusy
    }

    /// Whether SQLite does not recognise the file: what it says of a wrong key as well.
    pub(crate) fn is_no_database(&self) -> bool {
        let Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) = self else { return false };
        error.code == ErrorCode::NotADatabase
    }

    /// For reads that can only fail by the file's own fault: SQLite has no code of its own for an unknown format.
    pub(crate) fn or_damage(self) -> Self {
        if self.code() == FaultCode::Internal { Self::Damaged(self.to_string()) } else { self }
    }

    fn code(&self) -> FaultCode {
        match self {
            Self::Sqlite(error) => sqlite_code(error),
            Self::File { source, .. } => file_code(source),
            Self::WrongType(_) | Self::Damaged(_) => FaultCode::StoreCorrupt,
            Self::ReadOnly => FaultCode::StoreReadOnly,
            Self::Unreadable(_) | Self::NoWriteAheadLog(_) => FaultCode::StoreUnavailable,
            Self::KeyMissing => FaultCode::StoreKeyMissing,
            Self::KeyWrong => FaultCode::StoreKeyWrong,
            Self::RecoveryCode(_) => FaultCode::RecoveryCodeWrong,
            Self::TooNew { .. } => FaultCode::StoreTooNew,
            Self::UnknownOrder(_) => FaultCode::OrderUnknown,
            Self::WrongState { .. } => FaultCode::OrderWrongState,
            Self::OtherPerson(_) => FaultCode::IdNumberMismatch,
            Self::NoticeReused(_) => FaultCode::NoticeUnusable,
            Self::Money(_) => FaultCode::AmountWrong,
            Self::PinWrong(_) => FaultCode::PinWrong,
            Self::OperatorName(_) => FaultCode::OperatorNameUnusable,
            Self::PinLocked { .. } => FaultCode::PinLocked,
            Self::Misuse(_) => FaultCode::Internal,
        }
    }
}

impl From<RecoveryCodeError> for Fault {
    fn from(error: RecoveryCodeError) -> Self {
        StoreError::RecoveryCode(error).into()
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

fn sqlite_code(error: &rusqlite::Error) -> FaultCode {
    use rusqlite::Error;
    match error {
        // The shared-memory index of the write-ahead log could not grow: only a full disk does that.
        Error::SqliteFailure(e, _) if e.extended_code == SQLITE_IOERR_SHMSIZE => FaultCode::DiskFull,
        Error::SqliteFailure(e, _) => match e.code {
            ErrorCode::DiskFull => FaultCode::DiskFull,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => FaultCode::StoreBusy,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => FaultCode::StoreCorrupt,
            ErrorCode::ReadOnly => FaultCode::StoreReadOnly,
            ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::NoLargeFileSupport => FaultCode::StoreUnavailable,
            _ => FaultCode::Internal,
        },
        // The schema fixes the types (STRICT tables), so that a wrong one is damage.
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..) => FaultCode::StoreCorrupt,
        _ => FaultCode::Internal,
    }
}

fn file_code(error: &io::Error) -> FaultCode {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FaultCode::DiskFull,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => FaultCode::StoreReadOnly,
        _ => FaultCode::StoreUnavailable,
    }
}
