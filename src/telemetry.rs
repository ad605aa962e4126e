//! Logging on standard error: for whom, what, and in which form.

use std::{
    env::VarError,
    error::Error as _,
    io::{self, IsTerminal as _},
};

use tracing_subscriber::{
    EnvFilter, fmt::format::FmtSpan, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::config::{ConfigError, ServerConfig};

/// Who reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// A person at a terminal.
    People,
    /// A log collector: one JSON object per line.
    Machines,
}

/// The audience of a server: people with `DEBUG`, a log collector without.
#[must_use]
pub(crate) const fn audience(server: &ServerConfig) -> Audience {
    if server.debug { Audience::People } else { Audience::Machines }
}

/// The default filter of a server. It omits the errors of the client and of its watches, which
/// Dploy logs with their context. The client would log an unreadable body whole, and a list of
/// Secrets may be one.
#[must_use]
pub(crate) const fn filter(server: &ServerConfig) -> &'static str {
    if server.debug {
        "info,kube_client::client=off,kube_runtime::watcher=off,dploy=debug,environments=debug,operator=debug,identity=debug"
    } else {
        "info,kube_client::client=off,kube_runtime::watcher=off"
    }
}

/// Starts logging with the filter of `RUST_LOG`, or else with `default_filter`. Does nothing when
/// logging has already started.
///
/// # Errors
/// [`ConfigError`] when `RUST_LOG` is malformed.
pub(crate) fn start(audience: Audience, default_filter: &str) -> Result<(), ConfigError> {
    let registry = tracing_subscriber::registry().with(env_filter(default_filter)?);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_span_events(FmtSpan::NONE);
    let started = match audience {
        Audience::People => registry.with(layer.with_target(false)).try_init(),
        Audience::Machines => registry.with(layer.json().flatten_event(true)).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging has already started");
    }
    Ok(())
}

fn env_filter(default: &str) -> Result<EnvFilter, ConfigError> {
    EnvFilter::try_from_default_env().or_else(|error| {
        let cause = error.source().and_then(|cause| cause.downcast_ref());
        if matches!(cause, Some(VarError::NotPresent)) {
            return Ok(EnvFilter::new(default));
        }
        Err(ConfigError::Malformed { name: EnvFilter::DEFAULT_ENV, problem: error.to_string() })
    })
}
