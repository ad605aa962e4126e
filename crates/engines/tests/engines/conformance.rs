//! What every engine of Kubernetes has to keep, whichever it is: a [`Fixture`] brings the engine
//! and its upstream's part.

use std::sync::Arc;

use engines::{Engine, Order, Withdrawal};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client,
    api::{DeleteParams, ObjectMeta, PostParams},
};
use resources::{
    DployInstance, DployInstanceSpec, Health, OperatorConfigSpec, OrderRef, Placed, Placement,
    TemplateRevision,
};

use crate::support::eventually;

/// The namespace of the Dploy under test.
pub(crate) const INSTALLATION: &str = "dploy-system";

/// An engine under test and what plays its upstream.
#[async_trait::async_trait]
pub(crate) trait Fixture: Send + Sync {
    /// The engine, as a server that just started has it: nothing of an earlier one is known to it.
    fn engine(&self) -> Arc<dyn Engine>;
    /// A client of the cluster.
    fn client(&self) -> Client;
    /// The template of a workload; another `revision` is another workload of the same objects.
    fn template(&self, revision: u32) -> TemplateRevision;
    /// Plays the controllers that make the workload healthy.
    async fn thrive(&self, order: &OrderRef);
    /// The versions of everything that was placed for the order.
    async fn versions(&self, order: &OrderRef) -> Vec<String>;
    /// Whether the workload's objects are in the environment's namespace, and end with it.
    fn is_inside(&self) -> bool {
        false
    }
    /// The cluster's settings.
    fn config(&self) -> OperatorConfigSpec {
        OperatorConfigSpec::default()
    }
    /// A template's name that nobody else has in this cluster.
    fn name(&self, name: &str) -> String {
        name.to_owned()
    }
    /// An order whose namespace exists.
    async fn order(&self, name: &str, revision: TemplateRevision) -> Order {
        opened(&self.client(), order_of(&self.name(name), revision, self.config())).await
    }
}

/// An order for an instance of this template, whose namespace exists.
pub(crate) async fn order(client: &Client, name: &str, revision: TemplateRevision) -> Order {
    opened(client, order_of(name, revision, OperatorConfigSpec::default())).await
}

