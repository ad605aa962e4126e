//! The life of an instance.

use std::{fmt::Debug, time::Duration};

use clock::{ManualClock, SystemClock};
use futures::{
    StreamExt, future,
    stream::{self, BoxStream},
};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::{
    api::{
        core::v1::{LimitRange, Namespace, ResourceQuota},
        events::v1::Event,
        networking::v1::NetworkPolicy,
    },
    apimachinery::pkg::apis::meta::v1::Time,
};
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams},
    runtime::{WatchStreamExt, watcher},
};
use resources::{
    ConnectionType, DployInstance, DployInstanceSpec, DployOwner, DployTemplate, Health, Phase,
    meta,
};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::{
    bed::{Bed, launched, nudge, phase, pool, reason, template},
    support::eventually,
};

#[tokio::test]
async fn a_launched_instance_becomes_ready_in_a_namespace_of_its_own() {
    let (bed, _operator) = Bed::running().await;
    bed.launch("ada", "0123abcd").await;
    let status = bed.ready("lab-0123abcd").await.status.unwrap();
    assert_eq!(status.namespace.as_deref(), Some("ada-lab-0123abcd"));
    assert_eq!(status.uuid.as_deref(), Some("0123abcd"));
    assert_eq!(status.url.as_deref(), Some("https://lab-0123abcd"));
    assert_eq!(status.health, Some(Health::Healthy));
    assert_eq!(status.engine_ref.as_deref(), Some("fake/lab-0123abcd:7000"));
    assert_eq!(status.observed_generation, Some(1));
    let [ready] = status.conditions.as_slice() else { panic!("one condition: {status:?}") };
    let ready = (ready.type_.as_str(), ready.status.as_str(), ready.observed_generation);
    assert_eq!(ready, ("Ready", "True", Some(1)));
    let namespace = bed.namespace("ada-lab-0123abcd").await.unwrap();
    assert_eq!(namespace.labels()[meta::INSTANCE], "lab-0123abcd");
    assert_eq!(namespace.labels()[meta::MANAGED], "true");
    // Conditions alone report the happy path; an end is an Event.
    bed.delete("lab-0123abcd").await;
    let events: Vec<String> = eventually("an event", || async {
        let events: Api<Event> = bed.api();
        let events = events.list(&ListParams::default()).await.unwrap().items;
        (!events.is_empty()).then(|| events.into_iter().filter_map(|it| it.reason).collect())
    })
    .await;
    assert_eq!(events, ["Expiring"]);
}

#[tokio::test]
async fn a_ready_instance_says_where_its_workload_listens() {
    let (bed, _operator) = Bed::running().await;
    let mut instance = launched("ada", "0123abcd");
    bed.revise(&mut instance, |revision| {
        revision.connection_type = ConnectionType::Instructions;
        revision.connection_message_template = "nc {{ .Host }} {{ .Port }}".into();
    })
    .await;
    bed.seat("ada", &instance).await;
    bed.create(&instance).await;
    // The first status that is ready, because nothing reconciles the instance soon after.
    let status = bed.ready("lab-0123abcd").await.status.unwrap();
    assert_eq!(status.connection_message.as_deref(), Some("nc lab-0123abcd 7000"));
}

#[tokio::test]
async fn guard_rails_stand_before_the_workload_does() {
    let (bed, _operator) = Bed::running().await;
    let mut instance = launched("ada", "0a0a0a0a");
    let rails = json!({
        "resourceQuota": { "pods": 2 },
        "limitRange": [{ "type": "Container", "default": { "cpu": "1" } }],
        "network": { "ingress": "closed" },
        "podSecurity": "restricted",
        "labels": { "team": "x" },
        "annotations": { "note": "y" },
    });
    let rails = serde_json::from_value(rails).unwrap();
    bed.revise(&mut instance, |it| it.guard_rails = Some(rails)).await;
    bed.seat("ada", &instance).await;
    bed.create(&instance).await;
    bed.ready("lab-0a0a0a0a").await;
    let namespace = bed.namespace("ada-lab-0a0a0a0a").await.unwrap();
    assert_eq!(namespace.labels()["pod-security.kubernetes.io/enforce"], "restricted");
    assert_eq!((&*namespace.labels()["team"], &*namespace.annotations()["note"]), ("x", "y"));
    let quotas: Api<ResourceQuota> = Api::namespaced(bed.client.clone(), &namespace.name_any());
    let limits: Api<LimitRange> = Api::namespaced(bed.client.clone(), &namespace.name_any());
    let policies: Api<NetworkPolicy> = Api::namespaced(bed.client.clone(), &namespace.name_any());
    quotas.get("dploy-quota").await.unwrap();
    limits.get("dploy-limits").await.unwrap();
    policies.get("dploy-isolation").await.unwrap();
}

