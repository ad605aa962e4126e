//! The gateway's view of environments: a visitor reaches what the rules say is theirs.

use std::{fmt, sync::Arc};

use environments::{Caller, Environments, Refusal, RefusalKind};
use futures::future::{BoxFuture, FutureExt as _};
use gateway::{Backend, BackendError, Directory};
use identity::Principal;

/// Makes the caller of a verified identity, as the server does for its own requests.
pub(super) type CallerOf = Arc<dyn Fn(&Principal) -> Caller + Send + Sync>;

/// Finds the environments of visitors by the rules of the crate `environments`.
pub(super) struct OwnedEnvironments {
    pub(super) environments: Environments,
    pub(super) caller_of: CallerOf,
}

impl fmt::Debug for OwnedEnvironments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedEnvironments").finish_non_exhaustive()
    }
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
        | RefusalKind::Conflict
        | RefusalKind::Unavailable
        | RefusalKind::Internal => BackendError::Unavailable(refusal.into()),
    }
}
