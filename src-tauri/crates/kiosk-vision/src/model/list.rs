//! `assets/models.toml`: which files the nets come from.

use super::ModelError;
use serde::Deserialize;

/// The parsed `assets/models.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelList {
    #[serde(rename = "model")]
    models: Vec<ModelEntry>,
}

/// One published model file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEntry {
    /// Name used in code and messages.
    pub name: String,
    /// npm package that publishes the file.
    pub package: String,
    /// Exact version of the package.
    pub version: String,
    /// Path inside the package, with `/`.
    pub path: String,
    /// Size of the file.
    pub bytes: usize,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// SPDX licence of the file.
    pub licence: String,
    /// Page that the file can be fetched from again.
    pub source: String,
    /// Shape of the input tensor (NHWC); empty for a file that is no net or has parts.
    #[serde(default)]
    pub input: Vec<usize>,
    /// Files packed end to end into this one.
    #[serde(default, rename = "part")]
    pub parts: Vec<ModelPart>,
}

/// A file packed into another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelPart {
    /// Name used in code.
    pub name: String,
    /// Half-open byte range in the outer file.
    pub range: [usize; 2],
    /// Shape of the input tensor (NHWC); empty for a part that is no net.
    #[serde(default)]
    pub input: Vec<usize>,
}

impl ModelList {
    /// Parses the text of `assets/models.toml`.
    ///
    /// # Errors
    /// [`ModelError::List`] when it is not that.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        toml::from_str(text).map_err(|error| ModelError::List { reason: error.message().to_owned() })
    }

    /// The model called `name`.
    ///
    /// # Errors
    /// [`ModelError::Missing`] when the list has none.
    pub fn entry(&self, name: &str) -> Result<&ModelEntry, ModelError> {
        let found = self.models.iter().find(|model| model.name == name);
        found.ok_or_else(|| ModelError::Missing { name: name.to_owned() })
    }

    /// All models.
    pub fn iter(&self) -> std::slice::Iter<'_, ModelEntry> {
        self.models.iter()
    }
}

impl<'a> IntoIterator for &'a ModelList {
    type Item = &'a ModelEntry;
    type IntoIter = std::slice::Iter<'a, ModelEntry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl ModelEntry {
    /// Where the file lies below `node_modules` in a checkout.
    pub fn path_in_node_modules(&self) -> String {
        format!("{}/{}", self.package, self.path)
    }

    /// The file's bare name, as a bundle keeps it.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}
