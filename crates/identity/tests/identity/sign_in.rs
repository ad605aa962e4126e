//! Signing in with a browser.

use http::{Method, StatusCode};
use identity::AuthError;
use jiff::SignedDuration;
use serde_json::json;
use url::Url;
use wiremock::ResponseTemplate;

use crate::{browser::parameter, issuer::Issuer, site::Site};

#[tokio::test]
async fn somebody_signs_in_and_is_known_by_cookie_and_by_token() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    let end = site.sign_in(&mut browser, "alice").await;
    assert_eq!(end.status, StatusCode::FOUND);
    let (path, token) = end.location().split_once("#token=").expect("a token");
    assert_eq!(path, "/environments");
    assert_eq!(browser.get("/whoami").await.body, "alice");
    assert_eq!(browser.cookie_names(), ["__Host-dploy_session"]);

    let mut headers = browser.headers();
    let by_cookie = site.identity.authenticate(&headers, &Method::GET).await;
    assert!(by_cookie.by_cookie && by_cookie.set_cookies.is_empty());
    headers.insert("authorization", format!("Bearer {token}").parse().expect("a header"));
    let by_token = site.identity.authenticate(&headers, &Method::GET).await;
    assert!(!by_token.by_cookie);
    let alice = by_token.principal.expect("credentials").expect("a good token");
    assert_eq!((alice.username.as_deref(), alice.admin), (Some("alice"), false));
    assert_eq!(alice.claims["team"], "blue");
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_of_other_sites() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    let begun = browser.get("/auth/login").await;
    let ended = site.sign_in(&mut browser, "carol").await;
    for line in begun.set_cookies().into_iter().chain(ended.set_cookies()) {
        assert!(line.starts_with("__Host-"), "{line}");
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(line.contains(attribute), "{line}");
        }
    }
}

#[tokio::test]
async fn only_a_path_of_this_site_is_returned_to() {
    let site = Site::with_development_provider().await;
    for (asked, expected) in [
        ("return_url=/run/webterm%3Fsize=large", "/run/webterm?size=large"),
        ("returnUrl=/admin", "/admin"),
        ("return_url=https://evil.test/", "/"),
        ("return_url=//evil.test", "/"),
        ("return_url=/%5Cevil.test", "/"),
        ("return_url=/%255Cevil.test", "/"),
        ("return_url=/a%0D%0ASet-Cookie:%20x=y", "/"),
        ("", "/"),
    ] {
        let mut browser = site.browser();
        let back = site.choose(&mut browser, "bob", &format!("/auth/login?{asked}")).await;
        let end = browser.get(back.location()).await;
        let (path, _) = end.location().split_once("#token=").expect("a token");
        assert_eq!(path, expected, "{asked}");
    }
}

#[tokio::test]
async fn a_sign_in_is_finished_once() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    let back = site.choose(&mut browser, "alice", "/auth/login").await;
    assert_eq!(browser.get(back.location()).await.status, StatusCode::FOUND);
    let again = browser.get(back.location()).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "{}", again.body);
    assert!(again.body.contains("finished already"), "{}", again.body);
    assert_eq!(browser.get("/whoami").await.body, "alice");
}

