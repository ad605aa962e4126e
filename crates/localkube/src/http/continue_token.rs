//! The `continue` token: where the next page of a list starts.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    api::ListPage,
    error::{ApiError, ApiResult},
    store::Revision,
};

/// The token for the page after `page`; `None` after the last page.
pub(super) fn encode(page: &ListPage) -> Option<String> {
    let last = page.items.last().filter(|_| page.remaining > 0)?;
    let (namespace, name) = last.namespace_and_name();
    let token = json!({ "rv": page.revision, "namespace": namespace, "name": name });
    Some(URL_SAFE_NO_PAD.encode(token.to_string()))
}

/// The resourceVersion of the list, and the namespace and name of the last object that was sent.
pub(super) fn decode(token: &str) -> ApiResult<(Revision, (String, String))> {
    let json = URL_SAFE_NO_PAD.decode(token).ok();
    let json: Option<Value> = json.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    json.and_then(|json| {
        Some((json["rv"].as_u64()?, (text(&json["namespace"])?, text(&json["name"])?)))
    })
    .ok_or_else(|| ApiError::bad_request("continue key is not valid"))
}
