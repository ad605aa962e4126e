//! Bearer tokens while keys are added, withdrawn and unreachable.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method};
use identity::{AuthError, Identity, Principal};
use jiff::SignedDuration;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::issuer::{Issuer, Signer, eventually};

/// The result of authenticating an `Authorization` header.
pub(crate) async fn given(
    identity: &Identity,
    value: impl AsRef<[u8]>,
) -> Result<Arc<Principal>, AuthError> {
    let value = HeaderValue::from_bytes(value.as_ref()).expect("a header");
    let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, value)]);
    let known = identity.authenticate(&headers, &Method::POST).await;
    assert!(!known.by_cookie && known.set_cookies.is_empty());
    known.principal.expect("there are credentials")
}

pub(crate) async fn bearer(identity: &Identity, token: &str) -> Result<Arc<Principal>, AuthError> {
    given(identity, format!("Bearer {token}")).await
}

#[tokio::test]
async fn a_good_token_is_verified_once() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let claims = issuer.claims_with(&json!({ "aud": ["else", "dploy"], "is_admin": true }));
    let token = issuer.signer.sign(&claims);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let alice = given(&identity, format!("{scheme} {token}")).await.expect("a good token");
        assert_eq!((alice.subject.as_str(), alice.admin), ("alice", true));
    }
    assert_eq!(issuer.asked_for("/keys").await, 1);
}

#[tokio::test]
async fn a_new_key_is_found_at_its_first_token() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    assert!(bearer(&identity, &issuer.signer.sign(&issuer.claims())).await.is_ok());
    let second = Signer::new("two", 2);
    issuer.publishes(&[&issuer.signer, &second]);
    issuer.clock.advance(SignedDuration::from_secs(10));
    assert!(bearer(&identity, &second.sign(&issuer.claims())).await.is_ok());
    assert!(bearer(&identity, &issuer.signer.sign(&issuer.claims())).await.is_ok());
}

#[tokio::test]
async fn invented_key_ids_make_no_storm_of_requests() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    for number in 0..20 {
        let invented = Signer::new(&format!("invented-{number}"), 9);
        let refused = bearer(&identity, &invented.sign(&issuer.claims())).await;
        assert_eq!(refused, Err(AuthError::Signature));
    }
    assert_eq!(issuer.asked_for("/keys").await, 1);
    issuer.clock.advance(SignedDuration::from_secs(10));
    let invented = Signer::new("one-more", 9).sign(&issuer.claims());
    assert_eq!(bearer(&identity, &invented).await, Err(AuthError::Signature));
    assert_eq!(bearer(&identity, &invented).await, Err(AuthError::Signature));
    assert_eq!(issuer.asked_for("/keys").await, 2);
}

#[tokio::test]
async fn requests_that_arrive_together_ask_once_for_keys() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let token = issuer.signer.sign(&issuer.claims());
    let all = (0..10).map(|_| bearer(&identity, &token));
    assert!(futures::future::join_all(all).await.iter().all(Result::is_ok));
    assert_eq!(issuer.asked_for("/keys").await, 1);
}

#[tokio::test]
async fn known_keys_go_on_counting_while_the_issuer_is_down() {
    let failures = [
        ResponseTemplate::new(503),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(302).insert_header("location", "/else"),
        ResponseTemplate::new(200)
            .set_body_string(format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(1_100_000))),
    ];
    for answer in failures {
        let issuer = Issuer::start().await;
        let identity = issuer.identity();
        assert!(bearer(&identity, &issuer.signer.sign(&issuer.claims())).await.is_ok());
        issuer.answers_for_keys(answer);
        let before = issuer.asked_for("/keys").await;
        issuer.clock.advance(SignedDuration::from_mins(11));
        // The keys are refreshed in the background, one fetch at a time.
        eventually(async || {
            let fresh = issuer.signer.sign(&issuer.claims());
            assert!(bearer(&identity, &fresh).await.is_ok());
            issuer.asked_for("/keys").await > before
        })
        .await;
    }
}

