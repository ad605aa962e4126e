use environments::Part;

use super::*;

#[test]
fn every_kind_has_its_status() {
    let table = [
        (
            ApiError::from(Refusal::MissingParameter("size".into())),
            400,
            "missing required parameter \"size\"",
        ),
        (
            Refusal::InvalidParameter("size".into()).into(),
            400,
            "invalid value for parameter \"size\"",
        ),
        (Refusal::UnlimitedTtl.into(), 400, "environment has unlimited TTL, no extension needed"),
        (Refusal::QuotaReached(5).into(), 403, "Maximum 5 environments allowed"),
        (
            Refusal::TooManyChanges { retry_after: 3 }.into(),
            429,
            "too many changes, try again in 3 s",
        ),
        (
            Refusal::TooManyEnding(10).into(),
            429,
            "10 environments are still being deleted, try again shortly",
        ),
        (Refusal::NotFound("x".into()).into(), 404, "environment \"x\" not found"),
        (Refusal::Disabled(Part::Catalog).into(), 404, "catalog disabled"),
        (Refusal::Disabled(Part::List).into(), 404, "instances list disabled"),
        (Refusal::Disabled(Part::Manager).into(), 404, "manager disabled"),
        (Refusal::SignedOut.into(), 401, "unauthorized: sign in, or send a bearer token"),
        (Refusal::ExtensionsUsedUp(3).into(), 409, "maximum extensions reached (3)"),
        (
            Refusal::PoolEmpty { retry_after: 7 }.into(),
            503,
            "no pooled instance available, try again shortly",
        ),
        (Refusal::Unavailable("secret".into()).into(), 503, "Service not ready"),
        (Refusal::Internal("secret".into()).into(), 500, "internal error"),
        (ApiError::Unauthorized("no token".into()), 401, "unauthorized: no token"),
        (ApiError::IdentityUnavailable("no keys".into()), 503, "no keys"),
        (ApiError::NotReady, 503, "Service not ready"),
        (
            SignInError::NoSession.into(),
            400,
            "this sign-in was not begun in this browser, took too long or is finished already; try again",
        ),
        (
            SignInError::Provider("secret".into()).into(),
            502,
            "the identity provider could not be reached; try again shortly",
        ),
        (SignInError::NotSetUp.into(), 404, "sign-in is not set up on this server"),
        (ApiError::MethodNotAllowed, 405, "this path does not answer that method"),
        (ApiError::Internal("secret".into()), 500, "internal error"),
    ];
    for (error, status, sentence) in table {
        assert_eq!((error.status().as_u16(), error.to_string().as_str()), (status, sentence));
    }
}

#[test]
fn an_answer_has_the_header_that_its_status_calls_for() {
    let unauthorized = ApiError::Unauthorized("expired".into()).into_response();
    assert_eq!(unauthorized.headers()[header::WWW_AUTHENTICATE], "Bearer");
    let empty = ApiError::from(Refusal::PoolEmpty { retry_after: 7 }).into_response();
    assert_eq!(empty.headers()[header::RETRY_AFTER], "7");
    let many = ApiError::from(Refusal::TooManyChanges { retry_after: 3 }).into_response();
    assert_eq!(many.headers()[header::RETRY_AFTER], "3");
    let contended = ApiError::from(Refusal::Contended).into_response();
    assert_eq!(contended.headers()[header::RETRY_AFTER], "2");
}
