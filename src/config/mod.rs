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

pub(crate) use env::ConfigError;
pub use env::Env;
#[cfg(feature = "dev")]
pub(crate) use env::process_variables;
pub(crate) use identity::{IdentityConfig, other_issuer};
#[cfg(any(feature = "dev", test))]
pub(crate) use monitoring::metrics_port_if_set;
pub(crate) use monitoring::{health_address, metrics_address};
pub use reference::configuration_page;
pub(crate) use rules::RulesConfig;
pub(crate) use server::{CapacityConfig, ServerConfig, audit_target, features, max_connections};

#[cfg(test)]
mod tests;
