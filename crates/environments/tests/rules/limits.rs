//! One person's loop of changes neither hurts others nor makes anything grow.

use std::num::NonZeroU32;

use environments::{Caller, Refusal, RefusalKind};
use kube::{ResourceExt, api::ListParams};

use crate::bed::{Bed, eventually, launch, person};

#[tokio::test(flavor = "multi_thread")]
async fn environments_in_deletion_have_a_limit_of_their_own() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| {}).await;
    let (ada, replica) = (person("ada"), bed.replica(0));
    // Nobody finishes the deletions. Five environments may live, and ten may be in deletion.
    for _ in 0..10 {
        launch(replica, &ada, "desk").await.expect("an environment");
        replica.remove(&ada, "desk").await.expect("a deletion");
    }
    let refused = launch(replica, &ada, "desk").await.expect_err("an eleventh");
    assert_eq!(refused.kind(), RefusalKind::TooMany);
    let sentence = "10 environments are still being deleted, try again shortly";
    assert_eq!(refused.to_string(), sentence);
    launch(replica, &person("bob"), "desk").await.expect("an environment of somebody else");
    let all = bed.instances().list(&ListParams::default()).await.expect("a list").items;
    let ended = all.into_iter().find(|it| it.spec.owner == "ada").expect("one of them");
    bed.finish(&ended.name_any()).await;
    eventually("it can be launched", async || launch(replica, &ada, "desk").await.is_ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_too_much_waits_and_others_do_not() {
    let bed = Bed::with(0).await;
    let (replica, _) = bed.replica_with(|it| it.max_changes = NonZeroU32::new(3));
    bed.template("desk", |_| {}).await;
    let ada = person("ada");
    eventually("it is ready", async || replica.ready().await.is_ok()).await;
    launch(&replica, &ada, "desk").await.expect("a first change");
    // What changes nothing does not count.
    for _ in 0..5 {
        launch(&replica, &ada, "desk").await.expect("the environment that there is");
        replica.status(&ada, "desk").await.expect("a status");
        replica.remove(&ada, "other").await.expect_err("nothing to delete");
    }
    replica.extend(&ada, "desk").await.expect("a second change");
    replica.remove(&ada, "desk").await.expect("a third change");
    let refused = launch(&replica, &ada, "desk").await.expect_err("a fourth change");
    let Refusal::TooManyChanges { retry_after } = refused else { panic!("{refused}") };
    assert!((1..=20).contains(&retry_after), "{retry_after} s");
    launch(&replica, &person("bob"), "desk").await.expect("a change of somebody else");
    // The same subject at another issuer is somebody else, too.
    let other = Caller { issuer: Some("https://other.test".to_owned()), ..ada };
    launch(&replica, &other, "desk").await.expect("a change of another issuer's ada");
}
