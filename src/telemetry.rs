//! Logs: structured lines on standard error, and errors printed once, with all their causes.

use std::{
    env::VarError,
    error::Error as _,
    io::{self, IsTerminal as _},
};

use tracing_subscriber::{
    EnvFilter, fmt::format::FmtSpan, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::config::ConfigError;

/// For whom the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Somebody at a terminal.
    People,
    /// A log collector, one JSON object a line.
    Machines,
}

/// Starts logging. `RUST_LOG` chooses what, else `default_filter`. Does nothing when logging has started already.
///
/// # Errors
/// [`ConfigError`] when `RUST_LOG` is malformed.
pub fn start(audience: Audience, default_filter: &str) -> Result<(), ConfigError> {
    let registry = tracing_subscriber::registry().with(filter(default_filter)?);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_span_events(FmtSpan::NONE);
    let started = match audience {
        Audience::People => registry.with(layer.with_target(false)).try_init(),
        Audience::Machines => registry.with(layer.json().flatten_event(true)).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging had started already");
    }
    Ok(())
}

fn filter(default: &str) -> Result<EnvFilter, ConfigError> {
    EnvFilter::try_from_default_env().or_else(|error| {
        let cause = error.source().and_then(|cause| cause.downcast_ref());
        if matches!(cause, Some(VarError::NotPresent)) {
            return Ok(EnvFilter::new(default));
        }
        Err(ConfigError::Malformed { name: EnvFilter::DEFAULT_ENV, problem: error.to_string() })
    })
}
