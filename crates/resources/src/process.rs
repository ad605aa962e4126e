//! The local process of a template, for `dploy dev`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A local child process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProcessSpec {
    /// The program: `dploy-samples` of this installation, or a program on the search path.
    #[schemars(length(min = 1))]
    pub command: String,
    /// The arguments of the program. Each is a Go template.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Additional environment variables. `PORT` is always set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<EnvVar>,
    /// The port on which the process listens. With 0, the default, Dploy chooses a free port and
    /// passes it in `PORT` and `.Port`.
    #[serde(default)]
    pub port: u16,
    /// The path of the health check, which passes on a status below 400. By default the check
    /// passes when the port accepts a connection.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub health_path: String,
}

/// An environment variable of a process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvVar {
    /// The name of the variable.
    #[schemars(length(min = 1))]
    pub name: String,
    /// A Go template of the value.
    #[serde(default)]
    pub value: String,
}
