//! What a line of the log says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// A process began to write the log. Its line has no person.
    Start,
    /// A launch.
    Launch,
    /// An extension.
    Extend,
    /// A deletion.
    Delete,
}

/// Who asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The claim `sub`.
    pub subject: String,
    /// The issuer of the token, if it is not the configured one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The name, if the token has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The owner key, as far as the request came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// Which environment it was about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The name of the template that the request named.
    pub template: String,
    /// The name of the instance, as far as the request came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The uuid of the instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It succeeded.
    Done,
    /// It was refused, or failed: the status of the REST answer and the sentence of the contract.
    Refused {
        /// The status of the answer.
        status: u16,
        /// The sentence.
        error: String,
    },
    /// The client hung up before the end. What the request did is not known.
    Abandoned,
}

/// A change, as the rules report it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who asked.
    pub who: Who,
    /// What for.
    pub action: Action,
    /// About which environment.
    pub environment: Environment,
    /// How it ended.
    pub outcome: Outcome,
    /// The id of the request, which is in its response and in the server's log.
    pub request: Option<String>,
}

/// A line, without its own hash. The order of the fields is that of the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The number of the line in its chain, from 1.
    pub seq: u64,
    /// When the line was written.
    pub time: Timestamp,
    /// The random id of the process that wrote the line.
    pub process: String,
    /// What somebody asked for.
    pub action: Action,
    /// Who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    /// About which environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// On a first line of a process: how many bytes of an unfinished line were cut off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub torn: Option<u64>,
    /// The hash of the line before; 64 zeros on the first line of a chain.
    pub previous: String,
}
