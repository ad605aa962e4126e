//! The bodies about a user's environments.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The status of an environment, as its owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Status {
    /// Requested; the workload has not started.
    #[serde(rename = "pending")]
    Pending,
    /// The workload is starting.
    Progressing,
    /// The environment can be used.
    Healthy,
    /// The workload has a fault.
    Degraded,
    /// The environment is being deleted.
    Deleting,
}

impl Status {
    /// The word in JSON (docs/contract.md, "Bodies").
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

/// A word that names no [`Status`].
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

/// How users connect to an environment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ConnectionType {
    /// By its URL, in a browser.
    #[default]
    Web,
    /// By a command that the user copies.
    Instructions,
}

/// An environment in its owner's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// The name of its template.
    pub name: String,
    /// The template's display name.
    pub display_name: String,
    /// The template's description at launch.
    pub description: String,
    /// Eight lower-case hexadecimal digits that never change. Who waits in a queue gets those of
    /// the environment at its end.
    pub uuid: String,
    /// The status.
    pub status: Status,
    /// The URL of the environment; empty while it waits in a queue.
    pub url: String,
    /// The deadline; empty when there is none.
    pub expires_at: String,
    /// The time of the launch or the claim.
    pub started_at: String,
    /// The template's icon at launch.
    pub icon: String,
    /// `category,subcategory` of the template at launch.
    pub category: String,
    /// The number of extensions so far.
    pub extend_count: i64,
    /// The maximum number of extensions; 0 for no maximum.
    pub max_extends: i64,
    /// The length of one extension, in seconds.
    #[serde(rename = "extendTTL")]
    pub extend_ttl: i64,
    /// Whether it has no deadline.
    pub is_unlimited: bool,
    /// The owner key of the person or the team that owns it.
    pub owner: String,
    /// Whether a team owns it.
    pub shared: bool,
    /// How users connect to it.
    pub connection_type: ConnectionType,
    /// The command to copy; empty for `web`.
    pub connection_message: String,
    /// Why the environment is not healthy, as a sentence for its owner; may be empty.
    pub message: String,
    /// The same as one word, such as `ContainerStuck`, by which an admin finds the details; may be
    /// empty.
    #[serde(default)]
    pub reason: String,
    /// Whether the deadline is nearer than the template's `ttl.warnSeconds`.
    #[serde(default)]
    pub ends_soon: bool,
    /// The place in the queue of the pool, from 1; 0 for an environment that does not wait.
    #[serde(default)]
    pub position: u32,
    /// How long the owner probably waits in the queue, in seconds; 0 when that is not known.
    #[serde(default)]
    pub expected_seconds: u32,
}

/// The environments that the caller owns, personally and through teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentList {
    /// The environments, oldest first.
    pub environments: Vec<Environment>,
    /// The length of the list.
    pub count: u32,
    /// The caller's quota.
    pub limit: u32,
    /// How many of the caller's own environments count against the quota: all but deleting ones.
    pub used: u32,
    /// The server's time.
    pub now: String,
    /// Since when the list may lack changes, because the cluster does not answer; empty while it is
    /// up to date.
    #[serde(default)]
    pub out_of_date_since: String,
}

/// The response to a launch and to a status request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Eight lower-case hexadecimal digits that never change. Who waits in a queue gets those of
    /// the environment at its end.
    pub uuid: String,
    /// The status.
    pub status: Status,
    /// The URL of the environment. It is known before the environment is healthy, and empty while
    /// it waits in a queue.
    pub url: String,
    /// The deadline; empty when there is none.
    pub expires_at: String,
    /// The owner key of the person or the team that owns it.
    pub owner: String,
    /// Whether a team owns it.
    pub shared: bool,
    /// How users connect to it.
    pub connection_type: ConnectionType,
    /// The command to copy; empty for `web`.
    pub connection_message: String,
    /// The place in the queue of the pool, from 1; 0 for an environment that does not wait.
    #[serde(default)]
    pub position: u32,
    /// How long the owner probably waits in the queue, in seconds; 0 when that is not known.
    #[serde(default)]
    pub expected_seconds: u32,
}

/// The response to an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Extended {
    /// The new deadline.
    pub expires_at: String,
    /// The number of extensions so far, including this one.
    pub extend_count: i64,
    /// The maximum number of extensions; 0 for no maximum.
    pub max_extends: i64,
}
