//! A browser for tests.

use std::collections::BTreeMap;

use reqwest::{RequestBuilder, Url, header, redirect::Policy};
use testbed::Response;

/// A browser that keeps the cookies of each host apart and resolves names below `localhost` to
/// loopback.
pub(crate) struct Visitor {
    http: reqwest::Client,
    /// By host, then by name.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    /// The value of `Sec-Fetch-Site` when it opens an address.
    pub(crate) comes_from: &'static str,
}

impl Visitor {
    pub(crate) fn new() -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).build();
        Self { http: http.expect("a client"), cookies: BTreeMap::new(), comes_from: "none" }
    }

    /// The value of `Cookie` for the host of an address.
    pub(crate) fn cookies_for(&self, address: &str) -> String {
        let of_host = self.cookies.get(&host(&url(address)));
        let pairs = of_host.into_iter().flatten().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Opens an address without following redirects.
    pub(crate) async fn open(&mut self, address: &str) -> Response {
        let request = self.http.get(on_loopback(address)).header("sec-fetch-site", self.comes_from);
        self.send(address, request).await
    }

    /// Opens an address and follows its redirects.
    pub(crate) async fn visit(&mut self, address: &str) -> (String, Response) {
        let first = self.open(address).await;
        self.follow(address.to_owned(), first).await
    }

    /// Opens an address that redirects to the development provider, chooses a person there, and
    /// follows the redirects back.
    pub(crate) async fn sign_in(&mut self, address: &str, person: &str) -> (String, Response) {
        let (page, shown) = self.visit(address).await;
        let mut form: Vec<(String, String)> = inputs(&shown.text);
        assert!(!form.is_empty(), "{page} is no page to sign in: {}", shown.text);
        form.push(("person".to_owned(), person.to_owned()));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self
            .http
            .post(on_loopback(&page))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, format!("http://{}", host(&url(&page))))
            .body(body);
        let chosen = self.send(&page, request).await;
        self.follow(page, chosen).await
    }

    async fn follow(&mut self, mut at: String, mut answer: Response) -> (String, Response) {
        while let Some(next) = location(&at, &answer) {
            answer = self.open(&next).await;
            at = next;
        }
        (at, answer)
    }

    async fn send(&mut self, address: &str, request: RequestBuilder) -> Response {
        let host = host(&url(address));
        let request = request
            .header(header::HOST, &host)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, self.cookies_for(address));
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let kept = self.cookies.entry(host).or_default();
        for line in headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("cookies are text");
            let pair = line.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie");
            kept.insert(name.to_owned(), value.to_owned());
            if line.contains("Max-Age=0") {
                kept.remove(name);
            }
        }
        Response { status, headers, text: response.text().await.expect("a body") }
    }
}

/// The address that an answer redirects to.
pub(crate) fn location(at: &str, answer: &Response) -> Option<String> {
    let next = answer.headers.get(header::LOCATION)?.to_str().expect("an address");
    Some(url(at).join(next).expect("an address").into())
}

/// The address with the host `127.0.0.1`.
fn on_loopback(address: &str) -> Url {
    let mut url = url(address);
    url.set_host(Some("127.0.0.1")).expect("a host");
    url
}

fn url(address: &str) -> Url {
    Url::parse(address).expect("an address")
}

fn host(url: &Url) -> String {
    format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port"))
}

/// The hidden inputs of the provider's page.
fn inputs(page: &str) -> Vec<(String, String)> {
    let fields = page.split("<input type=\"hidden\" name=\"").skip(1);
    fields
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").expect("a value");
            let (value, _) = rest.split_once('"').expect("an end");
            (name.to_owned(), value.replace("&amp;", "&"))
        })
        .collect()
}
