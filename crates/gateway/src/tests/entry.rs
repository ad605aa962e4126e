use super::{
    super::{Backend, BackendError},
    fixture::{ADAS, ANOTHER_OF_ADAS, Fixture, SITE, request},
};

#[tokio::test]
async fn the_owner_comes_in_and_lands_where_they_wanted_to_go() {
    let fixture = Fixture::start().await;
    let (ticket, nonce) = fixture.ticket(ADAS, "/lab/tree?file=a%20b&x=1", "ada").await;
    let redeemed = fixture.get(&ticket, &[("cookie", &nonce)]).await;
    assert_eq!((redeemed.status, redeemed.location()), (303, "/lab/tree?file=a%20b&x=1"));
    let set = redeemed.headers["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Domain"));

    let answer = fixture.get(&format!("http://{ADAS}/x"), &[("cookie", &redeemed.cookie())]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.told("GET /x"));
}

#[tokio::test]
async fn somebody_who_is_not_signed_in_signs_in_first_and_comes_back() {
    let fixture = Fixture::start().await;
    let invited = fixture.get(&format!("http://{ADAS}/lab"), &[]).await;
    let sent = fixture.get(invited.location(), &[]).await;
    let back = sent.location().strip_prefix("/auth/login?return_url=").unwrap();
    let back = form_urlencoded::parse(back.as_bytes()).next().unwrap().0;
    assert_eq!(format!("http://{SITE}{back}"), invited.location());
}

#[tokio::test]
async fn a_path_that_is_too_long_for_a_sign_in_still_ends_at_the_environment() {
    let fixture = Fixture::start().await;
    let long = format!("http://{ADAS}/?q={}", "%20".repeat(400));
    let invited = fixture.get(&long, &[]).await;
    assert!(invited.location().contains("%2520"), "signed in, it would be kept");
    let sent = fixture.get(invited.location(), &[]).await;
    let back = form_urlencoded::parse(sent.location().split_once('?').unwrap().1.as_bytes());
    let (_, back) = back.into_owned().next().unwrap();
    assert!(back.contains("host=webterm-0000000a&path=%2F&"), "{back}");
}

#[tokio::test]
async fn the_token_of_a_sign_in_does_not_follow_to_the_environment() {
    let fixture = Fixture::start().await;
    let invited = fixture.get(&format!("http://{ADAS}/"), &[]).await;
    let opened = fixture.get(invited.location(), &[("cookie", "dploy_session=ada")]).await;
    assert!(opened.location().ends_with('#'), "a browser keeps a fragment that is not replaced");
    assert_eq!(opened.headers["referrer-policy"], "no-referrer");
}

#[tokio::test]
async fn somebody_elses_environment_is_not_found() {
    let fixture = Fixture::start().await;
    let invited = fixture.get(&format!("http://{ADAS}/"), &[]).await;
    let refused = fixture.get(invited.location(), &[("cookie", "dploy_session=bob")]).await;
    let unknown = invited.location().replace("webterm-0000000a", "webterm-99999999");
    let missing = fixture.get(&unknown, &[("cookie", "dploy_session=bob")]).await;
    assert_eq!((refused.status, missing.status), (404, 404));
    assert_eq!(refused.text, missing.text);

    let by_token =
        fixture.get(&format!("http://{ADAS}/"), &[("authorization", "Bearer bob")]).await;
    assert_eq!(by_token.status, 404);
}

#[tokio::test]
async fn a_ticket_is_used_once_soon_and_in_its_place() {
    let fixture = Fixture::start().await;
    let (ticket, nonce) = fixture.ticket(ADAS, "/", "ada").await;
    assert_eq!(fixture.get(&ticket, &[("cookie", &nonce)]).await.status, 303);
    assert_eq!(fixture.get(&ticket, &[("cookie", &nonce)]).await.status, 400, "used");

    let (ticket, nonce) = fixture.ticket(ADAS, "/", "ada").await;
    fixture.pass(31);
    assert_eq!(fixture.get(&ticket, &[("cookie", &nonce)]).await.status, 400, "too old");

    let (ticket, nonce) = fixture.ticket(ADAS, "/", "ada").await;
    let elsewhere = ticket.replace(ADAS, ANOTHER_OF_ADAS);
    assert_eq!(fixture.get(&elsewhere, &[("cookie", &nonce)]).await.status, 400, "another host");
    assert_eq!(fixture.get(&ticket, &[("cookie", &nonce)]).await.status, 400, "shown elsewhere");
}

