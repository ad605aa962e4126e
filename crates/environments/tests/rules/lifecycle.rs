//! One environment from launch to its end.

use std::{collections::BTreeMap, io};

use clock::SystemClock;
use environments::{Backend, Environments, RefusalKind, Settings};
use http::{Request, Response};
use kube::{
    Client, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams},
    client::Body,
};
use resources::{EngineName, Parameter};
use serde_json::json;
use wire::{Status, UiConfig};

use crate::bed::{Bed, catalog, eventually, launch, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_template_edited_disabled_or_deleted_leaves_its_environments_alone() {
    let bed = Bed::with(2).await;
    bed.template("desk", |spec| spec.ttl.seconds = Some(100)).await;
    let ada = person("ada");
    let first = launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    let edit = json!({ "spec": { "enabled": false, "ttl": { "extendSeconds": 9 }, "ownerClaim": "team" } });
    let edited = bed.templates().patch("desk", &PatchParams::default(), &Patch::Merge(edit)).await;
    edited.expect("an edit");
    bed.everywhere(|it| catalog(it).is_empty()).await;
    let refusal = launch(bed.replica(0), &ada, "desk").await.expect_err("it is disabled");
    assert_eq!(refusal.to_string(), "environment \"desk\" not found");
    let extended = bed.replica(1).extend(&ada, "desk").await.expect("an extension");
    assert_ne!(extended.expires_at, first.expires_at);
    bed.templates().delete("desk", &DeleteParams::default()).await.expect("a deletion");
    eventually("both replicas know", async || {
        let gone = async |n: usize| bed.replica(n).entry(Some(&ada), "desk").await.is_err();
        gone(0).await && gone(1).await
    })
    .await;
    assert_eq!(bed.replica(0).status(&ada, "desk").await.expect("it runs on").uuid, first.uuid);
    bed.replica(1).extend(&ada, "desk").await.expect("another extension");
    assert_eq!(bed.replica(0).list(&ada).await.expect("a list").count, 1);
    bed.replica(0).remove(&ada, "desk").await.expect("a deletion");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_waits_for_the_revision_of_its_template() {
    let bed = Bed::with(1).await;
    bed.unpublished("desk", |_| ()).await;
    let ada = person("ada");
    let refusal = launch(bed.replica(0), &ada, "desk").await.expect_err("there is no revision");
    assert_eq!(refusal.kind(), RefusalKind::Unavailable);
    bed.assert_balanced().await;
    let (launched, _) = tokio::join!(launch(bed.replica(0), &ada, "desk"), bed.publish("desk"));
    launched.expect("an environment");
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_past_its_deadline_is_gone_for_its_owner() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    let first = launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    bed.pass(3_601);
    for replica in [bed.replica(0), bed.replica(1)] {
        let kind = replica.status(&ada, "desk").await.expect_err("expired").kind();
        assert_eq!(kind, RefusalKind::NotFound);
        let kind = replica.extend(&ada, "desk").await.expect_err("expired").kind();
        assert_eq!(kind, RefusalKind::NotFound);
        let kind = replica.remove(&ada, "desk").await.expect_err("expired").kind();
        assert_eq!(kind, RefusalKind::NotFound);
    }
    let list = bed.replica(0).list(&ada).await.expect("a list");
    assert_eq!((list.count, list.used), (1, 0));
    assert_eq!(list.environments[0].status, Status::Deleting);
    let second = launch(bed.replica(1), &ada, "desk").await.expect("a new one");
    assert_ne!(first.uuid, second.uuid);
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_environments_make_room_for_a_launch() {
    let bed = Bed::with(1).await;
    let ada = person("ada");
    for i in 0..6 {
        bed.template(&format!("t{i}"), |_| ()).await;
    }
    for i in 0..5 {
        launch(bed.replica(0), &ada, &format!("t{i}")).await.expect("one of five");
    }
    let full = launch(bed.replica(0), &ada, "t5").await.expect_err("five is the limit");
    assert_eq!(full.to_string(), "Maximum 5 environments allowed");
    bed.pass(3_601);
    launch(bed.replica(0), &ada, "t5").await.expect("the others are over");
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_checked_and_kept() {
    let bed = Bed::with(1).await;
    bed.template("sized", |spec| {
        let parameter = |name: &str, required, default: &str| Parameter {
            name: name.to_owned(),
            required,
            default: default.to_owned(),
            ..Parameter::default()
        };
        spec.parameters = vec![parameter("size", true, ""), parameter("colour", false, "red")];
    })
    .await;
    let ada = person("ada");
    let given = |value: &str| {
        BTreeMap::from([("size".to_owned(), value.to_owned()), ("x".to_owned(), "y".to_owned())])
    };
    let refused = launch(bed.replica(0), &ada, "sized").await.expect_err("no size");
    assert_eq!(refused.to_string(), "missing required parameter \"size\"");
    let refused = bed.replica(0).launch(&ada, "sized", &given("a\nb: c")).await;
    assert_eq!(
        refused.expect_err("a bad size").to_string(),
        "invalid value for parameter \"size\""
    );
    let run = bed.replica(0).launch(&ada, "sized", &given("large")).await.expect("a good size");
    let params = bed.owned().await.remove(0).spec.params;
    let expected = [("colour", "red"), ("size", "large")];
    assert!(params.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(expected));
    let again = launch(bed.replica(0), &ada, "sized").await.expect("the one there is");
    assert_eq!(again.uuid, run.uuid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_would_change_what_a_template_means_is_refused_by_name() {
    const UNQUOTED: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: note }\n\
                            data:\n  who: {{ .Claims.name }}\n  what: {{ .Params.what }}";
    let bed = Bed::with(1).await;
    let parameter =
        Parameter { name: "what".into(), pattern: "(?s).*".into(), ..Parameter::default() };
    bed.template("note", |spec| {
        spec.engine = Some(EngineName::Manifests);
        spec.manifests = Some(UNQUOTED.to_owned());
        spec.parameters = vec![parameter];
    })
    .await;
    let named = |name: &str| {
        let mut caller = person("ada");
        caller.claims.insert("name".to_owned(), name.into());
        caller
    };
    let launch = async |name: &str, what: &str| {
        let given = BTreeMap::from([("what".to_owned(), what.to_owned())]);
        let refused = bed.replica(0).launch(&named(name), "note", &given).await;
        refused.map(drop).map_err(|it| (it.kind(), it.to_string()))
    };
    let refused = |kind, sentence: &str| Err((kind, sentence.to_owned()));
    let claim = "this template cannot use the value of claim \"name\": its author has to quote it";
    let param =
        "this template cannot use the value of parameter \"what\": its author has to quote it";
    let broken = "your token's \"name\" claim has a line break or another control character";
    let (forbidden, bad) = (RefusalKind::Forbidden, RefusalKind::BadRequest);
    assert_eq!(launch("a: b", "x").await, refused(forbidden, claim));
    assert_eq!(launch("Ada", "*x").await, refused(bad, param));
    assert_eq!(launch("Ada\nx: y", "x").await, refused(forbidden, broken));
    let sentence = "invalid value for parameter \"what\"";
    assert_eq!(launch("Ada", "x\ny: z").await, refused(bad, sentence));
    // No refused launch has left a seat.
    let records = bed.owners().list(&ListParams::default()).await.expect("a list").items;
    assert!(
        records.iter().all(|it| it.status.as_ref().is_none_or(|status| status.seats.is_empty())),
        "{records:?}"
    );
    assert_eq!(launch("Ada Lovelace", "a-b").await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_environment_is_listed_until_it_is_gone() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    let name = bed.owned().await.remove(0).name_any();
    bed.replica(0).remove(&ada, "desk").await.expect("a deletion");
    let list = bed.replica(0).list(&ada).await.expect("a list");
    assert_eq!((list.count, list.used, list.limit), (1, 0, 5));
    assert_eq!(list.environments[0].status, Status::Deleting);
    bed.finish(&name).await;
    eventually("it is gone from the list", async || {
        bed.replica(0).list(&ada).await.is_ok_and(|list| list.count == 0)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_template_overrides_the_owners_limit_and_the_owner_the_defaults() {
    let bed = Bed::with(1).await;
    bed.template("a", |_| ()).await;
    bed.template("b", |_| ()).await;
    bed.template("strict", |spec| spec.max_instances_per_user = Some(1)).await;
    let ada = person("ada");
    launch(bed.replica(0), &ada, "a").await.expect("the first");
    let refused = launch(bed.replica(0), &ada, "strict").await.expect_err("one already");
    assert_eq!(refused.to_string(), "Maximum 1 environments allowed");
    let limit = json!({ "spec": { "maxInstances": 1 } });
    let edited = bed.owners().patch("ada", &PatchParams::default(), &Patch::Merge(limit)).await;
    edited.expect("an admin's limit");
    let refused = launch(bed.replica(0), &ada, "b").await.expect_err("one is her limit");
    assert_eq!(refused.kind(), RefusalKind::Forbidden);
    eventually("the list shows her limit", async || {
        bed.replica(0).list(&ada).await.is_ok_and(|list| list.limit == 1)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_finds_only_the_callers_environments() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let (ada, bob) = (person("ada"), person("bob"));
    let run = launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    let host = format!("desk-{}", run.uuid);
    let found = bed.replica(1).backend(&ada, &host).await.expect("hers");
    assert_eq!(found, Backend::NotListening);
    bed.report(&host, json!({ "phase": "Ready", "engineRef": "127.0.0.1:4321" })).await;
    eventually("its address is known", async || {
        let address = "127.0.0.1:4321".parse().expect("an address");
        bed.replica(1).backend(&ada, &host).await.ok() == Some(Backend::Listening(address))
    })
    .await;
    let refused = bed.replica(0).backend(&bob, &host).await.expect_err("not his");
    assert_eq!(refused.kind(), RefusalKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claimed_member_is_healthy_at_once() {
    let bed = Bed::with(1).await;
    bed.pool("warm", 1).await;
    let run = launch(bed.replica(0), &person("ada"), "warm").await.expect("a member");
    assert_eq!(run.status, Status::Healthy);
    assert!(!run.expires_at.is_empty());
    assert!(run.url.contains(&run.uuid), "{}", run.url);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_does_not_answer_is_not_ready() {
    let broken = tower::service_fn(|_: Request<Body>| async {
        Err::<Response<Body>, _>(io::Error::other("no route to host"))
    });
    let settings = Settings {
        namespace: "dploy-system".to_owned(),
        max_environments: 5,
        default_ttl: 3_600,
        extend_ttl: 600,
        max_changes: None,
        inherit_by_name: false,
        features: UiConfig::ALL,
    };
    let client = Client::new(broken, "dploy-system");
    let environments = Environments::start(client, settings, SystemClock::shared());
    let refusal = environments.ready().await.expect_err("no cluster");
    assert_eq!(
        (refusal.kind(), refusal.to_string().as_str()),
        (RefusalKind::Unavailable, "Service not ready")
    );
    assert!(catalog(&environments).is_empty());
}
