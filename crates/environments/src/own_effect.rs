//! The own effect of a write whose answer was lost, or was that of a repetition.
//!
//! A proxy may send a write again after an answer that it lost. The repetition then meets its own
//! effect: the version has changed, the name is taken, or the object is gone. And an answer that is
//! lost or cannot be read says nothing. In both cases a live read decides.

use crate::{Refusal, cluster::ClusterError};

/// The result of a write: what was written, `None` when another request wrote first. `effect` reads
/// live what this request wrote; it is awaited only if the answer to the write leaves that open.
///
/// # Errors
/// A definite refusal; and the missing answer, if this request's effect is not seen: it may follow.
pub(crate) async fn or_own_effect<T>(
    written: Result<T, ClusterError>,
    effect: impl Future<Output = Result<Option<T>, ClusterError>> + Send,
) -> Result<Option<T>, Refusal> {
    let error = match written {
        Ok(written) => return Ok(Some(written)),
        Err(error) if error.is_refused() => return Err(error.into()),
        Err(error) => error,
    };
    match effect.await? {
        Some(own) => Ok(Some(own)),
        None if error.is_overtaken() => Ok(None),
        None => Err(error.into()),
    }
}
