//! Resolves templates at launch and renders their Go templates: URL, command, values, manifests,
//! process.
//!
//! All functions are pure: they depend on an instance with its resolved template and on the
//! OperatorConfig. The server renders the URL for its first answer, and the operator renders
//! everything; both get the same result.
//!
//! docs/templates.md is the reference for template authors.

mod catalog_texts;
mod data;
mod engine;
mod error;
mod fixed_inputs;
mod limits;
mod render;
mod resolve;
mod sprig;
#[cfg(test)]
mod tests;
mod value;
mod yaml;

pub use error::RenderError;
pub use render::{RenderedConnection, RenderedProcess, connection, manifests, process, values};
pub use resolve::{DEFAULT_URL_TEMPLATE, matches, resolve};
pub use resources::names;
