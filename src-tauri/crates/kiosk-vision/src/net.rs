//! A small single-image executor for the published float TFLite files, in safe Rust.
//!
//! A file becomes a [`graph::Graph`] (bounds-checked parsing, half-precision weights widened), activations are fused into
//! the operators before them, and a [`Net`] plans every step: shapes are checked, weights are packed for the vector unit
//! and tensors are assigned to re-used buffers. After that, running cannot fail.

pub mod graph;
pub(crate) mod read;

mod executor;
mod fuse;
mod ops;
mod simd;
mod tflite;

pub use executor::Net;
