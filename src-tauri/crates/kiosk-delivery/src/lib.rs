//! Sheets on paper and photos on a medium, read back and verified.

pub mod archive;
pub mod burn;
pub mod command;
pub mod drives;
pub mod export;
pub mod imapi;
pub mod iso;
pub mod manifest;
pub mod medium;
pub mod optical;
pub mod passphrase;
pub mod printing;
pub mod receipt;
pub mod settlement;
pub mod sheet_pdf;
pub mod verify;
