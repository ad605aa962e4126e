//! Names, addresses and Go templates of environments.
//!
//! Everything here is a pure function: of names, of an instance with its resolved template, of the cluster's settings.
//! The server calls it for the address that stands in its first answer, the operator for everything; both get the same.
//!
//! What templates can use is described for their authors in `docs/templates.md`.

mod data;
mod engine;
mod error;
mod render;
mod resolve;
mod sprig;
mod yaml;

pub use error::RenderError;
pub use render::{Connection, RenderedProcess, connection, manifests, process, values};
pub use resolve::{DEFAULT_URL_TEMPLATE, matches, resolve};
pub use resources::names;
