//! The development provider refuses what a real one refuses.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dev::provider::{PEOPLE, Provider, ProviderError};
use http::{StatusCode, header};
use jiff::SignedDuration;
use url::Url;

use crate::{
    browser::{Browser, parameter},
    site::{Site, noon},
};

const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-standard";
/// The S256 challenge of another verifier (RFC 7636, appendix B).
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const RFC_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn ask(site: &Site) -> Vec<(&'static str, String)> {
    vec![
        ("client_id", "dploy".to_owned()),
        ("redirect_uri", format!("{}/auth/callback", site.origin)),
        ("response_type", "code".to_owned()),
        ("state", "s".to_owned()),
        ("nonce", "n".to_owned()),
        ("code_challenge", CHALLENGE.to_owned()),
        ("code_challenge_method", "S256".to_owned()),
        ("person", "alice".to_owned()),
    ]
}

async fn code(site: &Site, browser: &mut Browser) -> String {
    let form = ask(site);
    let form: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let back = browser.post("/dev/authorize", Some(&site.origin), &form).await;
    parameter(back.location(), "code")
}

async fn token(site: &Site, secret: Option<&str>, form: &[(&str, &str)]) -> (StatusCode, String) {
    let body: String =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = reqwest::Client::new()
        .post(format!("{}/dev/token", site.origin))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body);
    if let Some(secret) = secret {
        let basic = STANDARD.encode(format!("dploy:{secret}"));
        request = request.header(header::AUTHORIZATION, format!("Basic {basic}"));
    }
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a body"))
}

#[tokio::test]
async fn an_ask_that_is_not_dploys_is_refused() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    for (name, value) in [
        ("client_id", "another"),
        ("redirect_uri", "https://evil.test/auth/callback"),
        ("response_type", "token"),
        ("code_challenge", ""),
        ("code_challenge_method", "plain"),
        ("person", "mallory"),
    ] {
        let mut form = ask(&site);
        for (given, held) in &mut form {
            if *given == name {
                value.clone_into(held);
            }
        }
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let posted = browser.post("/dev/authorize", Some(&site.origin), &form).await;
        assert_eq!(posted.status, StatusCode::BAD_REQUEST, "{name}");
        if name != "person" {
            let mut page =
                Url::parse(&format!("{}/dev/authorize", site.origin)).expect("it is one");
            page.query_pairs_mut().extend_pairs(&form);
            assert_eq!(browser.get(page.as_str()).await.status, StatusCode::BAD_REQUEST, "{name}");
        }
    }
}

#[tokio::test]
async fn no_other_site_presses_the_button() {
    let site = Site::with_development_provider().await;
    let form = ask(&site);
    let form: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for origin in [None, Some("https://evil.test")] {
        let answer = site.browser().post("/dev/authorize", origin, &form).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
}

#[tokio::test]
async fn the_page_shows_what_it_is_given_as_text() {
    let site = Site::with_development_provider().await;
    let mut page = Url::parse(&format!("{}/dev/authorize", site.origin)).expect("it is one");
    for (name, value) in ask(&site) {
        let value = if name == "state" { "\"><script>alert(1)</script>" } else { &value };
        page.query_pairs_mut().append_pair(name, value);
    }
    let shown = site.browser().get(page.as_str()).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(!shown.body.contains("<script>"), "{}", shown.body);
    assert!(PEOPLE.iter().all(|person| shown.body.contains(person.name)));
}

#[tokio::test]
async fn a_code_is_for_its_verifier_its_address_its_client_and_one_minute() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    let address = format!("{}/auth/callback", site.origin);
    let secret = site.client_secret.clone();
    let good = [("grant_type", "authorization_code"), ("redirect_uri", address.as_str())];
    for (redirect_uri, verifier, wait, expected) in [
        (address.as_str(), RFC_VERIFIER, 0, StatusCode::OK),
        (address.as_str(), VERIFIER, 0, StatusCode::BAD_REQUEST),
        (address.as_str(), "", 0, StatusCode::BAD_REQUEST),
        ("https://evil.test/", RFC_VERIFIER, 0, StatusCode::BAD_REQUEST),
        (address.as_str(), RFC_VERIFIER, 61, StatusCode::BAD_REQUEST),
    ] {
        let code = code(&site, &mut browser).await;
        site.clock.advance(SignedDuration::from_secs(wait));
        let form =
            [good[0], ("redirect_uri", redirect_uri), ("code", &code), ("code_verifier", verifier)];
        let (status, body) = token(&site, Some(&secret), &form).await;
        assert_eq!(status, expected, "{redirect_uri} {verifier} {wait}: {body}");
        let (again, _) = token(&site, Some(&secret), &form).await;
        assert_eq!(again, StatusCode::BAD_REQUEST, "a code is taken once");
    }
    let code = code(&site, &mut browser).await;
    let form = [good[0], good[1], ("code", code.as_str()), ("code_verifier", RFC_VERIFIER)];
    for wrong in [None, Some("guess")] {
        assert_eq!(token(&site, wrong, &form).await.0, StatusCode::UNAUTHORIZED);
    }
    let strange = [("grant_type", "password")];
    assert_eq!(token(&site, Some(&secret), &strange).await.0, StatusCode::BAD_REQUEST);
}

#[test]
fn tokens_outlive_a_restart_on_another_port() {
    let directory = tempfile::tempdir().expect("a directory");
    let missing = Provider::reopen(&directory.path().join("none"), noon());
    assert!(matches!(missing, Err(ProviderError::NeverStarted(_))));
    let first =
        Provider::open(directory.path(), "http://127.0.0.1:1/dev", "http://127.0.0.1:1", noon())
            .expect("keys");
    let second = Provider::reopen(directory.path(), noon()).expect("keys");
    assert_eq!(first.issue_token("alice").ok(), second.issue_token("alice").ok());
    assert!(matches!(second.issue_token("mallory"), Err(ProviderError::UnknownPerson(_))));
    assert_eq!(first.settings().cookie_secrets, second.settings().cookie_secrets);
}
