use std::net::{IpAddr, SocketAddr};

use super::{ConfigError, Env, variables};

/// The value of `METRICS_PORT` that switches it off.
const OFF: &str = "off";

/// Where `dploy operate` answers probes: `SERVER_HOST` and `HEALTH_PORT`.
///
/// # Errors
/// [`ConfigError`] naming the variable that is malformed.
pub fn health_address(env: &Env) -> Result<SocketAddr, ConfigError> {
    let port = env.parsed(&variables::HEALTH_PORT, "a port (0 to 65535)")?;
    Ok(SocketAddr::new(host(env)?, port))
}

/// Where Prometheus gets its metrics, if anywhere: `SERVER_HOST` and `METRICS_PORT`.
///
/// # Errors
/// [`ConfigError`] naming the variable that is malformed.
pub fn metrics_address(env: &Env) -> Result<Option<SocketAddr>, ConfigError> {
    let host = host(env)?;
    Ok(metrics_port(env)?.map(|port| SocketAddr::new(host, port)))
}

/// `METRICS_PORT`, where it does not only have its default.
///
/// # Errors
/// [`ConfigError`] when it is malformed.
pub fn metrics_port_if_set(env: &Env) -> Result<Option<u16>, ConfigError> {
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
