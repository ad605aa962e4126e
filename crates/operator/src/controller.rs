//! The three controllers: how many reconciles run, and when a failed one is retried.

use std::{convert::Infallible, future::ready, sync::Arc};

use engines::Blame;
use errors::chain;
use futures::{FutureExt, StreamExt, future};
use kube::{
    Resource, ResourceExt,
    runtime::{
        applier,
        controller::{Action, Config, Error},
        reflector::Store,
    },
};
use tokio::time::Instant;

use crate::{
    chores,
    context::Context,
    error::ReconcileError,
    instances,
    mirrors::Guarded,
    owners,
    retries::AfterConflict,
    templates,
    wakes::{self, Queue},
};

/// How many objects of one kind are reconciled at the same time. Enough to keep an API server busy,
/// and few enough that requests of users are not queued behind them.
const MAX_CONCURRENT_RECONCILES: u16 = 16;

/// Runs the controllers and the chores until they are dropped.
pub(crate) async fn run_all(context: Arc<Context>) {
    // The queues subscribe before the cache is filled, so that they miss no event.
    let (instances, templates, owners) =
        (wakes::instances(&context), wakes::templates(&context), wakes::owners(&context));
    context.mirrors.filled().await;
    let mirrors = &context.mirrors;
    tokio::join!(
        run(&context, mirrors.instances.store(), instances, |it, context| {
            instances::reconcile(it, context).boxed()
        }),
        async {
            templates::all_are_known(&context).await;
            let reconcile = |it, context| templates::reconcile(it, context).boxed();
            run(&context, mirrors.templates.store(), templates, reconcile).await;
        },
        run(&context, mirrors.owners.store(), owners, |it, context| {
            owners::reconcile(it, context).boxed()
        }),
        chores::run(&context),
    );
}

async fn run<K, F>(context: &Arc<Context>, store: Store<Guarded<K>>, queue: Queue<K>, reconcile: F)
where
    K: Resource<DynamicType = ()> + Clone + Send + Sync + 'static,
    F: Fn(
        Arc<Guarded<K>>,
        Arc<Context>,
    ) -> future::BoxFuture<'static, Result<Action, ReconcileError>>,
{
    let reconcile = |object: Arc<Guarded<K>>, context: Arc<Context>| {
        let key = key(object.as_ref());
        let attempt = reconcile(object, Arc::clone(&context));
        async move {
            let began = Instant::now();
            context.progress.began::<K>();
            let outcome = attempt.await;
            context.progress.ended::<K, _>(&outcome, began.elapsed());
            context.metrics.reconciled::<K>(began.elapsed());
            let action = outcome?;
            context.retries.succeeded(&key);
            Ok(action)
        }
        .boxed()
    };
    let config = Config::default().concurrency(MAX_CONCURRENT_RECONCILES);
    applier(reconcile, retry, Arc::clone(context), store, queue.map(Ok::<_, Infallible>), config)
        .for_each(|outcome| {
            if let Err(Error::RunnerError(error)) = outcome {
                tracing::error!("a controller failed: {}", chain(&error));
            }
            ready(())
        })
        .await;
}

/// Logs a failure, and returns when to retry.
fn retry<K>(object: Arc<Guarded<K>>, error: &ReconcileError, context: Arc<Context>) -> Action
where
    K: Resource<DynamicType = ()>,
{
    let object = key(object.as_ref());
    if error.is_conflict() {
        let AfterConflict { pause, is_reported } = context.retries.after_conflict(&object);
        if is_reported {
            tracing::warn!(object, "each reconcile meets a newer version: {}", chain(error));
        } else {
            tracing::debug!(object, ?pause, "met a newer version: {}", chain(error));
        }
        return Action::requeue(pause);
    }
    context.metrics.failed::<K>();
    match error.blame() {
        Blame::Author => {
            tracing::info!(object, "waiting for an edit: {}", chain(error));
            Action::await_change()
        }
        Blame::World => {
            let pause = context.retries.after_failure(&object);
            tracing::warn!(object, ?pause, "{}", chain(error));
            Action::requeue(pause)
        }
    }
}

fn key<K: Resource<DynamicType = ()>>(object: &Guarded<K>) -> String {
    format!("{}/{}", K::kind(&()), object.name_any())
}