#[tokio::test]
async fn a_ticket_works_only_in_the_browser_that_asked_for_it() {
    let fixture = Fixture::start().await;
    let (ticket, _) = fixture.ticket(ADAS, "/", "ada").await;
    assert_eq!(fixture.get(&ticket, &[]).await.status, 400);

    let (ticket, _) = fixture.ticket(ADAS, "/", "ada").await;
    let (_, another_nonce) = fixture.ticket(ADAS, "/", "ada").await;
    assert_eq!(fixture.get(&ticket, &[("cookie", &another_nonce)]).await.status, 400);
}

#[tokio::test]
async fn tabs_that_open_together_share_a_nonce() {
    let fixture = Fixture::start().await;
    let (ticket, nonce) = fixture.ticket(ADAS, "/", "ada").await;
    let second = fixture.get(&format!("http://{ADAS}/"), &[("cookie", &nonce)]).await;
    assert_eq!(second.cookie(), nonce);
    assert_eq!(fixture.get(&ticket, &[("cookie", &nonce)]).await.status, 303);
}

#[tokio::test]
async fn a_session_is_for_its_own_host_and_time() {
    let fixture = Fixture::start().await;
    let cookie = fixture.enter(ADAS, "ada").await;
    let elsewhere =
        fixture.get(&format!("http://{ANOTHER_OF_ADAS}/"), &[("cookie", &cookie)]).await;
    assert_eq!(elsewhere.status, 303, "another round");
    fixture.pass(8 * 3600);
    let later = fixture.get(&format!("http://{ADAS}/"), &[("cookie", &cookie)]).await;
    assert_eq!(later.status, 303, "another round");
}

#[tokio::test]
async fn no_path_leads_elsewhere() {
    let fixture = Fixture::start().await;
    for path in ["//evil.example", "/%5cevil.example", "/.dploy/ticket/../..//evil"] {
        let invited = fixture.get(&format!("http://{ADAS}{path}"), &[]).await;
        if invited.status == 404 {
            continue;
        }
        assert!(invited.location().contains("path=%2F&"), "{path}: {}", invited.location());
    }
    let invited = fixture.get(&format!("http://{ADAS}/"), &[]).await;
    let forged = invited.location().replace("path=%2F&", "path=%2F%2Fevil.example&");
    let opened = fixture.get(&forged, &[("cookie", "dploy_session=ada")]).await;
    let ticket = opened.location().trim_end_matches('#').to_owned();
    let redeemed = fixture.get(&ticket, &[("cookie", &invited.cookie())]).await;
    assert_eq!((redeemed.status, redeemed.location()), (303, "/"));
}

#[tokio::test]
async fn the_site_opens_nothing_but_environments() {
    let fixture = Fixture::start().await;
    let challenge = "a".repeat(64);
    for query in [
        String::new(),
        format!("host=evil.example&path=/&challenge={challenge}"),
        format!("host=a%2Fb&path=/&challenge={challenge}"),
        "host=webterm-0000000a&path=/&challenge=short".to_owned(),
    ] {
        let url = format!("http://{SITE}/gateway/open?{query}");
        let answer = fixture.get(&url, &[("cookie", "dploy_session=ada")]).await;
        assert_eq!(answer.status, 400, "{query}");
    }
}

#[tokio::test]
async fn only_visits_to_pages_are_sent_on_the_round() {
    let fixture = Fixture::start().await;
    let url = format!("http://{ADAS}/api");
    assert_eq!(fixture.send(request("POST", &url, &[])).await.status, 401);
    for headers in [[("sec-fetch-mode", "cors")], [("upgrade", "websocket")]] {
        assert_eq!(fixture.get(&url, &headers).await.status, 401);
    }
    assert_eq!(fixture.get(&url, &[("sec-fetch-mode", "navigate")]).await.status, 303);
}

#[tokio::test]
async fn the_sites_cookies_prove_nothing_at_an_environments_host() {
    let fixture = Fixture::start().await;
    let answer = fixture.get(&format!("http://{ADAS}/"), &[("cookie", "dploy_session=ada")]).await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn every_request_asks_the_rules_again() {
    let fixture = Fixture::start().await;
    let cookie = fixture.enter(ADAS, "ada").await;
    let url = format!("http://{ADAS}/");
    let page = [("cookie", cookie.as_str()), ("accept", "text/html")];

    fixture.set_backend(|| Ok(Backend::NotListening));
    let starting = fixture.get(&url, &page).await;
    assert_eq!((starting.status, &starting.headers["refresh"]), (503, &"2".parse().unwrap()));

    fixture.set_backend(|| Err(BackendError::NotFound));
    let gone = fixture.get(&url, &page).await;
    assert_eq!(gone.status, 410);
    assert!(gone.text.contains(r#"href="http://localhost:8080/""#));

    fixture.set_backend(|| Err(BackendError::Unavailable("no cluster".into())));
    let unknown = fixture.get(&url, &page).await;
    assert_eq!(unknown.status, 503);
    assert!(!unknown.text.contains("no cluster"));
}
