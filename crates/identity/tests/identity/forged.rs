//! Forged tokens.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use identity::AuthError;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::{
    bearer::{bearer, given},
    issuer::{Issuer, Signer},
};

fn with_header(header: &Value, token: &str) -> String {
    let (_, rest) = token.split_once('.').expect("a token");
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
}

#[tokio::test]
async fn the_header_never_chooses_how_a_token_is_verified() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let public = issuer.signer.public();
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        for secret in [public.to_vec(), URL_SAFE_NO_PAD.encode(public).into_bytes(), vec![]] {
            let header = Header { kid: Some("one".to_owned()), ..Header::new(algorithm) };
            let key = EncodingKey::from_secret(&secret);
            let token = jsonwebtoken::encode(&header, &issuer.claims(), &key).expect("a token");
            assert_eq!(bearer(&identity, &token).await, Err(AuthError::Signature));
        }
    }
    let good = issuer.signer.sign(&issuer.claims());
    for algorithm in ["none", "None", "", "RS256", "ES256", "PS512", "HS256", "eddsa"] {
        let forged = with_header(&json!({ "alg": algorithm, "kid": "one" }), &good);
        assert!(bearer(&identity, &forged).await.is_err(), "{algorithm}");
        let (unsigned, _) = forged.rsplit_once('.').expect("a token");
        assert!(bearer(&identity, &format!("{unsigned}.")).await.is_err(), "{algorithm}");
    }
}

#[tokio::test]
async fn a_key_that_the_token_brings_along_does_not_count() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let mallory = Signer::new("one", 66);
    let token = mallory.sign(&issuer.claims());
    assert_eq!(bearer(&identity, &token).await, Err(AuthError::Signature));
    let header =
        json!({ "alg": "EdDSA", "kid": "one", "jwk": mallory.jwk(), "jku": "http://127.0.0.1:1/" });
    assert!(bearer(&identity, &with_header(&header, &token)).await.is_err());
}

#[tokio::test]
async fn a_token_for_somebody_else_is_not_for_us() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    for others in [
        json!({ "iss": "https://evil.test" }),
        json!({ "iss": null }),
        json!({ "iss": format!("{}/", issuer.origin()) }),
        json!({ "aud": "another" }),
        json!({ "aud": ["another", "dploy2"] }),
        json!({ "aud": [] }),
        json!({ "aud": null }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "sub": 7 }),
    ] {
        let token = issuer.signer.sign(&issuer.claims_with(&others));
        assert_eq!(bearer(&identity, &token).await, Err(AuthError::NotForUs), "{others}");
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused_and_breaks_nothing() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let good = issuer.signer.sign(&issuer.claims());
    let text = |value: &str| URL_SAFE_NO_PAD.encode(value);
    let mut bad: Vec<String> = [
        "",
        " ",
        "a",
        ".",
        "..",
        "...",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "a.b.c.d.e",
        "====",
        "e30.e30.e30",
    ]
    .map(str::to_owned)
    .to_vec();
    for header in
        ["{}", "[]", "null", "7", "{\"alg\":7}", "{\"alg\":\"EdDSA\",\"kid\":7}", "{\"alg\":"]
    {
        bad.push(format!("{}.e30.AAAA", text(header)));
    }
    bad.extend((0..good.len()).step_by(7).map(|length| good[..length].to_owned()));
    bad.extend([format!("{good}."), format!("{good}A"), format!("{good} x"), "x".repeat(70_000)]);
    for claims in [json!([]), json!(null), json!("text"), json!(7)] {
        bad.push(issuer.signer.sign(&claims));
    }
    for token in bad {
        assert!(bearer(&identity, &token).await.is_err(), "{token}");
    }
    assert!(bearer(&identity, &good).await.is_ok());
}

#[tokio::test]
async fn a_changed_byte_breaks_a_token() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let good = issuer.signer.sign(&issuer.claims());
    for place in (0..good.len()).step_by(5).chain([good.len() - 1]) {
        let mut bytes = good.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).expect("text");
        assert!(bearer(&identity, &changed).await.is_err(), "{place}");
    }
}

#[tokio::test]
async fn other_schemes_and_broken_headers_are_refused() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let good = issuer.signer.sign(&issuer.claims());
    for value in [
        "Bearer".into(),
        "Bearer ".into(),
        String::new(),
        good.clone(),
        format!("Basic {good}"),
        format!("Bearer{good}"),
        format!("Bearer: {good}"),
        format!("Bearer \"{good}\""),
    ] {
        assert_eq!(given(&identity, &value).await, Err(AuthError::Malformed), "{value}");
    }
    assert_eq!(given(&identity, b"Bearer \xff\xfe").await, Err(AuthError::Malformed));
}
