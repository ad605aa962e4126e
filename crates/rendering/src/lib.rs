//! Names, addresses and Go templates of environments.
//!
//! Everything here is a pure function: of names, of an instance with its resolved template, of the cluster's settings.
//! The server calls it for the address that stands in its first answer, the operator for everything; both get the same.

pub mod names;
mod resolve;

pub use resolve::{DEFAULT_URL_TEMPLATE, matches, resolve};
