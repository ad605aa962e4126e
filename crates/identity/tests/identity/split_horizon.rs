//! The provider's addresses for browsers and for this server, and its client authentication.

use std::time::{Duration, Instant};

use http::StatusCode;
use identity::{Identity, OidcSettings, Secret, Settings};
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::{bearer::bearer, browser::parameter, issuer::Issuer, site::Site};

const PUBLIC: &str = "https://id.example/realms/x";

/// A discovery document of an issuer whose endpoints are below it.
fn document(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    })
}

/// A site with sign-in at the issuer, which may have a public address.
async fn site(issuer: &Issuer, public: Option<&str>) -> Site {
    let (settings, ours) = (issuer.settings(), issuer.origin());
    Site::with(issuer.clock.clone(), |origin| Settings {
        jwks_url: None,
        issuer: public.unwrap_or(&ours).to_owned(),
        oidc: Some(OidcSettings {
            issuer: ours.clone(),
            public_issuer: public.map(str::to_owned),
            client_id: "dploy".to_owned(),
            client_secret: Some(Secret::new("hush")),
            redirect_url: format!("{origin}/auth/callback"),
            scopes: vec!["openid".to_owned()],
        }),
        ..settings
    })
    .await
}

#[tokio::test]
async fn browsers_and_this_server_reach_the_provider_at_different_addresses() {
    let issuer = Issuer::start().await;
    // The document, the endpoints and the tokens have the public address only.
    issuer.answers_for_discovery(ResponseTemplate::new(200).set_body_json(document(PUBLIC)));
    let site = site(&issuer, Some(PUBLIC)).await;
    let mut browser = site.browser();
    let page = browser.get("/auth/login").await.location().to_owned();
    assert!(page.starts_with("https://id.example/realms/x/authorize?"), "{page}");
    let done = issuer.sign_in(&mut browser, issuer.claims_with(&json!({ "iss": PUBLIC }))).await;
    assert_eq!(done.status, StatusCode::FOUND, "{}", done.body);
    assert_eq!((issuer.asked_for("/token").await, issuer.asked_for("/keys").await), (1, 1));
    let (_, token) = done.location().split_once("#token=").expect("a token");
    assert!(bearer(&site.identity, token).await.is_ok(), "it is a bearer token too");
}

