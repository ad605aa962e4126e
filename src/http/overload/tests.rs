use rstest::rstest;

use super::*;

#[rstest]
#[case("GET", "/run/webterm", true)]
#[case("GET", "/api/run/webterm", true)]
#[case("DELETE", "/run/webterm", true)]
#[case("POST", "/run/webterm/extend", true)]
#[case("POST", "/api/ui/launch_environment", true)]
#[case("POST", "/api/ui/ask", false)]
#[case("GET", "/run/webterm/status", false)]
#[case("GET", "/api/environments", false)]
#[case("GET", "/", false)]
fn a_launch_is_a_change_and_a_question_is_not(
    #[case] method: Method,
    #[case] uri: Uri,
    #[case] expected: bool,
) {
    assert_eq!(is_change(&method, &uri), expected);
}

#[test]
fn a_limit_is_free_again_when_the_request_ends() {
    let capacity = Capacity::new(CapacityConfig { max_reads: 1, max_changes: 0, max_streams: 1 });
    let read = || {
        capacity.place_for(
            &Request::get("/api/environments")
                .body(())
                .unwrap()
                .map(|()| axum::body::Body::empty()),
        )
    };
    let first = read().unwrap();
    assert!(read().is_err());
    drop(first);
    assert!(read().is_ok());
}
