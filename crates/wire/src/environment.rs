use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The state of an environment as its owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Status {
    /// Asked for; nothing has started yet.
    #[serde(rename = "pending")]
    Pending,
    /// Starting.
    Progressing,
    /// Running.
    Healthy,
    /// Something is wrong.
    Degraded,
    /// On its way out.
    Deleting,
}

impl Status {
    /// The word that the contract fixes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Progressing => "Progressing",
            Self::Healthy => "Healthy",
            Self::Degraded => "Degraded",
            Self::Deleting => "Deleting",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is none of the five of [`Status`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownStatus(pub String);

impl fmt::Display for UnknownStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a status of an environment", self.0)
    }
}

impl std::error::Error for UnknownStatus {}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Pending, Self::Progressing, Self::Healthy, Self::Degraded, Self::Deleting]
            .into_iter()
            .find(|status| status.as_str() == word)
            .ok_or_else(|| UnknownStatus(word.to_owned()))
    }
}

/// How people reach an environment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ConnectionType {
    /// By opening its address in a browser.
    #[default]
    Web,
    /// By a command to copy.
    Instructions,
}

/// An environment in its owner's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// The name of its template.
    pub name: String,
    /// What people call the template.
    pub display_name: String,
    /// The template's description at launch.
    pub description: String,
    /// Eight lower-case hexadecimal digits that never change.
    pub uuid: String,
    /// Its state.
    pub status: Status,
    /// Where it answers.
    pub url: String,
    /// When its time is up; empty when it has no end.
    pub expires_at: String,
    /// When it was launched (or claimed); with `expires_at` it tells the share of time that is left.
    pub started_at: String,
    /// The template's icon at launch.
    pub icon: String,
    /// `category,subcategory` of the template at launch.
    pub category: String,
    /// How often it was extended.
    pub extend_count: i64,
    /// How often it can be extended; 0 for as often as its owner likes.
    pub max_extends: i64,
    /// By how much one extension moves the end on, in seconds.
    #[serde(rename = "extendTTL")]
    pub extend_ttl: i64,
    /// Whether it has no end.
    pub is_unlimited: bool,
    /// The owner key of the person or team it belongs to.
    pub owner: String,
    /// Whether a team owns it.
    pub shared: bool,
    /// How it is reached.
    pub connection_type: ConnectionType,
    /// The command to copy; empty for `web`.
    pub connection_message: String,
    /// Why it is not running, in a sentence for its owner; empty when there is nothing to say.
    pub message: String,
}

/// All that the caller owns, personally and through teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentList {
    /// The environments, oldest first.
    pub environments: Vec<Environment>,
    /// The length of the list.
    pub count: u32,
    /// How many the caller may have.
    pub limit: u32,
    /// How many of the caller's own count against the limit: those that are not being deleted.
    pub used: u32,
    /// The server's time when it answered.
    pub now: String,
}

/// The answer to a launch and to a question for its status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Eight lower-case hexadecimal digits that never change.
    pub uuid: String,
    /// Its state.
    pub status: Status,
    /// Where it answers, or will.
    pub url: String,
    /// When its time is up; empty when it has no end.
    pub expires_at: String,
    /// The owner key of the person or team it belongs to.
    pub owner: String,
    /// Whether a team owns it.
    pub shared: bool,
    /// How it is reached.
    pub connection_type: ConnectionType,
    /// The command to copy; empty for `web`.
    pub connection_message: String,
}

/// The answer to an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Extended {
    /// The new end.
    pub expires_at: String,
    /// How often it was extended, this time included.
    pub extend_count: i64,
    /// How often it can be extended; 0 for as often as its owner likes.
    pub max_extends: i64,
}
