//! face-api's weight files: a JSON manifest and tensors end to end, some as 8-bit codes, some as floats.

use crate::model::ModelError;
use serde::Deserialize;
use std::collections::HashMap;

pub const NAME: &str = "face-embedding";

#[derive(Deserialize)]
struct Group {
    weights: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    dtype: String,
    quantization: Option<Quantization>,
}

/// value = code × scale + min, in double precision as TensorFlow.js computes it.
#[derive(Deserialize)]
struct Quantization {
    dtype: String,
    scale: f64,
    min: f64,
}

/// A named tensor in TensorFlow.js's layout (convolution weights HWIO).
#[derive(Clone, Debug, Default)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// All tensors by name.
pub struct Weights(HashMap<String, Tensor>);

impl Weights {
    pub fn parse(manifest: &[u8], file: &[u8]) -> Result<Self, ModelError> {
        let groups: Vec<Group> = serde_json::from_slice(manifest).map_err(|error| {
            ModelError::malformed(NAME, format!("weight manifest: {:?}", error.classify()))
        })?;
        let mut rest = file;
        let mut tensors = HashMap::new();
        for entry in groups.into_iter().flat_map(|group| group.weights) {
            let values = entry.read(&mut rest)?;
            tensors.insert(entry.name, Tensor { shape: entry.shape, values });
        }
        Ok(Self(tensors))
    }

    /// Takes the tensor out.
    pub fn take(&mut self, name: &str) -> Result<Tensor, ModelError> {
        self.0.remove(name).ok_or_else(|| ModelError::malformed(NAME, format!("no tensor {name}")))
    }
}

impl Entry {
    fn read(&self, rest: &mut &[u8]) -> Result<Vec<f32>, ModelError> {
        let width = match &self.quantization {
            Some(quantization) if quantization.dtype == "uint8" => 1,
            None if self.dtype == "float32" => 4,
            _ => {
                return Err(ModelError::unsupported(NAME, format!("number format of {}", self.name)));
            }
        };
        let bytes = self.shape.iter().try_fold(width, |bytes: usize, size| bytes.checked_mul(*size));
        let (taken, left) = bytes
            .and_then(|bytes| rest.split_at_checked(bytes))
            .ok_or_else(|| ModelError::malformed(NAME, "weights end too early"))?;
        *rest = left;
        Ok(match &self.quantization {
            Some(codes) => {
                taken.iter().map(|code| (f64::from(*code) * codes.scale + codes.min) as f32).collect()
            }
            None => taken.as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &[u8] = br#"[{"weights":[
        {"name":"codes","shape":[2],"dtype":"float32","quantization":{"dtype":"uint8","scale":0.5,"min":-1.0}},
        {"name":"floats","shape":[1,1],"dtype":"float32"}]}]"#;

    #[test]
    fn honours_each_entry_s_format() {
        let mut file = vec![0, 4];
        file.extend(2.5_f32.to_le_bytes());
        let mut weights = Weights::parse(MANIFEST, &file).unwrap();
        assert_eq!(weights.take("codes").unwrap().values, [-1.0, 1.0]);
        assert_eq!(weights.take("floats").unwrap().values, [2.5]);
        assert!(weights.take("floats").is_err());
    }

    #[test]
    fn a_short_file_is_malformed() {
        assert!(matches!(Weights::parse(MANIFEST, &[0, 4, 0]), Err(ModelError::Malformed { .. })));
        assert!(matches!(Weights::parse(b"[", &[]), Err(ModelError::Malformed { .. })));
    }
}
