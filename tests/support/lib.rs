//! Helpers shared by the product tests.
