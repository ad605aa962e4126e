//! Which algorithms may sign a token. Only these tests use the keys in `keys/`.

use http::{HeaderMap, HeaderValue, Method, header};
use identity::{AuthError, Identity};
use jsonwebtoken::{
    Algorithm::{self, ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512},
    EncodingKey, Header,
    jwk::Jwk,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::{
    bearer::{bearer, given},
    issuer::{Issuer, Signer},
};

fn key(algorithm: Algorithm) -> EncodingKey {
    let key = match algorithm {
        ES256 => EncodingKey::from_ec_pem(include_bytes!("keys/ec256.pem")),
        ES384 => EncodingKey::from_ec_pem(include_bytes!("keys/ec384.pem")),
        EdDSA => EncodingKey::from_ed_pem(include_bytes!("keys/ed.pem")),
        _ => EncodingKey::from_rsa_pem(include_bytes!("keys/rsa.pem")),
    };
    key.expect("a key")
}

/// The public key with its id, and with its algorithm or without.
fn jwk(algorithm: Algorithm, bound: bool) -> Value {
    let mut jwk = Jwk::from_encoding_key(&key(algorithm), algorithm).expect("a public key");
    jwk.common.key_id = Some(format!("{algorithm:?}"));
    jwk.common.key_algorithm = jwk.common.key_algorithm.filter(|_| bound);
    serde_json::to_value(jwk).expect("JSON")
}

fn header(algorithm: Algorithm, id: Algorithm) -> Header {
    Header { kid: Some(format!("{id:?}")), ..Header::new(algorithm) }
}

fn shows(issuer: &Issuer, keys: &[Value]) {
    let set = json!({ "keys": keys });
    issuer.answers_for_keys(ResponseTemplate::new(200).set_body_json(set));
}

#[tokio::test]
async fn every_asymmetric_algorithm_counts() {
    let issuer = Issuer::start().await;
    let all = [RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA];
    for bound in [true, false] {
        let identity = issuer.identity();
        shows(&issuer, &all.map(|algorithm| jwk(algorithm, bound)));
        for algorithm in all {
            let header = header(algorithm, algorithm);
            let token =
                jsonwebtoken::encode(&header, &issuer.claims(), &key(algorithm)).expect("a token");
            assert!(bearer(&identity, &token).await.is_ok(), "{algorithm:?}");
        }
    }
}

#[tokio::test]
async fn a_key_verifies_only_what_it_is_for() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    shows(&issuer, &[jwk(RS256, true), jwk(ES256, false), jwk(EdDSA, false)]);
    for (algorithm, id) in [
        (PS256, RS256), // rightly signed, but the key is bound to RS256
        (RS512, RS256),
        (ES256, RS256),
        (RS256, ES256),
        (ES384, ES256),
        (EdDSA, ES256),
        (ES256, EdDSA),
    ] {
        let header = header(algorithm, id);
        let token =
            jsonwebtoken::encode(&header, &issuer.claims(), &key(algorithm)).expect("a token");
        assert_eq!(
            bearer(&identity, &token).await,
            Err(AuthError::Signature),
            "{algorithm:?} by {id:?}"
        );
    }
}

#[tokio::test]
async fn a_key_for_encryption_verifies_nothing() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let mut encryption = jwk(EdDSA, false);
    encryption["use"] = json!("enc");
    shows(&issuer, &[encryption]);
    let token = jsonwebtoken::encode(&header(EdDSA, EdDSA), &issuer.claims(), &key(EdDSA))
        .expect("a token");
    assert_eq!(bearer(&identity, &token).await, Err(AuthError::Signature));
}

#[tokio::test]
async fn a_token_without_a_key_id_is_tried_with_the_keys_that_fit() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let mut nameless = [jwk(ES256, false), jwk(EdDSA, false), Signer::new("other", 3).jwk()];
    for key in &mut nameless {
        key.as_object_mut().expect("a key").remove("kid");
    }
    shows(&issuer, &nameless);
    for (algorithm, counts) in [(ES256, true), (EdDSA, true), (RS256, false)] {
        let token =
            jsonwebtoken::encode(&Header::new(algorithm), &issuer.claims(), &key(algorithm));
        let outcome = bearer(&identity, &token.expect("a token")).await;
        assert_eq!(outcome.is_ok(), counts, "{algorithm:?}");
    }
}

/// RFC 7515, 4.1.11.
#[tokio::test]
async fn an_extension_that_we_do_not_know_is_refused() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    shows(&issuer, &[jwk(EdDSA, false)]);
    let header = Header { crit: Some(vec!["b64".to_owned()]), ..header(EdDSA, EdDSA) };
    let token = jsonwebtoken::encode(&header, &issuer.claims(), &key(EdDSA)).expect("a token");
    assert_eq!(bearer(&identity, &token).await, Err(AuthError::Malformed));
}

#[tokio::test]
async fn a_list_of_issuers_is_none() {
    let issuer = Issuer::start().await;
    let claims = issuer.claims_with(&json!({ "iss": ["https://evil.test", issuer.origin()] }));
    let outcome = bearer(&issuer.identity(), &issuer.signer.sign(&claims)).await;
    assert_eq!(outcome, Err(AuthError::NotForUs));
}

#[tokio::test]
async fn of_two_tokens_neither_counts() {
    let issuer = Issuer::start().await;
    let good = format!("Bearer {}", issuer.signer.sign(&issuer.claims()));
    let mut headers = HeaderMap::new();
    headers.append(header::AUTHORIZATION, HeaderValue::from_str(&good).expect("a header"));
    headers.append(header::AUTHORIZATION, HeaderValue::from_static("Bearer other"));
    let known = issuer.identity().authenticate(&headers, &Method::GET).await;
    assert_eq!(known.principal, Some(Err(AuthError::Malformed)));
}

async fn is_refused(identity: &Identity, token: &str) -> bool {
    given(identity, format!("Bearer {token}")).await.is_err()
}

#[test]
fn nothing_that_is_sent_makes_it_panic() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let issuer = runtime.block_on(Issuer::start());
    let identity = issuer.identity();
    let good = issuer.signer.sign(&issuer.claims());
    let parts: Vec<String> = good.split('.').map(str::to_owned).collect();
    let part =
        prop_oneof!["[A-Za-z0-9_=-]{0,40}", prop::sample::select(parts), "[ -~\\x80-\\u{ff}]{0,8}"];
    let token = prop::collection::vec(part, 0..5).prop_map(|parts| parts.join("."));
    let config =
        ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(token in token)| {
        prop_assert!(token == good || runtime.block_on(is_refused(&identity, &token)));
    });
}
