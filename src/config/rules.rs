//! The configuration of quota and time limits.

use std::num::NonZeroU32;

use resources::UNLIMITED;
use wire::UiConfig;

use super::{ConfigError, Env, variables};

/// The namespace, and the defaults of quota and time limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RulesConfig {
    /// `DPLOY_NAMESPACE`
    pub(crate) namespace: String,
    /// `MAX_ENVIRONMENTS_PER_USER`
    pub(crate) max_environments: u32,
    /// `MAX_CHANGES_PER_MINUTE`; `None` for any number.
    pub(crate) max_changes: Option<NonZeroU32>,
    /// `DEFAULT_TTL` in seconds; -1 for unlimited.
    pub(crate) default_ttl: i64,
    /// `EXTEND_TTL` in seconds.
    pub(crate) extend_ttl: i64,
    /// `INHERIT_BY_NAME`
    pub(crate) inherit_by_name: bool,
}

impl RulesConfig {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`ConfigError`] for a malformed variable.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let number = "a whole number of at least 0";
        Ok(Self {
            namespace: namespace(env)?,
            max_environments: env.parsed(&variables::MAX_ENVIRONMENTS_PER_USER, number)?,
            max_changes: NonZeroU32::new(env.parsed(&variables::MAX_CHANGES_PER_MINUTE, number)?),
            default_ttl: default_ttl(env)?,
            extend_ttl: extend_ttl(env)?,
            inherit_by_name: env.switch(&variables::INHERIT_BY_NAME)?,
        })
    }

    /// The settings of the crate `environments`.
    #[must_use]
    pub(crate) fn of_serve(self, features: UiConfig) -> environments::Settings {
        let Self {
            namespace,
            max_environments,
            max_changes,
            default_ttl,
            extend_ttl,
            inherit_by_name,
        } = self;
        environments::Settings {
            namespace,
            max_environments,
            default_ttl,
            extend_ttl,
            max_changes,
            inherit_by_name,
            features,
        }
    }
}

fn namespace(env: &Env) -> Result<String, ConfigError> {
    let name = env.required(&variables::DPLOY_NAMESPACE)?;
    let is_valid = name.len() <= 63
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-');
    if is_valid {
        Ok(name.to_owned())
    } else {
        Err(ConfigError::malformed(
            &variables::DPLOY_NAMESPACE,
            format!("`{name}` is not the name of a namespace (lower-case letters, digits and -)"),
        ))
    }
}

fn default_ttl(env: &Env) -> Result<i64, ConfigError> {
    let form = "a number of seconds of at least 1, or -1 for no end";
    let seconds = env.parsed(&variables::DEFAULT_TTL, form)?;
    if seconds == UNLIMITED || seconds > 0 {
        Ok(seconds)
    } else {
        Err(ConfigError::malformed(&variables::DEFAULT_TTL, format!("`{seconds}` is not {form}")))
    }
}

fn extend_ttl(env: &Env) -> Result<i64, ConfigError> {
    let form = "a number of seconds of at least 1";
    let seconds = env.parsed(&variables::EXTEND_TTL, form)?;
    if seconds > 0 {
        Ok(seconds)
    } else {
        Err(ConfigError::malformed(&variables::EXTEND_TTL, format!("`{seconds}` is not {form}")))
    }
}
