//! Environments of an older Dploy, which carry no identity: a name alone proves nothing.

use environments::{AdoptError, Adoption, Caller, Environments, adopt};
use kube::api::{ObjectMeta, PostParams};
use resources::{DployInstance, DployInstanceSpec, Identity, meta};
use serde_json::json;

use crate::bed::{Bed, called, eventually, launch, person, with_claims};

impl Bed {
    /// An environment as an older Dploy left it, adopted by the operator.
    async fn older_instance(&self, owner: &str, template: &str) {
        let metadata = ObjectMeta {
            name: Some(format!("{owner}-{template}")),
            labels: Some([(meta::OWNER.to_owned(), owner.to_owned())].into()),
            annotations: Some([(meta::ADOPTED.to_owned(), meta::TRUE.to_owned())].into()),
            ..ObjectMeta::default()
        };
        let spec = DployInstanceSpec {
            template_ref: template.to_owned(),
            owner: owner.to_owned(),
            uuid: Some("0123abcd".to_owned()),
            ..DployInstanceSpec::default()
        };
        let instance = DployInstance { metadata, spec, status: None };
        self.instances().create(&PostParams::default(), &instance).await.expect("an instance");
        let admin = Caller { admin: true, ..person("root") };
        self.everywhere(|it| {
            let proof = it.as_admin(&admin).expect("an admin");
            it.all_instances(proof).instances.iter().any(|row| row.owner == owner)
        })
        .await;
    }

    async fn adopt(&self, key: &str, identity: &Identity) -> Result<Adoption, AdoptError> {
        adopt(&self.client, &self.namespace, key, identity).await
    }
}

fn identity_of(subject: &str) -> Identity {
    Identity { claim: "sub".to_owned(), value: subject.to_owned(), ..Identity::default() }
}

/// Checks that the caller does not reach the environment of `grace-hopper`.
async fn check_nothing(replica: &Environments, caller: &Caller) {
    assert_eq!(replica.list(caller).await.expect("a list").count, 0);
    replica.status(caller, "desk").await.expect_err("not theirs");
    replica.extend(caller, "desk").await.expect_err("not theirs");
    replica.remove(caller, "desk").await.expect_err("not theirs");
    replica.backend(caller, "desk-0123abcd").await.expect_err("not theirs");
}

#[tokio::test(flavor = "multi_thread")]
async fn older_environments_are_nobodys_until_an_admin_says_whose_they_are() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    bed.older_instance("grace-hopper", "desk").await;
    let (grace, thief) = (called("sub-1", "Grace-Hopper"), called("thief", "Grace-Hopper"));
    for caller in [&thief, &grace] {
        check_nothing(bed.replica(0), caller).await;
    }
    let stolen = launch(bed.replica(0), &thief, "desk").await.expect("an environment");
    assert_ne!((&*stolen.owner, &*stolen.uuid), ("grace-hopper", "0123abcd"));
    assert_ne!(bed.replica(1).me(&grace).await.expect("grace").owner, "grace-hopper");

    let bound = bed.adopt("grace-hopper", &identity_of("sub-1")).await;
    assert_eq!(bound.expect("an adoption"), Adoption::Bound);
    eventually("grace has it", async || {
        bed.replica(1).list(&grace).await.is_ok_and(|list| list.count == 1)
    })
    .await;
    let run = launch(bed.replica(1), &grace, "desk").await.expect("hers");
    assert_eq!((&*run.owner, &*run.uuid), ("grace-hopper", "0123abcd"));
    bed.replica(1).remove(&grace, "desk").await.expect("hers to delete");
}

#[tokio::test(flavor = "multi_thread")]
async fn older_environments_of_a_team_are_reserved_too() {
    let bed = Bed::with(1).await;
    bed.template("desk", |spec| spec.owner_claim = "team".to_owned()).await;
    bed.older_instance("blue", "desk").await;
    let member = with_claims(person("ada"), json!({ "team": "Blue" }));
    check_nothing(bed.replica(0), &member).await;
    let team = Identity {
        kind: resources::IdentityKind::Team,
        claim: "team".to_owned(),
        value: "Blue".to_owned(),
        issuer: None,
    };
    bed.adopt("blue", &team).await.expect("an adoption");
    eventually("the team has it", async || {
        bed.replica(0).list(&member).await.is_ok_and(|list| list.count == 1)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adoption_gives_no_key_and_no_identity_away_twice() {
    let bed = Bed::with(1).await;
    let (ada, eve) = (identity_of("sub-1"), identity_of("sub-2"));
    let elsewhere = Identity { issuer: Some("https://other.test".to_owned()), ..ada.clone() };
    assert_eq!(bed.adopt("ada", &ada).await.expect("an adoption"), Adoption::Bound);
    assert_eq!(bed.adopt("ada", &ada).await.expect("the same"), Adoption::WasBound);
    for other in [&eve, &elsewhere] {
        let refused = bed.adopt("ada", other).await.expect_err("it is ada's");
        assert!(matches!(&refused, AdoptError::BoundToAnother(key) if key == "ada"), "{refused}");
    }
    let refused = bed.adopt("ada-2", &ada).await.expect_err("she has a key");
    assert!(matches!(&refused, AdoptError::HasAnotherKey(key) if key == "ada"), "{refused}");
    let refused = bed.adopt("Ada", &eve).await.expect_err("no key");
    assert!(matches!(refused, AdoptError::NotAKey(_)), "{refused}");
    bed.adopt("ada-twin", &elsewhere).await.expect("another identity");
}

#[tokio::test(flavor = "multi_thread")]
async fn older_environments_go_to_a_name_only_where_an_admin_allows_it() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    // The second name looks like a key with a suffix. An older Dploy gave plain keys to all.
    for (key, name) in [("grace-hopper", "Grace-Hopper"), ("ada-20261130", "ada.20261130")] {
        bed.older_instance(key, "desk").await;
        let (trusting, _network) = bed.replica_with(|settings| settings.inherit_by_name = true);
        eventually("it is ready", async || trusting.ready().await.is_ok()).await;
        let caller = called(&format!("sub of {key}"), name);
        let list = trusting.list(&caller).await.expect("a list");
        assert_eq!((list.count, &*list.environments[0].owner), (1, key));
        let late = trusting.list(&called("late", name)).await.expect("a list");
        assert_eq!(late.count, 0, "they are the first caller's");
    }
}
