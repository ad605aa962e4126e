//! The rules' refusals in words for people: what happened, and what to do next.

use environments::{Refusal, RefusalKind};
use http::StatusCode;

use super::{UiError, UiErrorKind};

impl From<Refusal> for UiError {
    fn from(refusal: Refusal) -> Self {
        let kind = kind(refusal.kind());
        if kind == UiErrorKind::Broken || matches!(refusal, Refusal::Unavailable(_)) {
            tracing::error!(error = &refusal as &dyn std::error::Error, "a server function failed");
        }
        let field = match &refusal {
            Refusal::MissingParameter(name) | Refusal::InvalidParameter(name) => Some(name.clone()),
            _ => None,
        };
        Self { kind, sentence: sentence(&refusal), field }
    }
}

const fn kind(kind: RefusalKind) -> UiErrorKind {
    match kind {
        RefusalKind::BadRequest => UiErrorKind::BadInput,
        RefusalKind::Forbidden => UiErrorKind::Forbidden,
        RefusalKind::NotFound => UiErrorKind::NotFound,
        RefusalKind::Conflict => UiErrorKind::Conflict,
        RefusalKind::Unavailable => UiErrorKind::Unavailable,
        RefusalKind::Internal => UiErrorKind::Broken,
    }
}

fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::MissingParameter(name) => {
            format!("“{name}” is required. Fill it in, then launch.")
        }
        Refusal::InvalidParameter(name) => format!(
            "The value of “{name}” is not accepted. Letters, digits, spaces and . _ / @ + = - usually are."
        ),
        Refusal::UnlimitedTtl => {
            "This environment has no end, so there is nothing to extend.".to_owned()
        }
        Refusal::NoOwnerClaim(claim) => format!(
            "Your account does not say who would own this environment: it has no usable “{claim}”. Your admin can add it."
        ),
        Refusal::QuotaReached(limit) => format!(
            "You already have as many environments as you may ({limit}). Delete one, then launch again."
        ),
        Refusal::NotAdmin => "Only administrators may do this.".to_owned(),
        Refusal::NotFound(name) => format!(
            "There is no environment “{name}”, or it is already gone. The catalog shows what can be launched."
        ),
        Refusal::ExtensionsUsedUp(times) => format!(
            "It was extended {times} times, which is as often as it can be. Save your work before its time is up."
        ),
        Refusal::PoolEmpty => {
            "All places are taken right now. New ones are being prepared: try again in a moment."
                .to_owned()
        }
        Refusal::Contended => "Somebody changed this at the same moment. Try again.".to_owned(),
        Refusal::Unavailable(_) => {
            "The cluster does not answer right now. Try again in a moment.".to_owned()
        }
        Refusal::Internal(_) => {
            "Something went wrong on the server. Try again; if it stays, your admin can see why."
                .to_owned()
        }
    }
}

/// The status that a program sees.
pub(super) const fn status(kind: UiErrorKind) -> StatusCode {
    match kind {
        UiErrorKind::SignedOut => StatusCode::UNAUTHORIZED,
        UiErrorKind::BadInput => StatusCode::BAD_REQUEST,
        UiErrorKind::Forbidden => StatusCode::FORBIDDEN,
        UiErrorKind::NotFound => StatusCode::NOT_FOUND,
        UiErrorKind::Conflict => StatusCode::CONFLICT,
        UiErrorKind::Unavailable | UiErrorKind::Offline => StatusCode::SERVICE_UNAVAILABLE,
        UiErrorKind::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
