//! A snapshot of environment variables, and the parsers of their values.

use std::{collections::BTreeMap, ffi::OsString, fmt, str::FromStr};

use thiserror::Error;

use super::variables::{self, Variable};

/// A snapshot of environment variables.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, String>);

/// A variable whose value cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A required variable is not set.
    #[error("{0} is required but not set")]
    Missing(&'static str),
    /// A variable is not set that the others make necessary.
    #[error("{name} is required but not set: {reason}")]
    Needed {
        /// The variable.
        name: &'static str,
        /// What makes it necessary, and what would do instead.
        reason: String,
    },
    /// The value is malformed.
    #[error("{name} is malformed: {problem}")]
    Malformed {
        /// The variable.
        name: &'static str,
        /// What is wrong and what is expected. Never contains the value of a secret.
        problem: String,
    },
}

/// The variables of this process as they are, for child processes.
#[cfg(feature = "dev")]
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is where configuration comes from")]
pub(crate) fn process_variables() -> Vec<(OsString, OsString)> {
    std::env::vars_os().collect()
}

impl ConfigError {
    /// The error for a malformed value of `variable`.
    pub(crate) fn malformed(variable: &Variable, problem: impl Into<String>) -> Self {
        Self::Malformed { name: variable.name, problem: problem.into() }
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Env {
    /// The variables of this process.
    ///
    /// # Errors
    /// [`ConfigError`] when the value of one of [`variables::ALL`] is not Unicode. Other variables
    /// with such a value are skipped.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the variables")]
    pub fn of_process() -> Result<Self, ConfigError> {
        let unicode = |(name, value): (OsString, OsString)| {
            let name = name.into_string().ok()?;
            match value.into_string() {
                Ok(value) => Some(Ok((name, value))),
                Err(_) => {
                    let variable = variables::ALL.iter().find(|variable| variable.name == name)?;
                    Some(Err(ConfigError::malformed(variable, "its value is not UTF-8")))
                }
            }
        };
        std::env::vars_os().filter_map(unicode).collect()
    }

    /// Sets a variable.
    #[cfg(feature = "dev")]
    pub(crate) fn set(&mut self, variable: &Variable, value: impl Into<String>) {
        self.0.insert(variable.name.to_owned(), value.into());
    }

    /// The value, or else the default. An empty value counts as not set: the chart sets every
    /// variable.
    #[must_use]
    pub(crate) fn text<'a>(&'a self, variable: &'a Variable) -> Option<&'a str> {
        self.given(variable).or(variable.default)
    }

    /// Whether the variable is set.
    #[cfg(any(feature = "dev", test))]
    #[must_use]
    pub(crate) fn is_set(&self, variable: &Variable) -> bool {
        self.given(variable).is_some()
    }

    fn given(&self, variable: &Variable) -> Option<&str> {
        let value = self.0.get(variable.name).map(|value| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// The value of a required variable.
    ///
    /// # Errors
    /// [`ConfigError::Missing`]
    pub(crate) fn required<'a>(&'a self, variable: &'a Variable) -> Result<&'a str, ConfigError> {
        self.text(variable).ok_or(ConfigError::Missing(variable.name))
    }

    /// The parsed value. `form` describes a valid one, such as "a whole number".
    ///
    /// # Errors
    /// [`ConfigError`] when the value is missing or malformed.
    pub(crate) fn parsed<T: FromStr>(
        &self,
        variable: &Variable,
        form: &str,
    ) -> Result<T, ConfigError> {
        let text = self.required(variable)?;
        text.parse()
            .map_err(|_| ConfigError::malformed(variable, format!("`{text}` is not {form}")))
    }

    /// The value of a switch, in any spelling that Go's `strconv.ParseBool` accepts.
    ///
    /// # Errors
    /// [`ConfigError`] when the value is missing or malformed.
    pub(crate) fn switch(&self, variable: &Variable) -> Result<bool, ConfigError> {
        match self.required(variable)? {
            "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
            "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
            other => Err(ConfigError::malformed(
                variable,
                format!("`{other}` is neither `true` nor `false`"),
            )),
        }
    }

    /// The value as an `http` or `https` address, if the variable is set.
    ///
    /// # Errors
    /// [`ConfigError`] when the value is malformed.
    pub(crate) fn web_address(&self, variable: &Variable) -> Result<Option<String>, ConfigError> {
        self.text(variable).map(|text| web_address(variable, text)).transpose()
    }
}

fn web_address(variable: &Variable, text: &str) -> Result<String, ConfigError> {
    let uri: http::Uri = text
        .parse()
        .map_err(|_| ConfigError::malformed(variable, format!("`{text}` is not an address")))?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(host)) if !host.is_empty() => Ok(text.to_owned()),
        _ => Err(ConfigError::malformed(
            variable,
            format!("`{text}` does not start with http:// or https:// and a host"),
        )),
    }
}
