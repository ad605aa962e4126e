//! A verified caller, as their claims describe them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Settings;

/// A caller whose identity is verified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Principal {
    /// The `sub` claim.
    pub subject: String,
    /// The value of the username claim. `None` when it is missing, blank, or neither text nor a
    /// number.
    pub username: Option<String>,
    /// All claims.
    pub claims: Map<String, Value>,
    /// Whether the admin claim has the admin value.
    pub admin: bool,
    /// When the token or the session expires.
    pub expires_at: Timestamp,
}

impl Principal {
    /// The principal of verified claims. `None` without a `sub`, which every token must have.
    pub(crate) fn from_claims(
        claims: Map<String, Value>,
        expires_at: Timestamp,
        settings: &Settings,
    ) -> Option<Self> {
        let subject = claims.get("sub")?.as_str().filter(|subject| !subject.is_empty())?.to_owned();
        let username = claim_at(&claims, &settings.username_claim)
            .and_then(scalar_text)
            .filter(|name| !name.trim().is_empty());
        let admin = claim_at(&claims, &settings.admin_claim)
            .is_some_and(|value| contains(value, &settings.admin_value));
        Some(Self { subject, username, admin, claims, expires_at })
    }
}

/// The claim at a dotted path into nested claims. A claim whose own name is the path takes
/// precedence.
fn claim_at<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    claim_at(claims.get(first)?.as_object()?, rest)
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a boolean, string or number equals the wanted value, or a list contains it.
fn contains(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Bool(flag) => flag.to_string() == wanted,
        Value::Array(values) => {
            values.iter().any(|value| !value.is_array() && contains(value, wanted))
        }
        value => scalar_text(value).is_some_and(|text| text == wanted),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn admin(claims: &Value, claim: &str, wanted: &str) -> bool {
        claim_at(claims.as_object().expect("claims"), claim)
            .is_some_and(|value| contains(value, wanted))
    }

    #[test]
    fn the_admin_claim_may_be_a_boolean_a_string_or_a_list() {
        for (claims, claim, wanted, expected) in [
            (json!({ "is_admin": true }), "is_admin", "true", true),
            (json!({ "is_admin": "true" }), "is_admin", "true", true),
            (json!({ "is_admin": false }), "is_admin", "true", false),
            (json!({ "is_admin": "no" }), "is_admin", "true", false),
            (json!({ "groups": ["users", "admins"] }), "groups", "admins", true),
            (json!({ "groups": ["users", "admins-not"] }), "groups", "admins", false),
            (json!({ "groups": [["admins"]] }), "groups", "admins", false),
            (
                json!({ "realm_access": { "roles": ["admin"] } }),
                "realm_access.roles",
                "admin",
                true,
            ),
            (json!({ "https://x.y/role": "admin" }), "https://x.y/role", "admin", true),
            (json!({ "level": 3 }), "level", "3", true),
            (json!({}), "is_admin", "true", false),
            (json!({ "is_admin": null }), "is_admin", "true", false),
        ] {
            assert_eq!(admin(&claims, claim, wanted), expected, "{claims} {claim}");
        }
    }
}
