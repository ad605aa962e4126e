//! The colour theme.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The colour theme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// The theme of the operating system.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The cookie that stores the theme.
    pub const COOKIE: &str = "dploy_theme";

    /// The word in the cookie and in the attribute `data-theme`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme that the toggle chooses after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Dark,
            Self::Dark => Self::Light,
            Self::Light => Self::System,
        }
    }

    /// The label of a button that chooses this theme.
    #[must_use]
    pub const fn button_label(self) -> &'static str {
        match self {
            Self::System => "Use the system's colours",
            Self::Light => "Use light colours",
            Self::Dark => "Use dark colours",
        }
    }

    /// The icon of a button that chooses this theme.
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

/// A word that names no theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownTheme;

impl FromStr for Theme {
    type Err = UnknownTheme;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let all = [Self::System, Self::Light, Self::Dark];
        all.into_iter().find(|theme| theme.as_str() == word).ok_or(UnknownTheme)
    }
}
