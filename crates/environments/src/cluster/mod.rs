//! The calls to the API server. The cache takes in every answer, so that a replica reads its own
//! writes.

mod error;
mod live;
mod writes;

use std::future::Future;

use ledger::timeouts::API_CALL_TIMEOUT;
use tokio::time::timeout;

pub(crate) use self::{error::ClusterError, live::Live, writes::Writes};

/// Runs one call with a timeout. `operation` says what it does, for the error.
async fn call<T>(
    operation: &'static str,
    request: impl Future<Output = kube::Result<T>> + Send,
) -> Result<T, ClusterError> {
    let answer = timeout(API_CALL_TIMEOUT, request).await;
    answer
        .map_err(|elapsed| ClusterError::Unreachable { operation, cause: Box::new(elapsed) })?
        .map_err(|cause| ClusterError::new(operation, cause))
}
