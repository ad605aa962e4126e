use std::net::{IpAddr, SocketAddr};

use wire::UiConfig;

use super::{ConfigError, Env, variables};

/// Where and how the server listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerConfig {
    /// The address to listen on.
    pub address: SocketAddr,
    /// Whether to log in detail.
    pub debug: bool,
}

impl ServerConfig {
    /// Reads `SERVER_HOST`, `SERVER_PORT` and `DEBUG`.
    ///
    /// # Errors
    /// [`ConfigError`] naming the variable that is malformed.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let host: IpAddr = env.parsed(&variables::SERVER_HOST, "an IP address")?;
        let port: u16 = env.parsed(&variables::SERVER_PORT, "a port (0 to 65535)")?;
        let debug = env.switch(&variables::DEBUG)?;
        Ok(Self { address: SocketAddr::new(host, port), debug })
    }
}

/// Reads which parts of the site are switched on.
///
/// # Errors
/// [`ConfigError`] naming the variable that is malformed.
pub fn features(env: &Env) -> Result<UiConfig, ConfigError> {
    Ok(UiConfig {
        catalog_enabled: env.switch(&variables::CATALOG_ENABLED)?,
        instances_enabled: env.switch(&variables::INSTANCES_LIST_ENABLED)?,
        manager_enabled: env.switch(&variables::MANAGER_ENABLED)?,
    })
}