#[tokio::test]
async fn a_code_brought_twice_with_a_kept_cookie_signs_nobody_in() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    let back = site.choose(&mut browser, "alice", "/auth/login").await;
    let mut copy = browser.clone();
    browser.get(back.location()).await;
    let again = copy.get(back.location()).await;
    assert_eq!(again.status, StatusCode::BAD_GATEWAY, "{}", again.body);
    assert_eq!(copy.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_callback_that_this_browser_did_not_ask_for_is_refused() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    let back = site.choose(&mut browser, "alice", "/auth/login").await.location().to_owned();

    let mut stranger = site.browser();
    assert_eq!(stranger.get(&back).await.status, StatusCode::BAD_REQUEST);

    let state = parameter(&back, "state");
    let wrong = back.replace(&state, "another");
    for address in [wrong.as_str(), "/auth/callback?code=x", "/auth/callback"] {
        let answer = browser.get(address).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
        assert!(answer.set_cookies().is_empty(), "{address}");
    }
    assert_eq!(browser.get(&back).await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn the_cookie_of_one_sign_in_does_not_finish_another() {
    let site = Site::with_development_provider().await;
    let (mut victim, mut attacker) = (site.browser(), site.browser());
    victim.get("/auth/login").await;
    let back = site.choose(&mut attacker, "bob", "/auth/login").await;
    assert_eq!(victim.get(back.location()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(victim.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn several_tabs_sign_in_at_once() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    let first = site.choose(&mut browser, "alice", "/auth/login?return_url=/one").await;
    let second = site.choose(&mut browser, "alice", "/auth/login?return_url=/two").await;
    assert!(browser.get(second.location()).await.location().starts_with("/two#"));
    assert!(browser.get(first.location()).await.location().starts_with("/one#"));
}

#[tokio::test]
async fn sign_ins_that_are_never_finished_do_not_pile_up() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    for _ in 0..30 {
        browser.get("/auth/login").await;
        assert!(browser.cookie_names().len() <= 8);
    }
}

#[tokio::test]
async fn a_refusal_of_the_provider_is_told() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    let page = browser.get("/auth/login").await.location().to_owned();
    let state = parameter(&page, "state");
    let refused = browser.get(&format!("/auth/callback?error=access_denied&state={state}")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("refused the sign-in"), "{}", refused.body);
    assert!(browser.cookie_names().is_empty());
}

#[tokio::test]
async fn a_sign_in_that_takes_too_long_is_over() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    let page = browser.get("/auth/login").await.location().to_owned();
    site.clock.advance(SignedDuration::from_secs(601));
    let late =
        browser.get(&format!("/auth/callback?code=x&state={}", parameter(&page, "state"))).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST, "{}", late.body);
}

#[tokio::test]
async fn a_change_by_cookie_must_come_from_this_site() {
    let site = Site::with_development_provider().await;
    let mut browser = site.browser();
    site.sign_in(&mut browser, "alice").await;
    assert_eq!(browser.post("/whoami", Some(&site.origin), &[]).await.body, "alice");
    for origin in [None, Some("https://evil.test"), Some("null"), Some("http://127.0.0.1:1")] {
        let answer = browser.post("/whoami", origin, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    let known = site.identity.authenticate(&browser.headers(), &Method::DELETE).await;
    assert_eq!(known.principal.expect("credentials"), Err(AuthError::CrossOrigin));
}

#[tokio::test]
async fn the_address_of_the_sign_in_page_has_all_that_protects_it() {
    let site = Site::with_development_provider().await;
    let page = site.browser().get("/auth/login").await.location().to_owned();
    assert_eq!(parameter(&page, "response_type"), "code");
    assert_eq!(parameter(&page, "code_challenge_method"), "S256");
    assert_eq!(parameter(&page, "scope"), "openid profile email");
    assert_eq!(parameter(&page, "redirect_uri"), format!("{}/auth/callback", site.origin));
    assert!(parameter(&page, "nonce").len() >= 16 && parameter(&page, "state").len() >= 16);
    let other = site.browser().get("/auth/login").await.location().to_owned();
    let secrets =
        |page: &str| ["state", "nonce", "code_challenge"].map(|name| parameter(page, name));
    assert!(secrets(&page).iter().zip(secrets(&other)).all(|(one, two)| *one != two));
    assert_eq!(Url::parse(&page).expect("an address").path(), "/dev/authorize");
}

#[tokio::test]
async fn known_endpoints_serve_on_while_the_provider_is_down() {
    let issuer = Issuer::start().await;
    let site = issuer.site().await;
    let mut browser = site.browser();
    assert_eq!(browser.get("/auth/login").await.status, StatusCode::FOUND);
    issuer.answers_for_discovery(ResponseTemplate::new(503));
    issuer.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(browser.get("/auth/login").await.status, StatusCode::FOUND);
    issuer.is_asked_for("/.well-known/openid-configuration", 2).await;
    assert_eq!(browser.get("/auth/login").await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_provider_that_cannot_be_used_is_told() {
    for answer in [
        ResponseTemplate::new(503),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(200).set_body_string("x".repeat(2_000_000)),
        ResponseTemplate::new(200).set_body_json(json!({ "issuer": "https://evil.test" })),
    ] {
        let issuer = Issuer::start().await;
        let site = issuer.site().await;
        issuer.answers_for_discovery(answer);
        let failed = site.browser().get("/auth/login").await;
        assert_eq!(failed.status, StatusCode::BAD_GATEWAY, "{}", failed.body);
        assert_eq!(failed.body, "the identity provider could not be reached; try again shortly");
    }
}
