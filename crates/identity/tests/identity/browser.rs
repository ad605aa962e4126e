//! A browser for tests.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::{Url, form_urlencoded};

/// Keeps cookies as a browser does. Does not follow redirects.
#[derive(Clone)]
pub(crate) struct Browser {
    http: reqwest::Client,
    origin: Url,
    cookies: BTreeMap<String, String>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(origin: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let origin = Url::parse(origin).expect("an origin");
        Self { http, origin, cookies: BTreeMap::new() }
    }

    pub(crate) async fn get(&mut self, address: &str) -> Answer {
        let request = self.http.get(self.absolute(address));
        self.send(request).await
    }

    /// Posts a form with the `Origin` of its page.
    pub(crate) async fn post(
        &mut self,
        address: &str,
        origin: Option<&str>,
        form: &[(&str, &str)],
    ) -> Answer {
        let body: String =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = self
            .http
            .post(self.absolute(address))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        self.send(request).await
    }

    /// The request's `Cookie` header.
    pub(crate) fn headers(&self) -> HeaderMap {
        let pairs: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = HeaderMap::new();
        if !pairs.is_empty() {
            let line = HeaderValue::from_str(&pairs.join("; ")).expect("cookies are text");
            headers.insert(header::COOKIE, line);
        }
        headers
    }

    pub(crate) fn cookie_names(&self) -> Vec<&str> {
        self.cookies.keys().map(String::as_str).collect()
    }

    /// Takes the cookies of another browser, which replace those of the same name.
    pub(crate) fn takes_cookies_of(&mut self, other: &Self) {
        self.cookies.extend(other.cookies.clone());
    }

    fn absolute(&self, address: &str) -> Url {
        self.origin.join(address).expect("an address")
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.headers(self.headers()).send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.text().await.expect("a body");
        let answer = Answer { status, headers, body };
        for line in answer.set_cookies() {
            let (name, value) =
                line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .unwrap_or_else(|| panic!("no redirect but {} {}", self.status, self.body))
            .to_str()
            .expect("an address")
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|line| line.to_str().expect("cookies are text"))
            .collect()
    }
}

/// The value of a query parameter.
pub(crate) fn parameter(address: &str, name: &str) -> String {
    let url = Url::parse(address).expect("an address");
    url.query_pairs()
        .find(|(given, _)| given == name)
        .unwrap_or_else(|| panic!("{address} has no {name}"))
        .1
        .into_owned()
}
