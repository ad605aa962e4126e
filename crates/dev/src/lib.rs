//! The development mode: what `dploy dev` has beyond the server and the controllers.
//!
//! An embedded API server with definitions and sample templates, an identity provider, the engines
//! of one machine, and a gateway in front of environments. `src/roles/dev.rs` serves them together
//! with the web app. A build without the feature `dev` links nothing of this crate.

mod cluster;
mod data_directory;
mod development;
mod directory;
mod error;
mod front;
mod kube_guard;
mod local_engines;
mod private_file;
pub mod provider;
pub mod samples;

pub use data_directory::DataDirectory;
pub use development::{Development, token};
pub use directory::CallerOf;
pub use error::DevError;
pub use front::Front;
pub use local_engines::{Programs, supervise};
