//! Where frames come from: webcam, replayed files, the simulated studio.