#[tokio::test]
async fn guard_rails_that_somebody_deletes_or_edits_are_put_back() {
    let (bed, operator) = Bed::running().await;
    let mut instance = launched("ada", "0a0a0a0a");
    let rails = json!({ "resourceQuota": { "pods": 2 }, "network": {} });
    let rails = serde_json::from_value(rails).unwrap();
    bed.revise(&mut instance, |it| it.guard_rails = Some(rails)).await;
    bed.seat("ada", &instance).await;
    bed.create(&instance).await;
    bed.ready("lab-0a0a0a0a").await;
    let quotas: Api<ResourceQuota> = Api::namespaced(bed.client.clone(), "ada-lab-0a0a0a0a");
    let policies: Api<NetworkPolicy> = Api::namespaced(bed.client.clone(), "ada-lab-0a0a0a0a");
    let placed = policies.get("dploy-isolation").await.unwrap();
    let is_back = |what: &'static str| {
        let (quotas, policies, placed) = (quotas.clone(), policies.clone(), placed.clone());
        eventually(what, move || {
            let (quotas, policies, placed) = (quotas.clone(), policies.clone(), placed.clone());
            async move {
                let policy = policies.get_opt("dploy-isolation").await.unwrap()?;
                let quota = quotas.get_opt("dploy-quota").await.unwrap()?;
                let hard = quota.spec.unwrap().hard.unwrap();
                let is_quota = hard["pods"].0 == "2" && quota.metadata.labels.is_some();
                let is_policy =
                    policy.spec == placed.spec && policy.metadata.labels == placed.metadata.labels;
                (is_quota && is_policy).then_some(())
            }
        })
    };

    let by = PatchParams { field_manager: Some("tenant".into()), ..PatchParams::default() };
    policies.delete("dploy-isolation", &DeleteParams::default()).await.unwrap();
    is_back("a deleted policy").await;
    let open = Patch::Merge(json!({ "spec": { "ingress": [{}], "egress": [{}] } }));
    policies.patch("dploy-isolation", &by, &open).await.unwrap();
    is_back("an opened policy").await;
    let unlabelled = Patch::Merge(json!({ "metadata": { "labels": null } }));
    policies.patch("dploy-isolation", &by, &unlabelled).await.unwrap();
    is_back("a policy without labels").await;
    let larger = Patch::Merge(json!({ "spec": { "hard": { "pods": "99" } } }));
    quotas.patch("dploy-quota", &by, &larger).await.unwrap();
    is_back("an edited quota").await;

    // Nobody watches while no operator runs; the next one compares with what was placed.
    operator.stop().await;
    quotas.patch("dploy-quota", &by, &larger).await.unwrap();
    policies.delete("dploy-isolation", &DeleteParams::default()).await.unwrap();
    let _next = bed.operate("two");
    is_back("what was damaged meanwhile").await;
}

#[tokio::test]
async fn a_deleted_instance_takes_its_workload_and_namespace_with_it() {
    let (bed, _operator) = Bed::running().await;
    bed.launch("ada", "0123abcd").await;
    bed.ready("lab-0123abcd").await;
    bed.delete("lab-0123abcd").await;
    bed.gone("lab-0123abcd").await;
    assert_eq!(bed.namespace("ada-lab-0123abcd").await.map(|it| it.name_any()), None);
    assert_eq!(bed.fake.standing(), Vec::<String>::new());
    assert_eq!(bed.seats("ada").await, Vec::<String>::new());
}

#[tokio::test]
async fn what_holds_a_teardown_up_is_shown_until_it_lets_go() {
    let (bed, _operator) = Bed::running().await;
    bed.launch("ada", "0123abcd").await;
    bed.ready("lab-0123abcd").await;
    bed.fake.hold_on(true);
    bed.delete("lab-0123abcd").await;
    let held = bed.until("lab-0123abcd", "held", |it| reason(it) == "WorkloadEnding").await;
    assert_eq!(phase(&held), Some(Phase::Expiring));
    assert_eq!(held.status.unwrap().conditions[0].message, "It holds on.");
    assert!(bed.namespace("ada-lab-0123abcd").await.is_some());
    bed.fake.hold_on(false);
    bed.gone("lab-0123abcd").await;
}

