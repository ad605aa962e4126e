//! How sign-in answers: a program gets the JSON error of every other call, a browser gets a page.

use reqwest::{Method, header};
use testbed::TestBed;

use super::visitor::{Visitor, location};

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sign_in_is_a_json_error_for_a_program_and_a_page_for_a_browser() {
    let bed = TestBed::start(env!("CARGO_BIN_EXE_dploy")).await;
    let nobody = bed.anonymous();
    let path = "/auth/callback?code=c&state=unknown";

    let refused = nobody.get(path).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_eq!(
        refused.error(),
        "this sign-in was not begun in this browser, took too long or is finished already; try again"
    );
    assert_eq!(refused.headers[header::CACHE_CONTROL], "no-store");

    let browser = nobody.request(Method::GET, path).header(header::ACCEPT, "text/html");
    let page = nobody.send(browser).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let location = page.headers[header::LOCATION].to_str().expect("an address");
    assert!(location.starts_with("/auth/error?reason="), "{location}");

    let begun = nobody.get("/auth/login").await;
    assert_eq!(begun.status, 302, "{}", begun.text);
    assert_eq!(begun.headers[header::CACHE_CONTROL], "no-store");
    bed.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_errors_as_json() {
    let bed = TestBed::start(env!("CARGO_BIN_EXE_dploy")).await;
    let (nobody, alice) = (bed.anonymous(), bed.user("alice"));
    for path in ["/auth/login", "/auth/callback", "/api/me", "/openapi.json", "/run/sized/status"] {
        let refused = nobody.post(path).await;
        assert_eq!(refused.status, 405, "{path}: {}", refused.text);
        assert_eq!(refused.error(), "this path does not answer that method", "{path}");
    }
    for path in ["/nowhere", "/auth/nowhere", "/api/run"] {
        let refused = nobody.get(path).await;
        assert_eq!(refused.status, 404, "{path}: {}", refused.text);
        assert_eq!(refused.error(), "nothing is at this address", "{path}");
    }
    let malformed = alice.get("/api/environments/stream?compact=perhaps").await;
    assert_eq!(malformed.status, 400, "{}", malformed.text);
    assert_eq!(malformed.error(), "the query string cannot be read");
    bed.stop().await;
}

/// The page of a launch waits for the button when another site chose its address.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_does_not_make_a_person_launch() {
    let bed = TestBed::start(env!("CARGO_BIN_EXE_dploy")).await;
    let (mut alice, run) = (Visitor::new(), format!("{}/run/sized?size=large", bed.origin()));
    let asking = format!("{run}&ask");

    // The person opens the address and signs in. The browser arrives from the provider.
    let (provider, _) = alice.visit(&run).await;
    alice.comes_from = "cross-site";
    let (at, page) = alice.sign_in(&provider, "alice").await;
    assert_eq!((at.split('#').next(), page.status.as_u16()), (Some(&*run), 200));
    let again = alice.open(&run).await;
    assert_eq!(location(&run, &again), Some(asking.clone()), "an arrival counts once");
    alice.comes_from = "same-site";
    assert_eq!(location(&run, &alice.open(&run).await), Some(asking.clone()));
    assert_eq!(alice.open(&asking).await.status, 200);
    for own in ["none", "same-origin"] {
        alice.comes_from = own;
        assert_eq!(alice.open(&run).await.status, 200, "{own}");
    }

    // Another site begins the sign-in.
    let mut bob = Visitor::new();
    bob.comes_from = "cross-site";
    let login = format!("{}/auth/login?return_url=%2Frun%2Fsized%3Fsize%3Dlarge", bed.origin());
    let (at, page) = bob.sign_in(&login, "bob").await;
    assert_eq!((at.split('#').next(), page.status.as_u16()), (Some(&*asking), 200));
    bed.stop().await;
}

/// A program follows the contract to `/`. A browser also ends its session at the provider.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_leads_a_browser_through_the_provider_back_to_the_site() {
    let bed = TestBed::start(env!("CARGO_BIN_EXE_dploy")).await;
    let (login, logout) =
        (format!("{}/auth/login", bed.origin()), format!("{}/auth/logout", bed.origin()));
    let mut alice = Visitor::new();
    alice.sign_in(&login, "alice").await;
    let cookies = alice.cookies_for(&logout);
    assert!(cookies.contains("__Host-dploy_session="), "{cookies}");

    let nobody = bed.anonymous();
    let program = nobody.request(Method::GET, "/auth/logout").header(header::COOKIE, &cookies);
    let answer = nobody.send(program).await;
    assert_eq!(
        (answer.status.as_u16(), location(&logout, &answer)),
        (302, Some(bed.origin() + "/"))
    );
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");

    let left = alice.open(&logout).await;
    let page = location(&logout, &left).expect("a redirect");
    assert!(page.starts_with(&format!("{}/dev/end-session?", bed.origin())), "{page}");
    let (at, _) = alice.visit(&page).await;
    assert_eq!((at, alice.cookies_for(&logout)), (bed.origin() + "/", String::new()));
    bed.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_does_not_sign_a_person_out() {
    let bed = TestBed::start(env!("CARGO_BIN_EXE_dploy")).await;
    let (mut alice, logout) = (Visitor::new(), format!("{}/auth/logout", bed.origin()));
    alice.sign_in(&format!("{}/auth/login", bed.origin()), "alice").await;
    for elsewhere in ["cross-site", "same-site"] {
        alice.comes_from = elsewhere;
        let asked = alice.open(&logout).await;
        assert_eq!((asked.status.as_u16(), location(&logout, &asked)), (200, None), "{elsewhere}");
        assert!(asked.text.contains("<a class=\"btn solid\" href=\"/auth/logout\">Sign out</a>"));
        assert!(!asked.text.contains('{'), "{}", asked.text);
        assert!(asked.headers.get(header::SET_COOKIE).is_none(), "{elsewhere}");
        assert!(alice.cookies_for(&logout).contains("__Host-dploy_session="), "{elsewhere}");
    }
    alice.comes_from = "same-origin";
    assert_eq!(alice.open(&logout).await.status, 302, "the button of that page");
    assert_eq!(alice.cookies_for(&logout), "");
    bed.stop().await;
}
