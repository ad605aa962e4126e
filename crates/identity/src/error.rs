//! The errors of this crate. Their texts are what a client or a person reads.

use thiserror::Error;

/// An error of a library, kept as the source of ours.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the credentials of a request are refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthError {
    /// The token is not a JWT.
    #[error("the token cannot be read")]
    Malformed,
    /// No known key verifies the token's signature, or its algorithm is not allowed.
    #[error("the token's signature cannot be verified")]
    Signature,
    /// The token has another issuer or another audience.
    #[error("the token is of another issuer or for another audience")]
    NotForUs,
    /// The token has expired, or its `nbf` is in the future.
    #[error("the token has expired or is not valid yet")]
    Expired,
    /// The issuer's keys could not be fetched.
    #[error("the token cannot be verified now, the issuer's keys are out of reach")]
    KeysUnavailable,
    /// A request with a cookie came from another site.
    #[error("this request did not come from this site's own pages")]
    CrossOrigin,
}

/// Why a sign-in failed.
#[derive(Debug, Error)]
pub enum SignInError {
    /// No OpenID provider is configured.
    #[error("sign-in is not set up on this server")]
    NotSetUp,
    /// The provider or the person refused.
    #[error("the identity provider refused the sign-in")]
    Refused,
    /// The browser sent no pending sign-in: it began elsewhere, expired or is already finished.
    #[error(
        "this sign-in was not begun in this browser, took too long or is finished already; try again"
    )]
    NoSession,
    /// The provider's answer belongs to another sign-in.
    #[error("the sign-in does not match the one that was begun; try again")]
    Mismatch,
    /// The provider did not answer, or its answer is malformed.
    #[error("the identity provider could not be reached; try again shortly")]
    Provider(#[source] Cause),
    /// The provider's ID token failed verification.
    #[error("the identity provider's answer could not be verified")]
    Verification(#[source] Cause),
}

impl SignInError {
    /// The status of an answer: 400 when the person can act on it, 502 when the provider failed
    /// (docs/contract.md, "REST").
    #[must_use]
    pub const fn status(&self) -> http::StatusCode {
        match self {
            Self::NotSetUp => http::StatusCode::NOT_FOUND,
            Self::Refused | Self::NoSession | Self::Mismatch => http::StatusCode::BAD_REQUEST,
            Self::Provider(_) | Self::Verification(_) => http::StatusCode::BAD_GATEWAY,
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, Error)]
pub enum SetupError {
    /// A setting is not a usable address.
    #[error("`{value}` is not an address that can be used for {what}")]
    Address {
        /// The setting.
        what: &'static str,
        /// Its value.
        value: String,
    },
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be set up")]
    Http(#[source] reqwest::Error),
}
