//! Where the next page of a list begins.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    api::ListPage,
    error::{ApiError, ApiResult},
    store::Revision,
};

/// The token for the page after `page`; `None` when it is the last one.
pub(super) fn token(page: &ListPage) -> Option<String> {
    let last = page.items.last().filter(|_| page.remaining > 0)?;
    let (namespace, name) = last.place();
    let token = json!({ "rv": page.revision, "namespace": namespace, "name": name });
    Some(URL_SAFE_NO_PAD.encode(token.to_string()))
}

/// The resourceVersion of the list that a token continues, and what the page before ended with.
pub(super) fn read(token: &str) -> ApiResult<(Revision, (String, String))> {
    let json = URL_SAFE_NO_PAD.decode(token).ok();
    let json: Option<Value> = json.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    json.and_then(|json| {
        Some((json["rv"].as_u64()?, (text(&json["namespace"])?, text(&json["name"])?)))
    })
    .ok_or_else(|| ApiError::bad_request("continue key is not valid"))
}
