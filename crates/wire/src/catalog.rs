//! The bodies of the catalog.

use serde::{Deserialize, Serialize};

use crate::ConnectionType;

/// A template as the catalog shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CatalogEntry {
    /// The template's name, which `/run/{env}` takes.
    pub name: String,
    /// The display name; the name when the template has no display name.
    pub display_name: String,
    /// One or two sentences.
    pub description: String,
    /// The name of a Lucide icon, an emoji, or the URL of a picture; may be empty.
    pub icon: String,
    /// `category,subcategory`
    pub category: String,
    /// The lifetime of an environment in seconds; -1 when it has no deadline.
    pub ttl: i64,
    /// The length of one extension, in seconds.
    #[serde(rename = "extendTTL")]
    pub extend_ttl: i64,
    /// The maximum number of extensions; 0 for no maximum.
    pub max_extends: i64,
    /// Whether environments have no deadline.
    pub is_unlimited: bool,
    /// How users connect to an environment.
    pub connection_type: ConnectionType,
    /// Always empty: only an environment has a connection message.
    pub connection_message: String,
    /// The parameters of a launch.
    pub parameters: Vec<Parameter>,
    /// The claim that names the owning team; empty when the caller owns the environment.
    pub owner_claim: String,
    /// The number of unclaimed pool members that are ready; null for a template without a pool.
    #[serde(default)]
    pub ready: Option<u32>,
}

/// A parameter of a template, whose value is given at launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    /// The name in the query string.
    pub name: String,
    /// What the parameter is for.
    pub description: String,
    /// Whether a launch without this parameter is refused.
    pub required: bool,
    /// The value that is used when none is given.
    pub default: String,
    /// The allowed values; empty when every value is allowed.
    #[serde(rename = "enum", default)]
    pub choices: Vec<String>,
    /// A regular expression that the whole value must match; empty when there is none.
    #[serde(default)]
    pub pattern: String,
}
