//! One call to the API server, with a timeout.

use std::future::Future;

use ledger::timeouts::API_CALL_TIMEOUT;
use tokio::time::timeout;

use super::error::ClusterError;

/// Runs one call with a timeout. `operation` says what it does, for the error.
pub(super) async fn call<T>(
    operation: &'static str,
    request: impl Future<Output = kube::Result<T>> + Send,
) -> Result<T, ClusterError> {
    let answer = timeout(API_CALL_TIMEOUT, request).await;
    answer
        .map_err(|elapsed| ClusterError::Unreachable { operation, cause: Box::new(elapsed) })?
        .map_err(|cause| ClusterError::new(operation, cause))
}
