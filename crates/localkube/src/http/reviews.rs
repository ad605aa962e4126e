//! Access reviews. The server has one user, who may do everything.

use serde_json::{Value, json};

use super::path::ResourcePath;

/// The review with its status; `None` when the path is not a review.
pub(super) fn answer(path: &ResourcePath, mut review: Value) -> Option<Value> {
    let status = match (path.group.as_str(), path.plural.as_str()) {
        (
            "authorization.k8s.io",
            "selfsubjectaccessreviews" | "subjectaccessreviews" | "localsubjectaccessreviews",
        ) => {
            json!({ "allowed": true, "reason": "everything is allowed on this server" })
        }
        ("authorization.k8s.io", "selfsubjectrulesreviews") => json!({
            "incomplete": false,
            "resourceRules": [{ "verbs": ["*"], "apiGroups": ["*"], "resources": ["*"] }],
            "nonResourceRules": [{ "verbs": ["*"], "nonResourceURLs": ["*"] }],
        }),
        ("authentication.k8s.io", "selfsubjectreviews") => {
            json!({ "userInfo": { "username": "localkube", "groups": ["system:masters"] } })
        }
        _ => return None,
    };
    review["status"] = status;
    Some(review)
}
