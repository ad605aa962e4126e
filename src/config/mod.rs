//! The configuration: environment variables, parsed once at start (docs/contract.md,
//! "Configuration").
//!
//! Each concern has a struct with `from_env`. A malformed value stops the start with a sentence
//! that names the variable; its default never replaces it silently.

mod env;
mod identity;
mod monitoring;
mod reference;
mod rules;
mod server;
pub mod variables;

#[cfg(feature = "dev")]
pub use env::process_variables;
pub use env::{ConfigError, Env};
pub use identity::IdentityConfig;
pub use monitoring::{health_address, metrics_address, metrics_port_if_set};
pub use reference::reference;
pub use rules::RulesConfig;
pub use server::{ServerConfig, features};

#[cfg(test)]
mod tests;
