//! The own effect of a write whose answer was lost, or was that of a repetition.
//!
//! A proxy may send a write again after an answer that it lost. The repetition then meets its own
//! effect: the version has changed, the name is taken, or the object is gone. And an answer that is
//! lost or cannot be read says nothing. In both cases a live read decides.

use kube::Resource;

use crate::{Refusal, cluster::ClusterError};

/// What a live read shows of a write.
#[derive(Debug)]
pub(crate) enum Effect<T> {
    /// The write took effect.
    Own(T),
    /// The write had no effect, and a late one will fail: it names a version that the object no
    /// longer has, or a name that is taken.
    Never,
    /// Nothing shows whether the write had an effect, or will have one.
    Open,
}

impl<T> Effect<T> {
    /// The same about another value.
    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Effect<U> {
        match self {
            Self::Own(own) => Effect::Own(convert(own)),
            Self::Never => Effect::Never,
            Self::Open => Effect::Open,
        }
    }
}

impl<K: Resource> Effect<K> {
    /// The effect of a write on exactly the version of `seen`. `is_own` says whether the object
    /// shows the effect.
    pub(crate) fn on(seen: &K, live: Option<K>, is_own: impl FnOnce(&K) -> bool) -> Self {
        match live {
            Some(live) if is_own(&live) => Self::Own(live),
            Some(live) if is_same_version(seen, &live) => Self::Open,
            Some(_) | None => Self::Never,
        }
    }
}

/// Whether both are the same version of the same object.
pub(crate) fn is_same_version<K: Resource>(one: &K, other: &K) -> bool {
    let (one, other) = (one.meta(), other.meta());
    one.uid == other.uid && one.resource_version == other.resource_version
}

/// The result of a write: what was written, `None` when it had no effect and can have none.
/// `effect` reads live what this request wrote; it is awaited only if the answer to the write
/// leaves that open.
///
/// # Errors
/// A definite refusal; and the missing answer, if the write may still have an effect.
pub(crate) async fn or_own_effect<T>(
    written: Result<T, ClusterError>,
    effect: impl Future<Output = Result<Effect<T>, ClusterError>> + Send,
) -> Result<Option<T>, Refusal> {
    let error = match written {
        Ok(written) => return Ok(Some(written)),
        Err(error) if error.is_refused() => return Err(error.into()),
        Err(error) => error,
    };
    match effect.await? {
        Effect::Own(own) => Ok(Some(own)),
        Effect::Never => Ok(None),
        Effect::Open if error.is_overtaken() => Ok(None),
        Effect::Open => Err(error.into()),
    }
}
