//! Logs: structured lines on standard error, and errors printed once, with all their causes.

use std::{
    env::VarError,
    error::Error,
    fmt,
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

/// An error and all its causes, in one line.
pub fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl fmt::Display + 'a {
    Chain(error)
}

struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut last = self.0.to_string();
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Transparent wrappers repeat the sentence of what they wrap.
            if text != last {
                write!(f, ": {text}")?;
            }
            last = text;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("could not open the shop")]
    struct Outer(#[source] io::Error);

    #[test]
    fn causes_follow_their_effect() {
        let error = Outer(io::Error::other("the key is lost"));
        assert_eq!(chain(&error).to_string(), "could not open the shop: the key is lost");
    }
}
