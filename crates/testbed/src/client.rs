use reqwest::{Method, StatusCode, header::HeaderMap, redirect::Policy};
use serde_json::Value;

use crate::eventually;

/// An HTTP client of one person, which follows no redirects.
#[derive(Debug, Clone)]
pub struct Client {
    origin: String,
    token: Option<String>,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The sentence of an error.
    #[must_use]
    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// A field of the body that is a string; empty where it is not there.
    #[must_use]
    pub fn field(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }
}

impl Client {
    /// A client of the site at `origin`.
    ///
    /// # Panics
    /// When TLS was not set up.
    #[must_use]
    pub fn new(origin: String, token: Option<String>) -> Self {
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .build()
            .expect("a client without special wishes");
        Self { origin, token, http }
    }

    /// A request to a path of the site, with this person's token.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.origin));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The answer to a request.
    ///
    /// # Panics
    /// When there is none.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body");
        Answer { status, headers, text }
    }

    /// `GET`
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// `POST` without a body.
    pub async fn post(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }

    /// `DELETE`
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Waits until the caller's environment of a template has a status, and returns it.
    pub async fn until_status(&self, template: &str, status: &str) -> Answer {
        eventually(&format!("{template} is {status}"), || async {
            let answer = self.get(&format!("/run/{template}/status")).await;
            (answer.field("status") == status).then_some(answer)
        })
        .await
    }
}