#[tokio::test]
async fn teardown_needs_neither_template_nor_namespace_nor_workload() {
    let bed = Bed::new().await;
    let mut instance = launched("", "0123abcd");
    instance.spec.revision = None;
    let mut created = bed.create(&instance).await;
    let status = json!({ "namespace": "ada-lab-0123abcd", "engine": "flux", "phase": "Ready" });
    created.status = serde_json::from_value(status).unwrap();
    let api = bed.api::<DployInstance>();
    api.replace_status("lab-0123abcd", &PostParams::default(), &created).await.unwrap();
    bed.delete("lab-0123abcd").await;
    let _operator = bed.operate("one");
    bed.gone("lab-0123abcd").await;
}

#[tokio::test]
async fn a_namespace_of_somebody_else_is_neither_adopted_nor_deleted() {
    let (bed, _operator) = Bed::running().await;
    let metadata = ObjectMeta { name: Some("ada-lab-0123abcd".into()), ..ObjectMeta::default() };
    let theirs = Namespace { metadata, ..Namespace::default() };
    let namespaces: Api<Namespace> = Api::all(bed.client.clone());
    namespaces.create(&PostParams::default(), &theirs).await.unwrap();
    bed.launch("ada", "0123abcd").await;
    let failed = bed.until("lab-0123abcd", "failed", |it| phase(it) == Some(Phase::Failed)).await;
    assert_eq!(reason(&failed), "NamespaceTaken");
    assert_eq!(bed.fake.standing(), Vec::<String>::new());
    bed.delete("lab-0123abcd").await;
    bed.gone("lab-0123abcd").await;
    assert!(bed.namespace("ada-lab-0123abcd").await.is_some());
}

#[tokio::test]
async fn an_instance_made_by_hand_is_completed_and_left_alone() {
    let clock = ManualClock::at(SystemClock::shared().now());
    let bed = Bed::with_clock(clock.clone()).await;
    let _operator = bed.operate("one");
    bed.create(&template("lab")).await;
    let spec = DployInstanceSpec {
        template_ref: "lab".into(),
        owner: "ada".into(),
        ttl_seconds: Some(3600),
        ..DployInstanceSpec::default()
    };
    let mut by_hand = DployInstance::new("mine", spec);
    by_hand.labels_mut().insert(meta::MANAGED.into(), meta::TRUE.into());
    bed.create(&by_hand).await;
    let mine = bed.ready("mine").await;
    let uuid = mine.spec.uuid.clone().unwrap();
    assert_eq!(mine.finalizers(), [meta::FINALIZER]);
    assert_eq!(mine.status.unwrap().namespace, Some(format!("ada-lab-{uuid}")));
    let life =
        mine.spec.expires_at.unwrap().0.duration_since(mine.metadata.creation_timestamp.unwrap().0);
    assert_eq!(life.as_secs(), 3600);
    clock.advance(SignedDuration::from_mins(5));
    bed.patch::<DployInstance>("mine", nudge()).await;
    // The next look at it has happened once a second one is through.
    let spec = DployInstanceSpec { template_ref: "lab".into(), ..DployInstanceSpec::default() };
    bed.create(&DployInstance::new("other", spec)).await;
    bed.ready("other").await;
    assert!(bed.instance("mine").await.unwrap().metadata.deletion_timestamp.is_none());
}

