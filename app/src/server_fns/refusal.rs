//! The texts of refusals in the web app: what happened, and what to do next.

use super::{UiError, UiErrorKind};
use environments::{PersonalValue, Refusal, RefusalKind};

impl From<Refusal> for UiError {
    fn from(refusal: Refusal) -> Self {
        let kind = kind(refusal.kind());
        if kind == UiErrorKind::Broken || matches!(refusal, Refusal::Unavailable(_)) {
            tracing::error!(error = &refusal as &dyn std::error::Error, "a server function failed");
        }
        let field = match &refusal {
            Refusal::MissingParameter(name)
            | Refusal::InvalidParameter(name)
            | Refusal::UnquotedValue(PersonalValue::Parameter(name)) => Some(name.clone()),
            _ => None,
        };
        Self { kind, sentence: sentence(&refusal), field }
    }
}

const fn kind(kind: RefusalKind) -> UiErrorKind {
    match kind {
        RefusalKind::BadRequest => UiErrorKind::BadInput,
        RefusalKind::Unauthorized => UiErrorKind::SignedOut,
        RefusalKind::Forbidden => UiErrorKind::Forbidden,
        RefusalKind::NotFound => UiErrorKind::NotFound,
        RefusalKind::Conflict => UiErrorKind::Conflict,
        RefusalKind::TooMany | RefusalKind::Unavailable => UiErrorKind::Unavailable,
        RefusalKind::Internal => UiErrorKind::Broken,
    }
}

fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::MissingParameter(name) => {
            format!("“{name}” is required. Enter a value, then launch.")
        }
        Refusal::InvalidParameter(name) => format!(
            "The value of “{name}” is not allowed. Most parameters take letters, digits, spaces and . _ / @ + = -"
        ),
        Refusal::UnquotedValue(PersonalValue::Parameter(name)) => format!(
            "This template cannot use the value of “{name}”. Try one without special characters, or ask your admin to quote it."
        ),
        Refusal::UnquotedValue(PersonalValue::Claim(claim)) => format!(
            "This template cannot use the “{claim}” of your account. Ask your admin to quote it."
        ),
        Refusal::InvalidClaim(claim) => format!(
            "The “{claim}” of your account has a line break, which this template cannot use. Ask your admin to change it."
        ),
        Refusal::UnlimitedTtl => {
            "This environment has no time limit, so it needs no extension.".to_owned()
        }
        Refusal::NoOwnerClaim(claim) => format!(
            "Your account has no usable “{claim}”, which decides who owns this environment. Ask your admin to add it."
        ),
        Refusal::QuotaReached(limit) => format!(
            "You have reached your limit of {limit} environments. Delete one, then launch again."
        ),
        Refusal::TooManyEnding(count) => format!(
            "{count} of your environments are still being deleted. Wait until they are gone, then launch again."
        ),
        Refusal::TooManyChanges { retry_after } => format!(
            "You changed too much in too short a time. Try again in {retry_after} seconds."
        ),
        Refusal::NotAdmin => "Only admins may do this.".to_owned(),
        Refusal::NotFound(name) => format!(
            "The environment “{name}” does not exist, or it is gone. The catalog lists what you can launch."
        ),
        Refusal::Disabled(_) => "Your admin has disabled this part of the site.".to_owned(),
        Refusal::SignedOut => UiError::signed_out().sentence,
        Refusal::ExtensionsUsedUp(times) => format!(
            "The environment was extended {times} times, which is the maximum. Save your work before its time is up."
        ),
        Refusal::PoolEmpty { .. } => {
            "No environment is ready to be claimed. New ones are starting. Try again in a moment."
                .to_owned()
        }
        Refusal::Contended => "Another request changed this at the same time. Try again.".to_owned(),
        Refusal::Unavailable(_) => {
            "The cluster does not respond. Try again in a moment.".to_owned()
        }
        Refusal::Internal(_) => {
            "The server failed. Try again. If it fails again, ask your admin: the server's log has the reason."
                .to_owned()
        }
    }
}
