//! The configuration of the HTTP server.

use std::net::{IpAddr, SocketAddr};

use wire::UiConfig;

use super::{ConfigError, Env, variables};

/// The address of the server and the form of its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServerConfig {
    /// `SERVER_HOST` and `SERVER_PORT`.
    pub(crate) address: SocketAddr,
    /// `DEBUG`: whether to log details, as text for people.
    pub(crate) debug: bool,
}

impl ServerConfig {
    /// Reads `SERVER_HOST`, `SERVER_PORT` and `DEBUG`.
    ///
    /// # Errors
    /// [`ConfigError`] for a malformed variable.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let host: IpAddr = env.parsed(&variables::SERVER_HOST, "an IP address")?;
        let port: u16 = env.parsed(&variables::SERVER_PORT, "a port (0 to 65535)")?;
        let debug = env.switch(&variables::DEBUG)?;
        Ok(Self { address: SocketAddr::new(host, port), debug })
    }
}

/// Reads which parts of the site are enabled.
///
/// # Errors
/// [`ConfigError`] for a malformed variable.
pub(crate) fn features(env: &Env) -> Result<UiConfig, ConfigError> {
    Ok(UiConfig {
        catalog_enabled: env.switch(&variables::CATALOG_ENABLED)?,
        instances_enabled: env.switch(&variables::INSTANCES_LIST_ENABLED)?,
        manager_enabled: env.switch(&variables::MANAGER_ENABLED)?,
    })
}
