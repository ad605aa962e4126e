//! The HTTP client that talks to the identity provider.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::{SetupError, error::Cause};

/// How long one request to the provider may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// The largest response body that is read.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Why a response of the provider cannot be read.
#[derive(Debug, Error)]
pub(crate) enum FetchError {
    /// The request failed, or the response is incomplete.
    #[error("the identity provider did not answer as it should")]
    Http(#[from] reqwest::Error),
    /// The body is longer than [`MAX_BODY_BYTES`].
    #[error("the identity provider's answer is larger than {MAX_BODY_BYTES} bytes")]
    TooLarge,
}

/// A client that follows no redirects; a provider has no reason to send one.
pub(crate) fn new() -> Result<reqwest::Client, SetupError> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(REQUEST_TIMEOUT)
        .build()
        .map_err(SetupError::Http)
}

/// Fetches a JSON document.
pub(crate) async fn fetch_json<T: DeserializeOwned>(
    http: &reqwest::Client,
    url: &str,
) -> Result<T, Cause> {
    let response = http.get(url).send().await?.error_for_status()?;
    Ok(serde_json::from_slice(&body(response).await?)?)
}

/// Sends a request of `openidconnect` with our HTTP client.
pub(crate) async fn send(
    http: reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, FetchError> {
    let response = http.execute(request.try_into()?).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut converted = HttpResponse::new(body(response).await?);
    *converted.status_mut() = status;
    *converted.headers_mut() = headers;
    Ok(converted)
}

/// Reads at most [`MAX_BODY_BYTES`], whatever `Content-Length` says.
async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
