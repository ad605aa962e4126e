//! The integration tests of the binary, in one binary of their own.

mod access;
mod documents;
