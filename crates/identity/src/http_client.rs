//! The HTTP client that talks to the identity provider.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::{SetupError, error::Cause};

/// An identity provider that takes longer is as good as down.
const PATIENCE: Duration = Duration::from_secs(5);
/// No document of a provider is larger.
const LARGEST: usize = 1024 * 1024;

/// Why a provider's answer cannot be read.
#[derive(Debug, Error)]
pub(crate) enum FetchError {
    /// It did not come, or not whole.
    #[error("the identity provider did not answer as it should")]
    Http(#[from] reqwest::Error),
    /// It goes on and on.
    #[error("the identity provider's answer is larger than {LARGEST} bytes")]
    TooLarge,
}

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
    Ok(serde_json::from_slice(&body(response).await?)?)
}

/// How openidconnect sends its requests, without a second HTTP client of its own.
pub(crate) async fn send(
    http: reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, FetchError> {
    let response = http.execute(request.try_into()?).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut answer = HttpResponse::new(body(response).await?);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// Reads no further than the limit, whatever the answer's length claims to be.
async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if body.len() + piece.len() > LARGEST {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
