//! The HTTP client that talks to the identity provider.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;

use crate::{SetupError, error::Cause};

/// An identity provider that takes longer is as good as down.
const PATIENCE: Duration = Duration::from_secs(10);
/// No document of a provider is larger.
const LARGEST: usize = 1024 * 1024;

/// A client that follows no redirects: a provider has no reason to send us elsewhere.
pub(crate) fn client() -> Result<reqwest::Client, SetupError> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .map_err(SetupError::Http)
}

/// Fetches a JSON document.
pub(crate) async fn document<T: DeserializeOwned>(
    http: &reqwest::Client,
    url: &str,
) -> Result<T, Cause> {
    let response = http.get(url).send().await?.error_for_status()?;
    let body = response.bytes().await?;
    if body.len() > LARGEST {
        return Err("the document is too large".into());
    }
    Ok(serde_json::from_slice(&body)?)
}

/// How openidconnect sends its requests, without a second HTTP client of its own.
pub(crate) async fn send(
    http: reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, reqwest::Error> {
    let response = http.execute(request.try_into()?).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut answer = HttpResponse::new(response.bytes().await?.to_vec());
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}
