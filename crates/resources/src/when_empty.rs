//! What a launch does when the pool has no warm member.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a launch does when no member of the pool is ready.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenEmpty {
    /// It is refused. The answer says when to try again.
    #[default]
    Refuse,
    /// It starts a member for its owner if the pool has room below `maxSize`. Else it is refused.
    OnDemand,
    /// It waits in the queue of the pool. Who came first is served first.
    Queue,
}
