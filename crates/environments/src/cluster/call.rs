//! One call to the API server. Its deadline is the client's (`kubeclient`).

use std::future::Future;

use super::error::ClusterError;

/// Runs one call. `operation` says what it does, for the error.
pub(super) async fn call<T>(
    operation: &'static str,
    request: impl Future<Output = kube::Result<T>> + Send,
) -> Result<T, ClusterError> {
    request.await.map_err(|cause| ClusterError::new(operation, cause))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_protocol_knows_the_deadline_of_the_clients() {
        assert_eq!(ledger::timeouts::API_CALL_TIMEOUT, kubeclient::CALL_DEADLINE);
    }
}
