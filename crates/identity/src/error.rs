use thiserror::Error;

/// Any error of a library, kept as the cause.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a request's credentials are refused. The text is what the client reads.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthError {
    /// It is not a JWT.
    #[error("the token cannot be read")]
    Malformed,
    /// It is signed by nobody we know, or not as it should be.
    #[error("the token's signature cannot be verified")]
    Signature,
    /// It is for somebody else, or from somebody else.
    #[error("the token is of another issuer or for another audience")]
    NotForUs,
    /// Its time is up, or has not come.
    #[error("the token has expired or is not valid yet")]
    Expired,
    /// The issuer's keys could not be fetched.
    #[error("the token cannot be verified now, the issuer's keys are out of reach")]
    KeysUnavailable,
    /// A cookie came with a request from another site.
    #[error("this request did not come from this site's own pages")]
    CrossOrigin,
}

/// Why somebody could not be signed in. The text is what the person reads.
#[derive(Debug, Error)]
pub enum LoginError {
    /// Nobody can sign in here.
    #[error("sign-in is not set up on this server")]
    NotSetUp,
    /// The provider said no, or the person did.
    #[error("the identity provider refused the sign-in")]
    Refused,
    /// The browser brought no sign-in that had been begun, or one that was finished already.
    #[error(
        "this sign-in was not begun in this browser, took too long or is finished already; try again"
    )]
    NoSession,
    /// The provider's answer belongs to another sign-in.
    #[error("the sign-in does not match the one that was begun; try again")]
    Mismatch,
    /// The provider does not answer, or not as it should.
    #[error("the identity provider could not be reached; try again shortly")]
    Provider(#[source] Cause),
    /// The provider's token cannot be verified.
    #[error("the identity provider's answer could not be verified")]
    Verification(#[source] Cause),
}

impl LoginError {
    /// The status of CONTRACT: 400 when the browser or the person can do something, 502 when the provider failed.
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
    /// An address is none.
    #[error("`{value}` is not an address that can be used for {what}")]
    Address {
        /// What it is for.
        what: &'static str,
        /// What was given.
        value: String,
    },
    /// The HTTP client cannot be made.
    #[error("the HTTP client could not be set up")]
    Http(#[source] reqwest::Error),
}
