//! The gateway's directory: finds environments by the rules of the crate `environments`.

use std::sync::Arc;

use environments::{Caller, Environments, Refusal, RefusalKind};
use futures::future::{BoxFuture, FutureExt as _};
use gateway::{Backend, BackendError, Directory};
use identity::Principal;

/// Turns a verified identity into a caller, as the server does for its own requests.
pub type CallerOf = Arc<dyn Fn(&Principal) -> Caller + Send + Sync>;

/// Finds the environments that a visitor owns.
pub(crate) struct OwnedEnvironments {
    pub(crate) environments: Environments,
    pub(crate) caller_of: CallerOf,
}

impl Directory for OwnedEnvironments {
    fn backend<'a>(
        &'a self,
        visitor: &'a Principal,
        label: &'a str,
    ) -> BoxFuture<'a, Result<Backend, BackendError>> {
        async move {
            let caller = (self.caller_of)(visitor);
            match self.environments.backend(&caller, label).await {
                Ok(environments::Backend::Listening(address)) => Ok(Backend::Listening(address)),
                Ok(environments::Backend::NotListening) => Ok(Backend::NotListening),
                Err(refusal) => Err(backend_error(refusal)),
            }
        }
        .boxed()
    }
}

fn backend_error(refusal: Refusal) -> BackendError {
    match refusal.kind() {
        RefusalKind::NotFound | RefusalKind::Forbidden => BackendError::NotFound,
        RefusalKind::BadRequest
        | RefusalKind::Unauthorized
        | RefusalKind::Conflict
        | RefusalKind::TooMany
        | RefusalKind::Unavailable
        | RefusalKind::Internal => BackendError::Unavailable(refusal.into()),
    }
}
