//! The colours that the reader wants.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The colours that the reader wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// What the system says.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The cookie that remembers it.
    pub const COOKIE: &str = "dploy_theme";

    /// The word in the cookie and in the document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What the toggle turns to.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Dark,
            Self::Dark => Self::Light,
            Self::Light => Self::System,
        }
    }

    /// What a button that turns to it says.
    #[must_use]
    pub const fn invitation(self) -> &'static str {
        match self {
            Self::System => "Use the system's colours",
            Self::Light => "Use light colours",
            Self::Dark => "Use dark colours",
        }
    }

    /// Its icon.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::System => "monitor",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownTheme;

impl FromStr for Theme {
    type Err = UnknownTheme;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let all = [Self::System, Self::Light, Self::Dark];
        all.into_iter().find(|theme| theme.as_str() == word).ok_or(UnknownTheme)
    }
}
