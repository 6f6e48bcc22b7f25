//! Names of delivered files.
