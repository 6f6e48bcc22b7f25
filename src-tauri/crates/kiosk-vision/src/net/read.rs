//! Bounds-checked readers of the binary formats inside model files. No reader allocates more than its input justifies.

pub mod flatbuffer;
pub mod flexbuffer;
pub mod protobuf;

use crate::model::ModelError;

/// A rule of a format that the bytes break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken(pub &'static str);

/// What the readers return.
pub type Read<T> = Result<T, Broken>;

impl Broken {
    /// The same defect as an error about the model `name`.
    pub fn of(self, name: &str) -> ModelError {
        ModelError::malformed(name, self.0)
    }
}

/// `N` bytes at `at`.
pub fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Read<[u8; N]> {
    let rest = bytes.get(at..).ok_or(Broken("offset beyond the end"))?;
    rest.first_chunk::<N>().copied().ok_or(Broken("value beyond the end"))
}
