//! Makes the revision of a template, and renders its Go templates: URL, command, values, manifests,
//! process.
//!
//! All functions are pure: they depend on an instance with its revision and on the
//! OperatorConfig. The server renders the URL for its first answer, and the operator renders
//! everything; both get the same result.
//!
//! docs/templates.md is the reference for template authors.

mod advice;
mod catalog_texts;
mod data;
mod engine;
mod error;
mod fixed_inputs;
mod go_templates;
mod limits;
mod masking;
pub mod parameters;
mod render;
mod revision;
mod sprig;
mod structure;
#[cfg(test)]
mod tests;
mod used_claims;
mod value;
mod yaml;

pub use advice::advice;
pub use data::{TemplateData, risky_values};
pub use error::RenderError;
pub use render::{
    RenderedConnection, RenderedProcess, check_structure, connection, manifests, process, values,
};
pub use resources::names;
pub use revision::{DEFAULT_URL_TEMPLATE, revision};
pub use structure::PersonalValue;
