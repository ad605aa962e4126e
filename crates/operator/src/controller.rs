//! The three controllers: what wakes each of them, and when a failed reconcile is retried.

use std::{convert::Infallible, future::ready, sync::Arc};

use engines::Blame;
use errors::chain;
use futures::{
    FutureExt, StreamExt, future,
    stream::{self, BoxStream},
};
use kube::{
    Resource, ResourceExt,
    runtime::{
        applier,
        controller::{Action, Config, Error},
        reflector::{ObjectRef, Store},
    },
};
use resources::{DployInstance, DployOwner, DployTemplate, meta};
use tokio::time::Instant;

use crate::{
    context::Context,
    error::ReconcileError,
    instances,
    mirrors::{Guarded, Mirror, MirrorEvent},
    owners,
    retries::AfterConflict,
    templates,
};

/// How many objects of one kind are reconciled at the same time. Enough to keep an API server busy,
/// and few enough that requests of users are not queued behind them.
const MAX_CONCURRENT_RECONCILES: u16 = 16;

type Queue<K> = BoxStream<'static, ObjectRef<Guarded<K>>>;

/// Runs the controllers until they are dropped.
pub(crate) async fn run_all(context: Arc<Context>) {
    // The queues subscribe before the cache is filled, so that they miss no event.
    let (instances, templates, owners) =
        (instance_queue(&context), template_queue(&context), owner_queue(&context));
    context.mirrors.filled().await;
    let mirrors = &context.mirrors;
    tokio::join!(
        run(&context, mirrors.instances.store(), instances, |it, context| {
            instances::reconcile(it, context).boxed()
        }),
        run(&context, mirrors.templates.store(), templates, |it, context| {
            templates::reconcile(it, context).boxed()
        }),
        run(&context, mirrors.owners.store(), owners, |it, context| {
            owners::reconcile(it, context).boxed()
        }),
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
            let outcome = attempt.await;
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

/// An instance is woken by itself, its namespace, its owner record, its template, its engine and
/// the OperatorConfig.
fn instance_queue(context: &Context) -> Queue<DployInstance> {
    let mirrors = &context.mirrors;
    let instances = mirrors.instances.clone();
    let of_namespace = {
        let named = mirrors.instances.clone();
        move |namespace: &Guarded<_>| {
            let instance = namespace.labels().get(meta::INSTANCE);
            instance.map(|name| named.reference(name)).into_iter().collect()
        }
    };
    let of_owner =
        instances_where(&mirrors.instances, |instance, owner| instance.spec.owner == owner);
    let of_template = instances_where(&mirrors.instances, |instance, template| {
        let spec = &instance.spec;
        let follows = spec.resolved.is_none() || spec.owner.is_empty() || spec.queued;
        follows && instance.spec.template_ref == template
    });
    let of_config = {
        let all = mirrors.instances.clone();
        move |_: &Guarded<_>| all.all()
    };
    let engines = context.engines.changes().map(move |order| instances.reference(&order.instance));
    stream::select_all([
        woken(&mirrors.instances, &mirrors.instances, itself),
        woken(&mirrors.namespaces, &mirrors.instances, of_namespace),
        woken(&mirrors.owners, &mirrors.instances, of_owner),
        woken(&mirrors.templates, &mirrors.instances, of_template),
        woken(&mirrors.configs, &mirrors.instances, of_config),
        engines.boxed(),
    ])
    .boxed()
}

/// A template is woken by itself, the members of its pool and the OperatorConfig.
fn template_queue(context: &Context) -> Queue<DployTemplate> {
    let mirrors = &context.mirrors;
    let templates = mirrors.templates.clone();
    let of_member = move |instance: &Guarded<DployInstance>| {
        let spec = instance.0.as_ref().ok().map(|it| &it.spec).filter(|spec| spec.pooled);
        spec.map(|spec| templates.reference(&spec.template_ref)).into_iter().collect()
    };
    let all = mirrors.templates.clone();
    let of_config = move |_: &Guarded<_>| all.all();
    stream::select_all([
        woken(&mirrors.templates, &mirrors.templates, itself),
        woken(&mirrors.instances, &mirrors.templates, of_member),
        woken(&mirrors.configs, &mirrors.templates, of_config),
    ])
    .boxed()
}

/// An owner is woken by itself and by its instances.
fn owner_queue(context: &Context) -> Queue<DployOwner> {
    let mirrors = &context.mirrors;
    let owners = mirrors.owners.clone();
    let of_instance = move |instance: &Guarded<DployInstance>| {
        let owner = match &instance.0 {
            Ok(readable) => Some(&readable.spec.owner),
            Err(_) => instance.labels().get(meta::OWNER),
        };
        let owner = owner.filter(|owner| !owner.is_empty());
        owner.map(|owner| owners.reference(owner)).into_iter().collect()
    };
    stream::select_all([
        woken(&mirrors.owners, &mirrors.owners, itself),
        woken(&mirrors.instances, &mirrors.owners, of_instance),
    ])
    .boxed()
}

fn itself<K: Resource<DynamicType = ()>>(object: &Guarded<K>) -> Vec<ObjectRef<Guarded<K>>> {
    vec![ObjectRef::from_obj(object)]
}

/// Maps an object to the instances that its name affects.
fn instances_where<O: Resource<DynamicType = ()>>(
    instances: &Mirror<DployInstance>,
    affected: fn(&DployInstance, &str) -> bool,
) -> impl Fn(&Guarded<O>) -> Vec<ObjectRef<Guarded<DployInstance>>> + Send + 'static {
    let instances = instances.clone();
    move |object| {
        let name = object.name_any();
        let names = instances.pick(|it| affected(it, &name).then(|| it.name_any()));
        names.iter().map(|name| instances.reference(name)).collect()
    }
}

/// Maps every event of `source` to the objects of `target` that it affects.
fn woken<O, K>(
    source: &Mirror<O>,
    target: &Mirror<K>,
    affected: impl Fn(&Guarded<O>) -> Vec<ObjectRef<Guarded<K>>> + Send + 'static,
) -> Queue<K>
where
    O: Resource<DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + serde::de::DeserializeOwned
        + Send
        + Sync
        + 'static,
    K: Resource<DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + serde::de::DeserializeOwned
        + Send
        + Sync
        + 'static,
{
    let target = target.clone();
    let events: BoxStream<'static, MirrorEvent<O>> = source.events().boxed();
    events
        .flat_map(move |event| {
            stream::iter(match event {
                MirrorEvent::Object(object) => affected(&object),
                MirrorEvent::Resync => target.all(),
            })
        })
        .boxed()
}
