use thiserror::Error;

/// Why a request was not granted. The text is what a client sees (CONTRACT, "Exact error sentences").
#[derive(Debug, Error)]
pub enum Refusal {
    /// A required parameter was not given.
    #[error("missing required parameter \"{0}\"")]
    MissingParameter(String),
    /// A parameter's value is not allowed.
    #[error("invalid value for parameter \"{0}\"")]
    InvalidParameter(String),
    /// The environment has no end that could be moved.
    #[error("environment has unlimited TTL, no extension needed")]
    UnlimitedTtl,
    /// The token lacks the claim that names the owner.
    #[error("your token has no usable \"{0}\" claim required to own this environment")]
    NoOwnerClaim(String),
    /// The owner holds as many as they may.
    #[error("Maximum {0} environments allowed")]
    QuotaReached(u32),
    /// The caller is not an admin.
    #[error("only administrators may do this")]
    NotAdmin,
    /// Unknown, disabled, or not the caller's.
    #[error("environment \"{0}\" not found")]
    NotFound(String),
    /// It was extended as often as it can be.
    #[error("maximum extensions reached ({0})")]
    ExtensionsUsedUp(i64),
    /// No warm member is left.
    #[error("no pooled instance available, try again shortly")]
    PoolEmpty,
    /// Others wrote at the same time, again and again.
    #[error("too many requests changed this at the same time, try again")]
    Contended,
    /// The cluster does not answer.
    #[error("Service not ready")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something that a client cannot do anything about; the cause goes to the log only.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What sort of refusal it is; each door translates it into its own terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// 400
    BadRequest,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 409
    Conflict,
    /// 503 with `Retry-After`
    Unavailable,
    /// 500
    Internal,
}

impl Refusal {
    /// What sort of refusal it is.
    #[must_use]
    pub const fn kind(&self) -> RefusalKind {
        match self {
            Self::MissingParameter(_) | Self::InvalidParameter(_) | Self::UnlimitedTtl => {
                RefusalKind::BadRequest
            }
            Self::NoOwnerClaim(_) | Self::QuotaReached(_) | Self::NotAdmin => {
                RefusalKind::Forbidden
            }
            Self::NotFound(_) => RefusalKind::NotFound,
            Self::ExtensionsUsedUp(_) => RefusalKind::Conflict,
            Self::PoolEmpty | Self::Contended | Self::Unavailable(_) => RefusalKind::Unavailable,
            Self::Internal(_) => RefusalKind::Internal,
        }
    }
}
