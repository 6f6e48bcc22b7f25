//! The product as a whole.

// Clippy lets tests unwrap, and their helpers only below `cfg(test)`.
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod binding;
#[cfg(test)]
mod camera_and_wall;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod sitter;
