//! A school's own list.
