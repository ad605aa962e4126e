//! Sessions are renewed without the person, once for concurrent requests.

use std::time::Duration;

use clock::Clock as _;
use http::{HeaderMap, Method, StatusCode};
use identity::{Identity, Settings};
use jiff::SignedDuration;
use serde_json::json;

use crate::{
    browser::{Answer, Browser},
    issuer::Issuer,
    site::Site,
};

#[tokio::test]
async fn a_session_that_ends_soon_is_renewed() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    site.sign_in(&mut browser, "carol").await;
    site.clock.advance(SignedDuration::from_mins(8 * 60 - 3));
    assert!(browser.get("/whoami").await.set_cookies().is_empty(), "it is not due yet");
    site.clock.advance(SignedDuration::from_mins(1));
    let old = browser.headers();
    let renewed = browser.get("/whoami").await;
    assert_eq!((renewed.status, renewed.body.as_str()), (StatusCode::OK, "carol"));
    assert_eq!(renewed.set_cookies().len(), 1);
    assert_ne!(browser.headers(), old);
    site.clock.advance(SignedDuration::from_hours(3));
    let later = browser.get("/whoami").await;
    assert_eq!(later.body, "carol");
    assert!(later.set_cookies().is_empty());
}

#[tokio::test]
async fn requests_that_arrive_together_share_one_renewal() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    site.sign_in(&mut browser, "alice").await;
    site.clock.advance(SignedDuration::from_hours(9));
    let asked = (0..10).map(|_| {
        let mut copy = browser.clone();
        async move { (copy.get("/whoami").await, copy) }
    });
    let answers = futures::future::join_all(asked).await;
    for (answer, copy) in answers {
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "alice"));
        let mut copy: Browser = copy;
        assert_eq!(copy.get("/whoami").await.body, "alice");
    }
}

#[tokio::test]
async fn an_old_cookie_is_nobodys_once_its_refresh_token_is_used() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    site.sign_in(&mut browser, "alice").await;
    let mut old = browser.clone();
    site.clock.advance(SignedDuration::from_hours(9));
    assert_eq!(browser.get("/whoami").await.body, "alice");
    site.clock.advance(SignedDuration::from_secs(61));
    let refused = old.get("/whoami").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(old.cookie_names().is_empty(), "a dead session is removed");
    assert_eq!(browser.get("/whoami").await.body, "alice");
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_waste_the_refresh_token() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    issuer.clock.advance(SignedDuration::from_hours(2));
    issuer.grants(&issuer.claims(), "refresh-2", Duration::from_millis(300));

    let (identity, headers) = (site.identity.clone(), browser.headers());
    let first = tokio::spawn(async move { identity.authenticate(&headers, &Method::GET).await });
    issuer.is_asked_for("/token", 2).await;
    first.abort();
    let _ = first.await;
    assert_eq!(browser.get("/whoami").await.body, "alice");
    assert_eq!(issuer.asked_for("/token").await, 2);
}

#[tokio::test]
async fn a_provider_that_is_down_ends_no_session_before_its_time() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    issuer.clock.advance(SignedDuration::from_mins(59));
    assert_eq!(browser.get("/whoami").await.body, "alice");
    assert_eq!(browser.get("/whoami").await.body, "alice");
    assert_eq!(issuer.asked_for("/token").await, 2, "one failure serves for a while");
    issuer.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_renewal_for_somebody_else_is_refused() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    issuer.clock.advance(SignedDuration::from_hours(2));
    issuer.grants(&issuer.claims_with(&json!({ "sub": "mallory" })), "r", Duration::ZERO);
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn two_hundred_groups_go_around_with_every_request() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let groups: Vec<String> =
        (0..200).map(|number| format!("/company/department-{number:03}/members")).collect();
    let claims = issuer.claims_with(&json!({ "groups": groups }));
    let mut browser = site.browser();
    let end = issuer.sign_in(&mut browser, claims).await;
    assert_eq!(end.status, StatusCode::FOUND, "{}", end.body);
    assert!(end.set_cookies().iter().all(|line| line.len() < 4_096));
    let line = browser.headers()[http::header::COOKIE].len();
    assert!(line < 4_096, "{line}");
    let known = site.identity.authenticate(&browser.headers(), &Method::GET).await;
    let alice = known.principal.expect("a session").expect("a good one");
    assert_eq!(alice.claims["groups"], json!(groups));

    issuer.clock.advance(SignedDuration::from_hours(2));
    issuer.grants(&issuer.claims(), "refresh-2", Duration::ZERO);
    assert_eq!(browser.get("/whoami").await.body, "alice");
    assert_eq!(browser.cookie_names(), ["__Host-dploy_session"]);
    assert_eq!(browser.get("/whoami").await.body, "alice");
}

