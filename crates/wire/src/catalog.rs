use serde::{Deserialize, Serialize};

use crate::ConnectionType;

/// A template as the catalog shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CatalogEntry {
    /// The template's name, which `/run/{env}` takes.
    pub name: String,
    /// What people call it; the name where the template has no display name.
    pub display_name: String,
    /// One or two sentences.
    pub description: String,
    /// The name of a Lucide icon, an emoji or an address of a picture; may be empty.
    pub icon: String,
    /// `category,subcategory`
    pub category: String,
    /// How long an environment lives, in seconds; -1 when it has no end.
    pub ttl: i64,
    /// By how much one extension moves the end on, in seconds.
    #[serde(rename = "extendTTL")]
    pub extend_ttl: i64,
    /// How often an environment can be extended; 0 for as often as its owner likes.
    pub max_extends: i64,
    /// Whether environments have no end.
    pub is_unlimited: bool,
    /// How people reach it.
    pub connection_type: ConnectionType,
    /// Always empty here: there is no environment yet to connect to.
    pub connection_message: String,
    /// What can be, or has to be, chosen before it starts.
    pub parameters: Vec<Parameter>,
    /// The claim that names the owning team; empty when environments belong to the person who launches.
    pub owner_claim: String,
    /// How many warm members wait to be claimed; null for templates without a pool.
    #[serde(default)]
    pub ready: Option<u32>,
}

/// A value that a template takes at launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    /// Its name in the query string.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether a launch without it is refused.
    pub required: bool,
    /// The value used when none is given.
    pub default: String,
    /// The only values allowed; empty when any value is.
    #[serde(rename = "enum", default)]
    pub choices: Vec<String>,
    /// A regular expression that the whole value has to match; empty when there is none.
    #[serde(default)]
    pub pattern: String,
}
