//! The seam between the product and its nets, and the checked way in for model files.
//!
//! Everything above this module knows a net only as a [`Model`]: a tensor to fill, a call, tensors to read. Tests put
//! fakes behind it. Files reach a net only through [`ModelBytes::verify`], so a missing, truncated or exchanged file is
//! a named [`ModelError`] before any parser has seen it.

mod list;

pub use list::{ModelEntry, ModelList, ModelPart};

use kiosk_core::hex::hex;
use sha2::{Digest, Sha256};

/// A loaded net with fixed tensor sizes. Running it cannot fail: whatever could go wrong is found at load.
pub trait Model: Send {
    /// Sizes of the tensors, so that a caller can refuse an unfit net once, when it is built.
    fn signature(&self) -> Signature;

    /// The input tensor (NHWC, one image), to be filled in place before [`Model::run`].
    fn input(&mut self) -> &mut [f32];

    /// Computes all outputs from the input tensor.
    fn run(&mut self);

    /// Output tensor `index` of the last run; empty when the net has no such output.
    fn output(&self, index: usize) -> &[f32];
}

/// The number of elements of a net's input and of each of its outputs, in the file's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Elements of the input tensor.
    pub input: usize,
    /// Elements of every output tensor.
    pub outputs: Vec<usize>,
}

impl Signature {
    /// Fails unless `model` has exactly this signature.
    pub fn require(&self, name: &str, model: &dyn Model) -> Result<(), ModelError> {
        let found = model.signature();
        if found == *self {
            return Ok(());
        }
        Err(ModelError::unsupported(name, format!("expected tensors {self:?}, found {found:?}")))
    }
}

/// Why a net cannot be used. Messages name the model and the defect, never a path.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ModelError {
    /// The file is not where the asset list says.
    #[error("model {name} is missing")]
    Missing {
        /// The model's name in `assets/models.toml`.
        name: String,
    },
    /// The file exists but could not be read.
    #[error("model {name} cannot be read: {kind}")]
    Unreadable {
        /// The model's name in `assets/models.toml`.
        name: String,
        /// What the operating system said.
        kind: std::io::ErrorKind,
    },
    /// Size or SHA-256 differ from the asset list: truncated, damaged or another version.
    #[error("model {name} is not the published file (size or SHA-256 differs)")]
    WrongChecksum {
        /// The model's name in `assets/models.toml`.
        name: String,
    },
    /// The bytes break the format's own rules.
    #[error("model {name} is malformed: {reason}")]
    Malformed {
        /// The net, as its loader calls it.
        name: String,
        /// Which rule.
        reason: String,
    },
    /// A sound file that asks for something this executor does not do.
    #[error("model {name} is unsupported: {reason}")]
    Unsupported {
        /// The net, as its loader calls it.
        name: String,
        /// What it asked for.
        reason: String,
    },
    /// The asset list itself cannot be understood.
    #[error("the model list is malformed: {reason}")]
    List {
        /// The parser's message.
        reason: String,
    },
}

impl ModelError {
    pub(crate) fn malformed(name: &str, reason: impl Into<String>) -> Self {
        Self::Malformed { name: name.to_owned(), reason: reason.into() }
    }

    pub(crate) fn unsupported(name: &str, reason: impl Into<String>) -> Self {
        Self::Unsupported { name: name.to_owned(), reason: reason.into() }
    }
}

/// A model file whose size and SHA-256 were found to match the asset list.
#[derive(Clone, Debug)]
pub struct ModelBytes {
    entry: ModelEntry,
    bytes: Vec<u8>,
}

impl ModelBytes {
    /// Accepts `bytes` as the file that `entry` describes.
    ///
    /// # Errors
    /// [`ModelError::WrongChecksum`] when the size or the SHA-256 differs.
    pub fn verify(entry: &ModelEntry, bytes: Vec<u8>) -> Result<Self, ModelError> {
        let matches =
            bytes.len() == entry.bytes && hex(&Sha256::digest(&bytes)) == entry.sha256.to_ascii_lowercase();
        if !matches {
            return Err(ModelError::WrongChecksum { name: entry.name.clone() });
        }
        Ok(Self { entry: entry.clone(), bytes })
    }

    /// Reads and verifies the file at `path`.
    ///
    /// # Errors
    /// [`ModelError::Missing`], [`ModelError::Unreadable`] or [`ModelError::WrongChecksum`].
    pub fn read(entry: &ModelEntry, path: &std::path::Path) -> Result<Self, ModelError> {
        let bytes = std::fs::read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ModelError::Missing { name: entry.name.clone() },
            kind => ModelError::Unreadable { name: entry.name.clone(), kind },
        })?;
        Self::verify(entry, bytes)
    }

    /// The model's name in the asset list.
    pub fn name(&self) -> &str {
        &self.entry.name
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// One of the files packed into this one.
    ///
    /// # Errors
    /// [`ModelError::Malformed`] when the asset list names no such part or its range leaves the file.
    pub fn part(&self, name: &str) -> Result<&[u8], ModelError> {
        let part = self.entry.parts.iter().find(|part| part.name == name);
        part.and_then(|part| self.bytes.get(part.range[0]..part.range[1]))
            .ok_or_else(|| ModelError::malformed(self.name(), format!("no part {name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> ModelEntry {
        let text = r#"
            [[model]]
            name = "tiny"
            package = "p"
            version = "1"
            path = "sub/tiny.bin"
            bytes = 3
            sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            licence = "MIT"
            source = "https://example.org"
            [[model.part]]
            name = "head"
            range = [0, 2]
            [[model.part]]
            name = "beyond"
            range = [2, 9]
        "#;
        ModelList::parse(text).unwrap().entry("tiny").unwrap().clone()
    }

    #[test]
    fn accepts_only_the_published_bytes() {
        let accepted = ModelBytes::verify(&entry(), b"abc".to_vec()).unwrap();
        assert_eq!(accepted.bytes(), b"abc");
        for wrong in [&b"abd"[..], b"ab", b"abcd", b""] {
            assert_eq!(
                ModelBytes::verify(&entry(), wrong.to_vec()).unwrap_err(),
                ModelError::WrongChecksum { name: "tiny".into() }
            );
        }
    }

    #[test]
    fn names_a_missing_file() {
        let nowhere = std::path::Path::new("/nonexistent/tiny.bin");
        assert_eq!(
            ModelBytes::read(&entry(), nowhere).unwrap_err(),
            ModelError::Missing { name: "tiny".into() }
        );
    }

    #[test]
    fn parts_stay_inside_the_file() {
        let file = ModelBytes::verify(&entry(), b"abc".to_vec()).unwrap();
        assert_eq!(file.part("head").unwrap(), b"ab");
        assert!(matches!(file.part("beyond"), Err(ModelError::Malformed { .. })));
        assert!(matches!(file.part("absent"), Err(ModelError::Malformed { .. })));
    }
}