#[tokio::test]
async fn somebody_elses_document_is_refused() {
    let issuer = Issuer::start().await;
    issuer.answers_for_discovery(ResponseTemplate::new(200).set_body_json(document(PUBLIC)));
    let site = site(&issuer, None).await;
    assert_eq!(site.browser().get("/auth/login").await.status, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn the_secret_goes_where_the_provider_wants_it() {
    for (methods, in_body) in [
        (json!(["client_secret_post"]), true),
        (json!(["client_secret_basic", "client_secret_post"]), false),
        (json!(null), false),
    ] {
        let issuer = Issuer::start().await;
        let mut document = document(&issuer.origin());
        document["token_endpoint_auth_methods_supported"] = methods;
        issuer.answers_for_discovery(ResponseTemplate::new(200).set_body_json(document));
        let site = site(&issuer, None).await;
        let done = issuer.sign_in(&mut site.browser(), issuer.claims()).await;
        assert_eq!(done.status, StatusCode::FOUND, "{}", done.body);
        let exchange = issuer.request("/token").await;
        assert_eq!(String::from_utf8_lossy(&exchange.body).contains("client_secret=hush"), in_body);
        assert_eq!(exchange.headers.contains_key("authorization"), !in_body);
    }
}

#[tokio::test]
async fn the_keys_of_bearer_tokens_are_discovered_from_the_issuer_alone() {
    let issuer = Issuer::start().await;
    let settings = Settings { jwks_url: None, ..issuer.settings() };
    let identity = Identity::new(settings, issuer.clock.clone()).expect("settings");
    assert!(bearer(&identity, &issuer.signer.sign(&issuer.claims())).await.is_ok());
    let unusable = Settings { jwks_url: None, issuer: "my issuer".to_owned(), ..issuer.settings() };
    let refused = Identity::new(unusable, issuer.clock.clone()).expect_err("no address");
    assert_eq!(
        refused.to_string(),
        "`my issuer` is not an address that can be used for JWT_ISSUER"
    );
}

#[tokio::test]
async fn a_server_without_a_provider_says_so() {
    let issuer = Issuer::start().await;
    let settings = issuer.settings();
    let site = Site::with(issuer.clock.clone(), |_| settings).await;
    let mut browser = site.browser();
    for address in ["/auth/login", "/auth/callback?code=c&state=s"] {
        assert_eq!(browser.get(address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    assert_eq!(browser.get("/auth/logout").await.location(), "/");
}

#[tokio::test]
async fn an_id_token_that_was_issued_to_another_client_signs_nobody_in() {
    let issuer = Issuer::start().await;
    for (party, expected) in [("dploy", StatusCode::FOUND), ("other", StatusCode::BAD_GATEWAY)] {
        let site = site(&issuer, None).await;
        let claims = issuer.claims_with(&json!({ "aud": ["dploy", "other"], "azp": party }));
        assert_eq!(issuer.sign_in(&mut site.browser(), claims).await.status, expected, "{party}");
    }
}

#[tokio::test]
async fn an_issuer_that_hangs_holds_up_no_token_whose_key_is_known() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    assert!(bearer(&identity, &issuer.signer.sign(&issuer.claims())).await.is_ok());
    let late = ResponseTemplate::new(503).set_delay(Duration::from_secs(4));
    issuer.answers_for_keys(late);
    issuer.clock.advance(SignedDuration::from_mins(30));
    let began = Instant::now();
    let tokens: Vec<String> = (0..10)
        .map(|number| {
            issuer.signer.sign(&issuer.claims_with(&json!({ "sub": number.to_string() })))
        })
        .collect();
    let outcomes =
        futures::future::join_all(tokens.iter().map(|token| bearer(&identity, token))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_short_session_is_not_renewed_all_the_time() {
    let issuer = Issuer::start().await;
    let site = site(&issuer, None).await;
    let mut browser = site.browser();
    let end = issuer.claims()["iat"].as_i64().expect("a time") + 100;
    issuer.sign_in(&mut browser, issuer.claims_with(&json!({ "exp": end }))).await;
    assert_eq!(browser.get("/whoami").await.body, "alice");
    assert_eq!(issuer.asked_for("/token").await, 1, "that was the sign-in");
    issuer.clock.advance(SignedDuration::from_secs(80));
    issuer.grants(&issuer.claims(), "refresh-2", Duration::ZERO);
    assert_eq!(browser.get("/whoami").await.set_cookies().len(), 1);
}

#[tokio::test]
async fn a_session_that_ended_in_an_outage_comes_back_after_it() {
    let issuer = Issuer::start().await;
    let site = site(&issuer, None).await;
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    issuer.clock.advance(SignedDuration::from_hours(2));
    issuer.answers_for_tokens(ResponseTemplate::new(503));
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.cookie_names().len(), 1, "the cookie is kept");
    issuer.clock.advance(SignedDuration::from_mins(2));
    issuer.grants(&issuer.claims(), "refresh-2", Duration::ZERO);
    assert_eq!(browser.get("/whoami").await.body, "alice");
}

#[tokio::test]
async fn a_parameter_that_is_given_twice_is_not_guessed_at() {
    let issuer = Issuer::start().await;
    let site = site(&issuer, None).await;
    let mut browser = site.browser();
    let page = browser.get("/auth/login?return_url=/a&return_url=/b").await.location().to_owned();
    let state = parameter(&page, "state");
    let answer = browser.get(&format!("/auth/callback?code=c&state={state}&state=other")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body, "the identity provider refused the sign-in");
}
