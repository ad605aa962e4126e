//! The ports beside the site's.

use std::net::{IpAddr, SocketAddr};

use super::{ConfigError, Env, variables};

/// The value that disables `METRICS_PORT`.
const OFF: &str = "off";

/// The address of the probes of `dploy operate`: `SERVER_HOST` and `HEALTH_PORT`.
///
/// # Errors
/// [`ConfigError`] for a malformed variable.
pub(crate) fn health_address(env: &Env) -> Result<SocketAddr, ConfigError> {
    let port = env.parsed(&variables::HEALTH_PORT, "a port (0 to 65535)")?;
    Ok(SocketAddr::new(host(env)?, port))
}

/// The address of the metrics, if they are enabled: `SERVER_HOST` and `METRICS_PORT`.
///
/// # Errors
/// [`ConfigError`] for a malformed variable.
pub(crate) fn metrics_address(env: &Env) -> Result<Option<SocketAddr>, ConfigError> {
    let host = host(env)?;
    Ok(metrics_port(env)?.map(|port| SocketAddr::new(host, port)))
}

/// `METRICS_PORT`, if the variable is set.
///
/// # Errors
/// [`ConfigError`] for a malformed variable.
#[cfg(any(feature = "dev", test))]
pub(crate) fn metrics_port_if_set(env: &Env) -> Result<Option<u16>, ConfigError> {
    if env.is_set(&variables::METRICS_PORT) { metrics_port(env) } else { Ok(None) }
}

fn metrics_port(env: &Env) -> Result<Option<u16>, ConfigError> {
    if env.text(&variables::METRICS_PORT) == Some(OFF) {
        return Ok(None);
    }
    env.parsed(&variables::METRICS_PORT, "a port (0 to 65535) or `off`").map(Some)
}

fn host(env: &Env) -> Result<IpAddr, ConfigError> {
    env.parsed(&variables::SERVER_HOST, "an IP address")
}
