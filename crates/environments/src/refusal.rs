//! Refusals: answers that deny a request.

use rendering::PersonalValue;
use thiserror::Error;

use crate::Part;

/// Why a request is denied. A client sees the text (docs/contract.md, "Error sentences").
#[derive(Debug, Error)]
pub enum Refusal {
    /// A required parameter is missing.
    #[error("missing required parameter \"{0}\"")]
    MissingParameter(String),
    /// A parameter's value is not allowed.
    #[error("invalid value for parameter \"{0}\"")]
    InvalidParameter(String),
    /// A claim has a line break or another control character.
    #[error("your token's \"{0}\" claim has a line break or another control character")]
    InvalidClaim(String),
    /// The template does not quote a value, which would change what its text means.
    #[error("this template cannot use the value of {0}: its author has to quote it")]
    UnquotedValue(PersonalValue),
    /// The environment has no deadline to extend.
    #[error("environment has unlimited TTL, no extension needed")]
    UnlimitedTtl,
    /// The token has no usable claim for the owner.
    #[error("your token has no usable \"{0}\" claim required to own this environment")]
    NoOwnerClaim(String),
    /// The owner has as many environments as the limit allows.
    #[error("Maximum {0} environments allowed")]
    QuotaReached(u32),
    /// Too many environments of the owner are being deleted.
    #[error("{0} environments are still being deleted, try again shortly")]
    TooManyEnding(usize),
    /// The caller changes too much in too short a time.
    #[error("too many changes, try again in {retry_after} s")]
    TooManyChanges {
        /// The seconds until the next change is allowed.
        retry_after: u32,
    },
    /// The caller is not an admin.
    #[error("only administrators may do this")]
    NotAdmin,
    /// The environment is unknown or not the caller's, or the template is unknown or disabled.
    #[error("environment \"{0}\" not found")]
    NotFound(String),
    /// An admin has disabled this part of the site.
    #[error("{0} disabled")]
    Disabled(Part),
    /// The caller has to sign in first.
    #[error("unauthorized: sign in, or send a bearer token")]
    SignedOut,
    /// The environment was extended as often as the limit allows.
    #[error("maximum extensions reached ({0})")]
    ExtensionsUsedUp(i64),
    /// The pool has no warm member.
    #[error("no pooled instance available, try again shortly")]
    PoolEmpty {
        /// The seconds until a member is probably ready.
        retry_after: u32,
    },
    /// Every attempt met the write of another request.
    #[error("too many requests changed this at the same time, try again")]
    Contended,
    /// The API server does not answer, or the first lists are not complete.
    #[error("Service not ready")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An error that a client cannot correct. Only the log has its cause.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The kind of a refusal. The REST API and the server functions translate it into a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// 400
    BadRequest,
    /// 401
    Unauthorized,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 409
    Conflict,
    /// 429 with `Retry-After`
    TooMany,
    /// 503 with `Retry-After`
    Unavailable,
    /// 500
    Internal,
}

impl Refusal {
    /// The kind of the refusal.
    #[must_use]
    pub const fn kind(&self) -> RefusalKind {
        match self {
            Self::MissingParameter(_)
            | Self::InvalidParameter(_)
            | Self::UnquotedValue(PersonalValue::Parameter(_))
            | Self::UnlimitedTtl => RefusalKind::BadRequest,
            Self::InvalidClaim(_)
            | Self::UnquotedValue(PersonalValue::Claim(_))
            | Self::NoOwnerClaim(_)
            | Self::QuotaReached(_)
            | Self::NotAdmin => RefusalKind::Forbidden,
            Self::TooManyEnding(_) | Self::TooManyChanges { .. } => RefusalKind::TooMany,
            Self::NotFound(_) | Self::Disabled(_) => RefusalKind::NotFound,
            Self::SignedOut => RefusalKind::Unauthorized,
            Self::ExtensionsUsedUp(_) => RefusalKind::Conflict,
            Self::PoolEmpty { .. } | Self::Contended | Self::Unavailable(_) => {
                RefusalKind::Unavailable
            }
            Self::Internal(_) => RefusalKind::Internal,
        }
    }
}