#[tokio::test]
async fn an_answer_that_cannot_be_verified_signs_nobody_in() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    for (others, status) in [
        (json!({ "nonce": "another" }), StatusCode::BAD_REQUEST),
        (json!({ "aud": "another" }), StatusCode::BAD_GATEWAY),
        (json!({ "iss": "https://evil.test" }), StatusCode::BAD_GATEWAY),
        (json!({ "exp": 1 }), StatusCode::BAD_GATEWAY),
    ] {
        let mut browser = site.browser();
        let end = issuer.sign_in(&mut browser, issuer.claims_with(&others)).await;
        assert_eq!(end.status, status, "{others}: {}", end.body);
        assert!(browser.cookie_names().is_empty(), "{others}");
    }
}

#[tokio::test]
async fn nothing_that_can_be_printed_tells_a_refresh_token() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    issuer.clock.advance(SignedDuration::from_hours(2));
    issuer.grants(&issuer.claims(), "refresh-2", Duration::ZERO);
    assert_eq!(browser.get("/whoami").await.body, "alice");
    assert!(!format!("{:?}", site.identity).contains("refresh-"));
}

#[tokio::test]
async fn without_cookies_there_is_nobody() {
    let site = Site::with_development_provider().await;
    let known = site.identity.authenticate(&HeaderMap::new(), &Method::POST).await;
    assert!(known.principal.is_none() && known.set_cookies.is_empty());
}

/// The seconds for which a browser keeps the session that an answer sets.
fn max_age(answer: &Answer) -> i64 {
    let line = *answer.set_cookies().first().expect("a session");
    let (_, age) = line.split_once("Max-Age=").expect("an age");
    age.split(';').next().and_then(|age| age.parse().ok()).expect("a number")
}

#[tokio::test]
async fn a_session_ends_twelve_hours_after_the_sign_in_however_often_it_is_renewed() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    let signed_in = issuer.sign_in(&mut browser, issuer.claims()).await;
    assert_eq!(max_age(&signed_in), 12 * 3_600);
    for hour in 1..12 {
        issuer.clock.advance(SignedDuration::from_hours(1));
        issuer.grants(&issuer.claims(), "refresh-2", Duration::ZERO);
        let renewed = browser.get("/whoami").await;
        assert_eq!((renewed.body.as_str(), max_age(&renewed)), ("alice", (12 - hour) * 3_600));
    }
    let stolen = browser.clone();
    issuer.clock.advance(SignedDuration::from_secs(3_599));
    let last = browser.get("/whoami").await;
    assert_eq!((last.body.as_str(), last.set_cookies().len()), ("alice", 0), "no more renewals");
    issuer.clock.advance(SignedDuration::from_secs(1));
    issuer.grants(&issuer.claims(), "refresh-3", Duration::ZERO);
    for mut late in [browser, stolen] {
        assert_eq!(late.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
        assert!(late.cookie_names().is_empty(), "a session that is over is removed");
    }
    assert_eq!(issuer.asked_for("/token").await, 12, "no refresh token is used any more");
}

#[tokio::test]
async fn a_principal_expires_with_its_session_though_the_token_is_valid_for_longer() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    let next_day = issuer.clock.now().as_second() + 24 * 3_600;
    issuer.sign_in(&mut browser, issuer.claims_with(&json!({ "exp": next_day }))).await;
    let known = site.identity.authenticate(&browser.headers(), &Method::GET).await;
    let alice = known.principal.expect("a session").expect("a good one");
    assert_eq!(alice.expires_at, issuer.clock.now() + SignedDuration::from_hours(12));
    issuer.clock.advance(SignedDuration::from_hours(12));
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_renewal_near_the_end_does_not_outlast_it() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    let end = issuer.clock.now() + SignedDuration::from_hours(12);
    let almost = issuer.claims_with(&json!({ "exp": end.as_second() - 30 * 60 }));
    issuer.sign_in(&mut browser, almost).await;
    issuer.clock.advance(SignedDuration::from_mins(11 * 60 + 30));
    issuer.grants(&issuer.claims(), "refresh-2", Duration::ZERO);
    let known = site.identity.authenticate(&browser.headers(), &Method::GET).await;
    let alice = known.principal.expect("a session").expect("a good one");
    assert_eq!((alice.expires_at, known.set_cookies.len()), (end, 1));
}

#[tokio::test]
async fn a_shorter_limit_holds_for_sessions_that_began_before_it() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    issuer.sign_in(&mut browser, issuer.claims()).await;
    let max_session_lifetime = SignedDuration::from_mins(30);
    let settings = Settings { max_session_lifetime, ..issuer.settings() };
    let stricter = Identity::new(settings, issuer.clock.clone()).expect("settings");
    let known = stricter.authenticate(&browser.headers(), &Method::GET).await;
    let alice = known.principal.expect("a session").expect("a good one");
    assert_eq!(alice.expires_at, issuer.clock.now() + max_session_lifetime);
    issuer.clock.advance(max_session_lifetime);
    assert!(stricter.authenticate(&browser.headers(), &Method::GET).await.principal.is_none());
}
