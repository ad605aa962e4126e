//! An HTTP client for tests.

use std::time::Instant;

use reqwest::{Method, StatusCode, header::HeaderMap, redirect::Policy};
use serde_json::Value;

use crate::wait::{EVENTUALLY_TIMEOUT, POLL_INTERVAL};

/// An HTTP client with the token of one person. It follows no redirects.
#[derive(Debug, Clone)]
pub struct Client {
    origin: String,
    token: Option<String>,
    http: reqwest::Client,
}

/// A response, read to its end.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Response {
    /// The body as JSON; null when it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The sentence in the body of an error.
    #[must_use]
    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// A string field of the body; empty when it is missing.
    #[must_use]
    pub fn field(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }
}

impl Client {
    /// A client of the server at `origin`.
    ///
    /// # Panics
    /// When no rustls provider is installed.
    #[must_use]
    pub fn new(origin: String, token: Option<String>) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { origin, token, http }
    }

    /// A request to a path of the server, with the person's token.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.origin));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request and reads the response.
    ///
    /// # Panics
    /// When the server does not respond.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Response {
        let response = request.send().await.expect("a response");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body");
        Response { status, headers, text }
    }

    /// `GET`
    pub async fn get(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path)).await
    }

    /// `POST` without a body.
    pub async fn post(&self, path: &str) -> Response {
        self.send(self.request(Method::POST, path)).await
    }

    /// `DELETE`
    pub async fn delete(&self, path: &str) -> Response {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Polls the caller's environment of a template until it has a status, and returns the
    /// response.
    ///
    /// # Panics
    /// After [`EVENTUALLY_TIMEOUT`](crate::EVENTUALLY_TIMEOUT), with the last response.
    pub async fn until_status(&self, template: &str, status: &str) -> Response {
        let started = Instant::now();
        loop {
            let response = self.get(&format!("/run/{template}/status")).await;
            if response.field("status") == status {
                return response;
            }
            let last = &response.text;
            assert!(started.elapsed() < EVENTUALLY_TIMEOUT, "{template} is not {status}: {last}");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
}