#[tokio::test]
async fn an_issuer_that_was_never_up_is_told_apart_from_a_bad_token() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    issuer.answers_for_keys(ResponseTemplate::new(503));
    let token = issuer.signer.sign(&issuer.claims());
    assert_eq!(bearer(&identity, &token).await, Err(AuthError::KeysUnavailable));
    issuer.publishes(&[&issuer.signer]);
    issuer.clock.advance(SignedDuration::from_secs(10));
    assert!(bearer(&identity, &token).await.is_ok());
}

#[tokio::test]
async fn a_remembered_token_is_forgotten_with_its_key() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let old = issuer.signer.sign(&issuer.claims());
    assert!(bearer(&identity, &old).await.is_ok());
    let second = Signer::new("two", 2);
    issuer.publishes(&[&second]);
    issuer.clock.advance(SignedDuration::from_secs(10));
    assert!(bearer(&identity, &old).await.is_ok(), "nobody has looked yet");
    assert!(bearer(&identity, &second.sign(&issuer.claims())).await.is_ok());
    assert_eq!(bearer(&identity, &old).await, Err(AuthError::Signature));
}

#[tokio::test]
async fn a_withdrawn_key_is_forgotten_though_nobody_brings_a_new_one() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let old = issuer.signer.sign(&issuer.claims());
    assert!(bearer(&identity, &old).await.is_ok());
    issuer.publishes(&[&Signer::new("two", 2)]);
    issuer.clock.advance(SignedDuration::from_mins(11));
    eventually(async || bearer(&identity, &old).await == Err(AuthError::Signature)).await;
}

#[tokio::test]
async fn keys_stop_counting_after_an_hour_of_outage() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let day = issuer.claims()["iat"].as_i64().expect("a time") + 24 * 3_600;
    let token = issuer.signer.sign(&issuer.claims_with(&json!({ "exp": day })));
    assert!(bearer(&identity, &token).await.is_ok());
    issuer.answers_for_keys(ResponseTemplate::new(503));
    issuer.clock.advance(SignedDuration::from_secs(3_599));
    let other = json!({ "exp": day, "sub": "bob" });
    let fresh = issuer.signer.sign(&issuer.claims_with(&other));
    assert!(bearer(&identity, &token).await.is_ok());
    assert!(bearer(&identity, &fresh).await.is_ok());
    issuer.clock.advance(SignedDuration::from_secs(1));
    for token in [&token, &fresh] {
        assert_eq!(bearer(&identity, token).await, Err(AuthError::KeysUnavailable));
    }

    // The issuer is back without the key. Tokens that it verified stay refused.
    issuer.publishes(&[&Signer::new("two", 2)]);
    issuer.clock.advance(SignedDuration::from_secs(10));
    for token in [&token, &fresh] {
        assert_eq!(bearer(&identity, token).await, Err(AuthError::Signature));
    }
}

#[tokio::test]
async fn old_keys_are_fetched_again_for_the_first_token_after_a_quiet_night() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    assert!(bearer(&identity, &issuer.signer.sign(&issuer.claims())).await.is_ok());
    issuer.clock.advance(SignedDuration::from_hours(12));
    assert!(bearer(&identity, &issuer.signer.sign(&issuer.claims())).await.is_ok());
}

#[tokio::test]
async fn one_strange_key_hides_no_other() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let keys = json!({ "keys": [
        { "kty": "XYZ", "kid": "strange" },
        { "kty": "oct", "kid": "one", "k": "c2VjcmV0" },
        { "kty": "EC", "crv": "P-256", "kid": "broken", "x": "AA", "y": "AA" },
        { "kty": "RSA", "kid": "tiny", "n": "AQ", "e": "AQAB" },
        "text", 7, null,
        issuer.signer.jwk(),
    ] });
    issuer.answers_for_keys(ResponseTemplate::new(200).set_body_json(keys));
    assert!(bearer(&identity, &issuer.signer.sign(&issuer.claims())).await.is_ok());
}

#[tokio::test]
async fn a_bad_token_is_not_made_up_for_by_a_good_cookie() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    let mut headers = browser.headers();
    headers.insert("authorization", HeaderValue::from_static("Bearer nonsense"));
    let known = site.identity.authenticate(&headers, &Method::GET).await;
    assert_eq!(known.principal, Some(Err(AuthError::Malformed)));
}
