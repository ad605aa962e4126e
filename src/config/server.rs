//! The configuration of the HTTP server.

use std::net::{IpAddr, SocketAddr};

use wire::UiConfig;

use super::{
    ConfigError, Env,
    variables::{self, Variable},
};
use crate::http::MaxConnections;

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

/// How many requests a replica of `serve` answers at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CapacityConfig {
    /// `MAX_READS`
    pub(crate) max_reads: usize,
    /// `MAX_CHANGES`
    pub(crate) max_changes: usize,
    /// `MAX_STREAMS`
    pub(crate) max_streams: usize,
}

impl CapacityConfig {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`ConfigError`] for a malformed variable.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            max_reads: limit(env, &variables::MAX_READS)?,
            max_changes: limit(env, &variables::MAX_CHANGES)?,
            max_streams: limit(env, &variables::MAX_STREAMS)?,
        })
    }
}

/// Reads how many connections a replica of `serve` has at the same time.
///
/// # Errors
/// [`ConfigError`] for a malformed variable.
pub(crate) fn max_connections(env: &Env) -> Result<MaxConnections, ConfigError> {
    Ok(MaxConnections {
        total: limit(env, &variables::MAX_CONNECTIONS)?,
        per_address: limit(env, &variables::MAX_CONNECTIONS_PER_ADDRESS)?,
    })
}

fn limit(env: &Env, variable: &Variable) -> Result<usize, ConfigError> {
    env.parsed::<u16>(variable, "a whole number from 0 to 65535").map(usize::from)
}

/// Where the audit log goes: `AUDIT_LOG`.
pub(crate) fn audit_target(env: &Env) -> Option<audit::Target> {
    match env.text(&variables::AUDIT_LOG)? {
        "-" => Some(audit::Target::Stdout),
        path => Some(audit::Target::File(path.into())),
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
