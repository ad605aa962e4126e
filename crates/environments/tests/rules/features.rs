//! Parts of the site that an admin disabled, and templates that the catalog hides.

use environments::{Caller, Part, Refusal};
use wire::UiConfig;

use crate::bed::{Bed, eventually, launch, person};

const NOTHING: UiConfig =
    UiConfig { catalog_enabled: false, instances_enabled: false, manager_enabled: false };

#[track_caller]
fn check_disabled<T>(answer: Result<T, Refusal>, part: Part) {
    let refusal = answer.err().expect("it is disabled");
    assert!(matches!(&refusal, Refusal::Disabled(it) if *it == part), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_part_refuses_everybody_and_launches_still_work() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    bed.template("lab", |_| ()).await;
    let (bare, _network) = bed.replica_with(|settings| settings.features = NOTHING);
    eventually("it is ready", async || bare.ready().await.is_ok()).await;
    let ada = person("ada");
    let admin = Caller { admin: true, ..person("root") };
    let run = launch(&bare, &ada, "desk").await.expect("a launch");
    launch(&bare, &ada, "lab").await.expect("a launch");
    check_disabled(bare.catalog(), Part::Catalog);
    check_disabled(bare.list(&ada).await, Part::List);
    check_disabled(bare.watch(&ada).await, Part::List);
    check_disabled(bare.as_admin(&admin), Part::Manager);
    check_disabled(bare.as_admin(&ada), Part::Manager);
    let list = bare.list_for_launch(&ada, "desk").await.expect("what the launch page follows");
    assert_eq!((list.count, &list.environments[0].uuid), (1, &run.uuid));
    assert_eq!(bare.status(&ada, "desk").await.expect("hers").uuid, run.uuid);
    bare.extend(&ada, "desk").await.expect("an extension");
    bare.remove(&ada, "desk").await.expect("a deletion");
    eventually("the whole list where it is enabled", async || {
        let list = bed.replica(0).list_for_launch(&ada, "desk").await;
        list.is_ok_and(|list| list.environments.iter().any(|it| it.name == "lab"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_caller_learns_of_a_template_that_the_catalog_does_not_show() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    bed.hidden_template("secret").await;
    let (replica, ada) = (bed.replica(0), person("ada"));
    assert_eq!(replica.entry(None, "desk").await.expect("it is shown").name, "desk");
    assert_eq!(replica.entry(Some(&ada), "secret").await.expect("hers to launch").name, "secret");
    bed.take_calls();
    for name in ["secret", "unknown"] {
        let refusal = replica.entry(None, name).await.expect_err(name);
        assert!(matches!(refusal, Refusal::SignedOut), "{name}: {refusal}");
    }
    assert_eq!(bed.take_calls(), Vec::<String>::new(), "a stranger costs the API server nothing");
    let (bare, _network) = bed.replica_with(|settings| settings.features = NOTHING);
    eventually("it is ready", async || bare.ready().await.is_ok()).await;
    assert!(bare.entry(None, "desk").await.is_err(), "no way around a disabled catalog");
    assert!(bare.entry(Some(&ada), "desk").await.is_ok());
}
