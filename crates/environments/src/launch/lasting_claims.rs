//! The claims that an instance keeps.

use serde_json::{Map, Value};

/// Claims that describe the token and change with every sign-in.
const TOKEN_CLAIMS: [&str; 12] = [
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "c_hash",
    "exp",
    "iat",
    "jti",
    "nbf",
    "nonce",
];

/// The claims that templates may use: all but those that describe the token.
pub(super) fn lasting_claims(claims: &Map<String, Value>) -> Map<String, Value> {
    let lasting = claims.iter().filter(|(name, _)| !TOKEN_CLAIMS.contains(&name.as_str()));
    lasting.map(|(name, value)| (name.clone(), value.clone())).collect()
}