/// The order, once its namespace exists.
pub(crate) async fn opened(client: &Client, order: Order) -> Order {
    let metadata =
        ObjectMeta { name: Some(order.reference.namespace.clone()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    Api::all(client.clone()).create(&PostParams::default(), &namespace).await.unwrap();
    order
}

pub(crate) fn order_of(
    name: &str,
    revision: TemplateRevision,
    config: OperatorConfigSpec,
) -> Order {
    let uuid = "0123abcd".to_owned();
    let spec = DployInstanceSpec {
        template_ref: name.into(),
        owner: "ada".into(),
        uuid: Some(uuid.clone()),
        seed: Some("00".repeat(16)),
        ..DployInstanceSpec::default()
    };
    let instance = format!("{name}-{uuid}");
    let namespace = resources::names::namespace(Some("ada"), name, &uuid);
    Order {
        instance: Arc::new(DployInstance::new(&instance, spec)),
        revision: Arc::new(revision),
        reference: OrderRef {
            instance,
            uuid,
            namespace,
            installation: INSTALLATION.into(),
            engine_ref: None,
            placement: Placement::default(),
        },
        config: Arc::new(config),
    }
}

/// Places the order as the operator does. Returns what the engine wants to be told at its next
/// call.
pub(crate) async fn place(engine: &dyn Engine, order: &Order) -> Placement {
    let mut order = order.clone();
    let outside = engine.outside(&engine.draft(&order).unwrap()).await.unwrap();
    order.reference.placement = order.reference.placement.recording(&outside);
    let state = engine.place(engine.draft(&order).unwrap()).await.unwrap();
    state.record.unwrap_or_default()
}

pub(crate) async fn withdrawn(engine: &dyn Engine, order: &OrderRef) {
    eventually("withdrawn", || async {
        (engine.withdraw(order).await.unwrap() == Withdrawal::Done).then_some(())
    })
    .await;
}

/// Deletes the namespace, and waits until it is gone.
async fn close(client: &Client, order: &OrderRef) {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    namespaces.delete(&order.namespace, &DeleteParams::background()).await.unwrap();
    eventually("the namespace gone", || async {
        namespaces.get_opt(&order.namespace).await.unwrap().is_none().then_some(())
    })
    .await;
}

/// Runs the whole suite.
pub(crate) async fn conforms(fixture: &dyn Fixture) {
    drafts_are_deterministic(fixture).await;
    placing_is_idempotent_and_leads_to_health(fixture).await;
    withdrawing_ends_and_is_idempotent(fixture).await;
    if !fixture.is_inside() {
        what_is_placed_is_listed_and_discarded_on_its_uid(fixture).await;
    }
}

async fn drafts_are_deterministic(fixture: &dyn Fixture) {
    let order = fixture.order("drafted", fixture.template(1)).await;
    let (one, two) = (fixture.engine().draft(&order), fixture.engine().draft(&order));
    assert_eq!(one.unwrap(), two.unwrap());
    let other = order_of(&fixture.name("drafted"), fixture.template(2), fixture.config());
    let digest = |order| fixture.engine().draft(order).unwrap().digest();
    assert_ne!(digest(&order), digest(&other));
}

async fn placing_is_idempotent_and_leads_to_health(fixture: &dyn Fixture) {
    let mut order = fixture.order("placed", fixture.template(1)).await;
    let engine = fixture.engine();
    assert_eq!(engine.observe(&order.reference).await.unwrap().placed, None);
    order.reference.placement = place(&*engine, &order).await;
    let look = engine.observe(&order.reference).await.unwrap();
    assert_eq!(look.placed, Some(engine.draft(&order).unwrap().digest()));
    assert_eq!(look.health, Health::Progressing, "{look:?}");
    fixture.thrive(&order.reference).await;
    let versions = fixture.versions(&order.reference).await;
    place(&*fixture.engine(), &order).await;
    assert_eq!(fixture.versions(&order.reference).await, versions);
    let look = fixture.engine().observe(&order.reference).await.unwrap();
    assert_eq!(look.health, Health::Healthy, "{look:?}");
}

async fn withdrawing_ends_and_is_idempotent(fixture: &dyn Fixture) {
    let mut order = fixture.order("withdrawn", fixture.template(1)).await;
    let never = fixture.engine().withdraw(&order.reference).await.unwrap();
    assert_eq!(never, Withdrawal::Done, "nothing was placed");
    order.reference.placement = place(&*fixture.engine(), &order).await;
    withdrawn(&*fixture.engine(), &order.reference).await;
    if fixture.is_inside() {
        close(&fixture.client(), &order.reference).await;
    }
    assert!(fixture.versions(&order.reference).await.is_empty());
    let look = fixture.engine().observe(&order.reference).await.unwrap();
    assert_eq!(look.placed, None);
    withdrawn(&*fixture.engine(), &order.reference).await;
}

/// What `engine` lists of the order's workload.
pub(crate) async fn listed(engine: &dyn Engine, installation: &str, order: &Order) -> Vec<Placed> {
    let mut listed = engine.list(installation, &order.config).await.unwrap();
    listed.retain(|it| it.instance.as_ref() == Some(&order.reference.instance));
    listed
}

async fn what_is_placed_is_listed_and_discarded_on_its_uid(fixture: &dyn Fixture) {
    let order = fixture.order("listed", fixture.template(1)).await;
    place(&*fixture.engine(), &order).await;
    let engine = fixture.engine();
    assert!(listed(&*engine, "another-dploy", &order).await.is_empty());
    let found = listed(&*engine, INSTALLATION, &order).await;
    assert_ne!(found, []);
    for placed in &found {
        engine.discard(&Placed { uid: "another".into(), ..placed.clone() }).await.unwrap();
    }
    assert_eq!(listed(&*engine, INSTALLATION, &order).await, found);
    eventually("discarded", || async {
        let left = listed(&*engine, INSTALLATION, &order).await;
        for placed in &left {
            engine.discard(placed).await.unwrap();
        }
        left.is_empty().then_some(())
    })
    .await;
    assert_eq!(engine.observe(&order.reference).await.unwrap().placed, None);
}
