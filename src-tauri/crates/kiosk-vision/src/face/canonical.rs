//! The mean face that MediaPipe measures meshes against, from `geometry_pipeline_metadata_landmarks.binarypb`.

use crate::landmarks;
use crate::model::ModelError;
use crate::net::read::protobuf::{Value, for_each_field, packed_varints};
use crate::net::read::{Broken, Read};

/// The canonical face. Axes: x to the image's right, y up, z towards the camera; unit centimetre.
#[derive(Clone, Debug, Default)]
pub struct CanonicalFace {
    /// Positions of landmarks 0..468 (no irises).
    pub vertices: Vec<[f32; 3]>,
    /// Texture coordinates of the same landmarks, 0..1.
    pub texture: Vec<[f32; 2]>,
    /// Triangles of landmark indices: the whole surface with open eyes and mouth.
    pub triangles: Vec<[usize; 3]>,
    /// Landmarks that move little with expression, and their weights in a pose fit.
    pub basis: Vec<(usize, f32)>,
}

/// Floats a vertex: position and texture coordinate.
const VERTEX: usize = 5;

impl CanonicalFace {
    /// Parses the protobuf message `GeometryPipelineMetadata`.
    ///
    /// # Errors
    /// [`ModelError::Malformed`] when it is not that, or not for 468 landmarks.
    pub fn parse(message: &[u8]) -> Result<Self, ModelError> {
        Self::read(message).map_err(|broken| broken.of("face-geometry"))
    }

    fn read(message: &[u8]) -> Read<Self> {
        let mut face = Self::default();
        for_each_field(message, |field, value| match (field, value) {
            (1, Value::Bytes(mesh)) => face.read_mesh(mesh),
            (2, Value::Bytes(entry)) => face.read_basis(entry),
            _ => Ok(()),
        })?;
        let count = landmarks::FACE_COUNT;
        let fits = face.vertices.len() == count
            && face.triangles.iter().flatten().all(|index| *index < count)
            && face.basis.iter().all(|(index, _)| *index < count);
        if !fits || face.triangles.is_empty() || face.basis.len() < 3 {
            return Err(Broken("not a canonical face of 468 landmarks"));
        }
        Ok(face)
    }

    /// `Mesh3d`: vertex buffer (3) and index buffer (4), packed or one by one.
    fn read_mesh(&mut self, mesh: &[u8]) -> Read<()> {
        let (mut floats, mut indices) = (Vec::new(), Vec::new());
        for_each_field(mesh, |field, value| {
            match (field, value) {
                (3, Value::Fixed32(bits)) => floats.push(f32::from_bits(bits)),
                (3, Value::Bytes(packed)) => {
                    floats.extend(packed.as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)));
                }
                (4, Value::Varint(index)) => indices.push(index as usize),
                (4, Value::Bytes(packed)) => {
                    indices.extend(packed_varints(packed)?.iter().map(|i| *i as usize));
                }
                _ => {}
            }
            Ok(())
        })?;
        let vertices = floats.as_chunks::<VERTEX>().0;
        self.vertices = vertices.iter().map(|[x, y, z, ..]| [*x, *y, *z]).collect();
        self.texture = vertices.iter().map(|[.., u, v]| [*u, *v]).collect();
        self.triangles = indices.as_chunks().0.to_vec();
        Ok(())
    }

    /// `WeightedLandmarkRef`: landmark id (1) and weight (2).
    fn read_basis(&mut self, entry: &[u8]) -> Read<()> {
        let (mut index, mut weight) = (0, 0.0);
        for_each_field(entry, |field, value| {
            match (field, value) {
                (1, Value::Varint(id)) => index = id as usize,
                (2, Value::Fixed32(bits)) => weight = f32::from_bits(bits),
                _ => {}
            }
            Ok(())
        })?;
        self.basis.push((index, weight));
        Ok(())
    }
}
