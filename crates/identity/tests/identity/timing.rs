//! `exp` and `nbf`, with a leeway of a minute.

use identity::AuthError;
use jiff::SignedDuration;
use serde_json::json;

use crate::{bearer::bearer, issuer::Issuer};

#[tokio::test]
async fn a_token_counts_from_a_minute_before_to_a_minute_after_its_time() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let now = issuer.claims()["iat"].as_i64().expect("a time");
    for (others, expected) in [
        (json!({ "exp": now + 1 }), true),
        (json!({ "exp": now }), true),
        (json!({ "exp": now - 59 }), true),
        (json!({ "exp": now - 60 }), false),
        (json!({ "exp": 0 }), false),
        (json!({ "exp": -1 }), false),
        (json!({ "exp": null }), false),
        (json!({ "nbf": now }), true),
        (json!({ "nbf": now + 60 }), true),
        (json!({ "nbf": now + 61 }), false),
        (json!({ "exp": 1.5 + now as f64 }), true),
    ] {
        let token = issuer.signer.sign(&issuer.claims_with(&others));
        let result = bearer(&identity, &token).await;
        assert_eq!(result.is_ok(), expected, "{others}");
        assert!(expected || result == Err(AuthError::Expired), "{others}");
    }
}

#[tokio::test]
async fn a_time_that_is_none_is_refused() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    for others in [
        json!({ "exp": "tomorrow" }),
        json!({ "exp": 1e300 }),
        json!({ "exp": u64::MAX }),
        json!({ "exp": i64::MIN }),
        json!({ "exp": [] }),
        json!({ "nbf": "yesterday" }),
        json!({ "nbf": 1e300 }),
        json!({ "nbf": {} }),
    ] {
        let token = issuer.signer.sign(&issuer.claims_with(&others));
        assert!(bearer(&identity, &token).await.is_err(), "{others}");
    }
}

#[tokio::test]
async fn a_remembered_token_ends_all_the_same() {
    let issuer = Issuer::start().await;
    let identity = issuer.identity();
    let token = issuer.signer.sign(&issuer.claims());
    assert!(bearer(&identity, &token).await.is_ok());
    issuer.clock.advance(SignedDuration::from_secs(3_600 + 59));
    assert!(bearer(&identity, &token).await.is_ok());
    issuer.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(bearer(&identity, &token).await, Err(AuthError::Expired));
}