#[tokio::test]
async fn an_instance_by_hand_without_a_template_waits_for_one() {
    let (bed, _operator) = Bed::running().await;
    let spec = DployInstanceSpec { template_ref: "lab".into(), ..DployInstanceSpec::default() };
    bed.create(&DployInstance::new("mine", spec)).await;
    bed.until("mine", "failed", |it| reason(it) == "TemplateNotFound").await;
    bed.create(&template("lab")).await;
    bed.ready("mine").await;
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_named() {
    let (bed, _operator) = Bed::running().await;
    let mut instance = launched("ada", "0123abcd");
    bed.revise(&mut instance, |it| it.engine = resources::EngineName::Argocd).await;
    bed.seat("ada", &instance).await;
    bed.create(&instance).await;
    let failed = bed.until("lab-0123abcd", "failed", |it| phase(it) == Some(Phase::Failed)).await;
    assert_eq!(reason(&failed), "EngineNotEnabled");
    bed.delete("lab-0123abcd").await;
    bed.gone("lab-0123abcd").await;
}

#[tokio::test]
async fn a_workload_that_breaks_and_recovers_is_shown_so() {
    let (bed, _operator) = Bed::running().await;
    bed.launch("ada", "0123abcd").await;
    bed.ready("lab-0123abcd").await;
    bed.fake.is("lab-0123abcd", Health::Degraded);
    let broken = bed.until("lab-0123abcd", "broken", |it| reason(it) == "Degraded").await;
    assert_eq!(phase(&broken), Some(Phase::Ready));
    assert_eq!(broken.status.unwrap().health, Some(Health::Degraded));
    bed.fake.is("lab-0123abcd", Health::Healthy);
    bed.until("lab-0123abcd", "well", |it| reason(it) == "Healthy").await;
}

#[tokio::test]
async fn what_an_engine_cannot_do_is_shown_and_tried_again() {
    let (bed, _operator) = Bed::running().await;
    bed.fake.is_full(true);
    bed.launch("ada", "0123abcd").await;
    let failed = bed.until("lab-0123abcd", "failed", |it| reason(it) == "EngineFailed").await;
    let message = &failed.status.as_ref().unwrap().conditions[0].message;
    assert_eq!(message, "The engine could not place it: no space left.");
    assert_eq!(phase(&failed), Some(Phase::Failed));
    bed.fake.is_full(false);
    bed.ready("lab-0123abcd").await;
}

#[tokio::test]
async fn an_instance_ends_at_its_deadline_and_its_seat_is_free() {
    let (bed, _operator) = Bed::running().await;
    let mut instance = launched("ada", "0123abcd");
    instance.spec.expires_at = Some(Time(soon(&bed, 2000)));
    bed.seat("ada", &instance).await;
    let deadline = bed.create(&instance).await.spec.expires_at.unwrap().0;
    bed.ready("lab-0123abcd").await;
    bed.gone("lab-0123abcd").await;
    let late = bed.clock.now().duration_since(deadline);
    assert!(late >= SignedDuration::ZERO, "it went {late} before its time");
    assert!(late < SignedDuration::from_secs(3), "it went {late} after its time");
    assert_eq!(bed.seats("ada").await, Vec::<String>::new());
}

fn soon(bed: &Bed, milliseconds: i64) -> Timestamp {
    bed.clock.now() + SignedDuration::from_millis(milliseconds)
}

/// Twenty instances expire while their owners extend them: whoever was told that it worked keeps
/// the environment.
#[tokio::test]
async fn an_extend_that_was_acknowledged_is_never_lost_to_expiry() {
    let (bed, _operator) = Bed::running().await;
    let names: Vec<String> = (0..20).map(|number| format!("{number:08x}")).collect();
    for uuid in &names {
        bed.launch("ada", uuid).await;
    }
    let deadline = soon(&bed, 3000).round(jiff::Unit::Second).unwrap();
    let ends = json!({ "spec": { "expiresAt": deadline.to_string() } });
    for uuid in &names {
        bed.patch::<DployInstance>(&format!("lab-{uuid}"), ends.clone()).await;
    }
    let extends = names.iter().enumerate().map(|(number, uuid)| {
        let bed = &bed;
        async move {
            let name = format!("lab-{uuid}");
            let seen = bed.instance(&name).await?;
            let wait = deadline + SignedDuration::from_millis(number as i64) - bed.clock.now();
            tokio::time::sleep(wait.try_into().unwrap_or_default()).await;
            let change = json!({
                "metadata": { "resourceVersion": seen.resource_version() },
                "spec": { "expiresAt": soon(bed, 3_600_000).to_string() },
            });
            let api = bed.api::<DployInstance>();
            let patched = api.patch(&name, &PatchParams::default(), &Patch::Merge(change)).await;
            // Written while it was deleted already: the server answers 404 to that.
            patched.ok().filter(|it| it.metadata.deletion_timestamp.is_none()).map(|_| name)
        }
    });
    let extended: Vec<String> =
        futures::future::join_all(extends).await.into_iter().flatten().collect();
    eventually("the others to be gone", || async {
        (bed.instances().await.len() == extended.len()).then_some(())
    })
    .await;
    for name in extended {
        assert!(bed.instance(&name).await.unwrap().metadata.deletion_timestamp.is_none());
    }
}

#[tokio::test]
async fn a_malformed_instance_stops_nobody_and_can_be_deleted() {
    let mut definitions = resources::custom_resource_definitions();
    for definition in &mut definitions {
        for version in &mut definition.spec.versions {
            let schema = json!({ "openAPIV3Schema": {
                "type": "object", "x-kubernetes-preserve-unknown-fields": true,
            } });
            version.schema = Some(serde_json::from_value(schema).unwrap());
        }
    }
    let bed = Bed::with_definitions(SystemClock::shared(), definitions).await;
    let _operator = bed.operate("one");
    bed.launch("ada", "0123abcd").await;
    bed.ready("lab-0123abcd").await;
    let broken = json!({ "spec": { "pooled": "perhaps" } });
    let api = bed.api::<DployInstance>();
    let _ = api.patch("lab-0123abcd", &PatchParams::default(), &Patch::Merge(broken)).await;
    bed.launch("bob", "4567cdef").await;
    bed.ready("lab-4567cdef").await;
    let _ = api.delete("lab-0123abcd", &Default::default()).await;
    eventually("gone", || async {
        api.get_metadata_opt("lab-0123abcd").await.unwrap().is_none().then_some(())
    })
    .await;
    assert!(bed.namespace("ada-lab-0123abcd").await.is_none());
    assert_eq!(bed.fake.standing(), ["lab-4567cdef"]);
}

#[tokio::test]
async fn a_restart_on_settled_instances_writes_nothing() {
    let (bed, operator) = Bed::running().await;
    bed.create(&template("lab")).await;
    for number in 0..10 {
        bed.launch("ada", &format!("{number:08x}")).await;
    }
    for number in 0..10 {
        bed.ready(&format!("lab-{number:08x}")).await;
    }
    operator.stop().await;
    let before = versions(&bed).await;
    let _operator = bed.operate("two");
    // Once this one is ready, all the others have been looked at.
    bed.launch("bob", "4567cdef").await;
    bed.ready("lab-4567cdef").await;
    let mut after = versions(&bed).await;
    after.retain(|(name, _)| name != "lab-4567cdef");
    assert_eq!(after, before);
}

/// Beside the lease, which is renewed.
#[tokio::test]
async fn an_idle_system_writes_nothing() {
    const INSTANCES: usize = 500;
    let (bed, _operator) = Bed::running().await;
    bed.create(&template("lab")).await;
    bed.create(&pool("warm", 3, 5)).await;
    for number in 0..INSTANCES {
        bed.launch(&format!("owner-{}", number % 50), &format!("{number:08x}")).await;
    }
    let settled = |it: &DployInstance| matches!(phase(it), Some(Phase::Ready | Phase::Available));
    eventually("all have settled", || async {
        let instances = bed.instances().await;
        (instances.len() == INSTANCES + 3 && instances.iter().all(settled)).then_some(())
    })
    .await;
    eventually("the pool is counted", || async {
        let warm: DployTemplate = bed.api().get("warm").await.unwrap();
        (warm.status?.pool_available == 3).then_some(())
    })
    .await;
    let mut written = stream::select_all([
        writes::<DployInstance>(bed.api()),
        writes::<DployTemplate>(bed.api()),
        writes::<DployOwner>(bed.api()),
        writes::<Event>(bed.api()),
        writes::<Namespace>(Api::all(bed.client.clone())),
    ]);
    let minute = tokio::time::timeout(Duration::from_mins(1), written.next()).await;
    assert!(minute.is_err(), "{minute:?}");
}

/// What is written from now on.
fn writes<K>(api: Api<K>) -> BoxStream<'static, String>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + 'static,
{
    let told = |event: watcher::Result<watcher::Event<K>>| match event {
        Ok(watcher::Event::Apply(it) | watcher::Event::Delete(it)) => {
            Some(format!("{} {}", K::kind(&()), it.name_any()))
        }
        _ => None,
    };
    let events = watcher::watcher(api, watcher::Config::default()).default_backoff();
    events.filter_map(move |event| future::ready(told(event))).boxed()
}

async fn versions(bed: &Bed) -> Vec<(String, Option<String>)> {
    let instances = bed.instances().await;
    instances.iter().map(|it| (it.name_any(), it.resource_version())).collect()
}
