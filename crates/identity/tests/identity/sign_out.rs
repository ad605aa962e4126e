//! Signing out ends the session here, the refresh token at the provider, and the provider's own
//! session.

use std::{sync::atomic::Ordering, time::Duration};

use http::StatusCode;
use identity::{OidcSettings, Secret, Settings};
use jiff::SignedDuration;
use wiremock::ResponseTemplate;

use crate::{
    browser::{Browser, parameter},
    issuer::{Issuer, eventually},
    site::Site,
};

#[tokio::test]
async fn signing_out_leaves_nothing_in_the_browser() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    site.sign_in(&mut browser, "alice").await;
    browser.get("/auth/login").await;
    assert_eq!(browser.get("/auth/logout").await.status, StatusCode::FOUND);
    assert!(browser.cookie_names().is_empty());
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.get("/auth/logout").await.location(), "/", "there is no session to end");
}

#[tokio::test]
async fn the_browser_ends_its_session_at_the_provider_and_comes_back() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    site.sign_in(&mut browser, "alice").await;
    let page = browser.get("/auth/logout").await.location().to_owned();
    assert!(page.starts_with(&format!("{}/dev/end-session?", site.origin)), "{page}");
    assert_eq!(parameter(&page, "client_id"), "dploy");
    assert_eq!(browser.get(&page).await.location(), format!("{}/", site.origin));
    for (ours, theirs) in [("client_id=dploy", "client_id=other"), ("%2F%2F127", "%2F%2Fevil")] {
        let strange = page.replace(ours, theirs);
        assert_eq!(browser.get(&strange).await.status, StatusCode::BAD_REQUEST, "{strange}");
    }
}

#[tokio::test]
async fn a_copy_of_the_cookie_is_not_renewed_after_a_sign_out() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    site.sign_in(&mut browser, "alice").await;
    let mut copy = browser.clone();
    browser.get("/auth/logout").await;
    eventually(async || site.revocations.load(Ordering::SeqCst) == 1).await;
    site.clock.advance(SignedDuration::from_hours(9));
    assert_eq!(copy.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
}

/// A site whose client has a secret.
async fn site_with_secret(issuer: &Issuer, secret: &str) -> Site {
    let (settings, ours) = (issuer.settings(), issuer.origin());
    Site::with(issuer.clock.clone(), |origin| Settings {
        oidc: Some(OidcSettings {
            issuer: ours,
            public_issuer: None,
            client_id: "dploy".to_owned(),
            client_secret: Some(Secret::new(secret)),
            redirect_url: format!("{origin}/auth/callback"),
            scopes: vec!["openid".to_owned()],
        }),
        ..settings
    })
    .await
}

#[tokio::test]
async fn the_refresh_token_is_revoked_by_a_client_that_says_who_it_is() {
    for (secret, in_body, in_header) in
        [(None, "client_id=dploy", false), (Some("hush:1"), "", true)]
    {
        let issuer = Issuer::start().await;
        let site = match secret {
            Some(secret) => site_with_secret(&issuer, secret).await,
            None => issuer.site().await,
        };
        let mut browser = site.browser();
        issuer.sign_in(&mut browser, issuer.claims()).await;
        browser.get("/auth/logout").await;
        issuer.is_asked_for("/revoke", 1).await;
        let request = issuer.request("/revoke").await;
        let body = String::from_utf8_lossy(&request.body);
        assert!(body.contains("token=refresh-1&token_type_hint=refresh_token"), "{body}");
        assert!(body.contains(in_body), "{body}");
        let basic = request.headers.get("authorization").map(|value| value.to_str().expect("text"));
        // `dploy:hush%3A1`
        assert_eq!(basic, in_header.then_some("Basic ZHBsb3k6aHVzaCUzQTE="));
    }
}

#[tokio::test]
async fn a_provider_that_fails_or_hangs_does_not_hold_up_a_sign_out() {
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    for answer in [slow, ResponseTemplate::new(503)] {
        let issuer = Issuer::start().await;
        let site = issuer.site().await;
        let mut browser = site.browser();
        issuer.sign_in(&mut browser, issuer.claims()).await;
        issuer.answers_for_revocations(answer);
        let answer = tokio::time::timeout(Duration::from_secs(5), browser.get("/auth/logout"));
        let page = answer.await.expect("an answer in time").location().to_owned();
        assert!(page.starts_with(&format!("{}/end?", issuer.origin())), "{page}");
        assert!(browser.cookie_names().is_empty());
    }
}

#[tokio::test]
async fn a_replica_that_never_reached_the_provider_signs_out_all_the_same() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    issuer.answers_for_discovery(slow);
    let other = site_with_secret(&issuer, "hush").await;
    let headers = browser.headers();
    let answer = other.identity.sign_out(&headers);
    let ended = tokio::time::timeout(Duration::from_secs(4), answer).await.expect("in time");
    assert_eq!((ended.set_cookies.len(), ended.provider_page), (1, None));
}

#[tokio::test]
async fn a_provider_without_a_page_to_sign_out_is_not_visited() {
    let issuer = Issuer::start().await;
    let origin = issuer.origin();
    issuer.answers_for_discovery(ResponseTemplate::new(200).set_body_json(serde_json::json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "jwks_uri": format!("{origin}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    })));
    let site = issuer.site().await;
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    assert_eq!(browser.get("/auth/logout").await.location(), "/");
    assert_eq!(issuer.asked_for("/revoke").await, 0);
}

/// Signs in, and lets a request begin to renew the session. Its answer comes after the sign-out.
async fn signed_out_during_a_renewal(issuer: &Issuer, site: &Site) -> Browser {
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    issuer.clock.advance(SignedDuration::from_mins(59));
    issuer.grants(&issuer.claims(), "refresh-2", Duration::from_millis(300));
    let mut under_way = browser.clone();
    let request = tokio::spawn(async move {
        let answer = under_way.get("/whoami").await;
        (answer, under_way)
    });
    issuer.is_asked_for("/token", 2).await;
    browser.get("/auth/logout").await;
    let (answer, after) = request.await.expect("an answer");
    assert_eq!((answer.body.as_str(), answer.set_cookies().len()), ("alice", 1));
    browser.takes_cookies_of(&after);
    browser
}

#[tokio::test]
async fn a_request_under_way_does_not_sign_in_again() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = signed_out_during_a_renewal(&issuer, &site).await;
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.cookie_names(), ["__Host-dploy_signed_out"], "the session is removed");
}

#[tokio::test]
async fn somebody_can_sign_in_again_right_after_a_sign_out() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = signed_out_during_a_renewal(&issuer, &site).await;
    issuer.sign_in(&mut browser, issuer.claims()).await;
    assert_eq!(browser.cookie_names(), ["__Host-dploy_session"]);
    assert_eq!(browser.get("/whoami").await.body, "alice");
}

#[tokio::test]
async fn a_renewal_just_before_the_sign_out_is_not_brought_back_either() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    issuer.clock.advance(SignedDuration::from_mins(59));
    issuer.grants(&issuer.claims(), "refresh-2", Duration::ZERO);
    assert_eq!(browser.get("/whoami").await.body, "alice");
    // The answer to another request with the old cookie is late.
    let late = browser.clone();
    browser.get("/auth/logout").await;
    browser.takes_cookies_of(&late);
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
}
