//! Owner records that were deleted, or restored without their status: nobody loses an environment,
//! and nobody gets another's.

use environments::{Caller, Environments, Refusal, RefusalKind};
use kube::{
    ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use resources::{DployOwner, DployOwnerSpec};
use serde_json::json;

use crate::bed::{
    Bed, at_once, called, eventually, from_issuer, launch, person, rounds, sorted, with_claims,
};

impl Bed {
    /// Deletes an owner record and waits until every replica knows.
    async fn lose(&self, owner: &str) -> DployOwner {
        let lost = self.owners().get(owner).await.expect("the owner's record");
        self.owners().delete(owner, &DeleteParams::default()).await.expect("a deletion");
        self.settle().await;
        lost
    }

    /// Restores a record as a backup tool does: as a new object, without its status.
    async fn restore(&self, lost: &DployOwner) {
        let mut copy = DployOwner::new(&lost.name_any(), DployOwnerSpec { ..lost.spec.clone() });
        copy.metadata.labels.clone_from(&lost.metadata.labels);
        self.owners().create(&PostParams::default(), &copy).await.expect("a restored record");
        self.settle().await;
    }

    /// Waits until every replica has seen all changes so far.
    async fn settle(&self) {
        let name = format!("mark-{}", clock_mark());
        let spec = DployOwnerSpec {
            identity: resources::Identity { value: name.clone(), ..resources::Identity::default() },
            ..DployOwnerSpec::default()
        };
        let mark = DployOwner::new(&name, spec);
        self.owners().create(&PostParams::default(), &mark).await.expect("a mark");
        let caller = called(&format!("of {name}"), &name);
        // The key of its name is bound to somebody else as soon as a replica has the mark.
        for n in 0..3 {
            eventually("a replica knows the mark", async || {
                self.replica(n).me(&caller).await.is_ok_and(|me| me.owner != name)
            })
            .await;
        }
        self.owners().delete(&name, &DeleteParams::default()).await.expect("a deletion");
    }
}

fn clock_mark() -> String {
    clock::World::of_the_machine().random_hex::<4>()
}

async fn uuids(environments: &Environments, caller: &Caller) -> Vec<String> {
    let list = environments.list(caller).await.expect("a list");
    let mut uuids: Vec<_> = list.environments.into_iter().map(|it| it.uuid).collect();
    uuids.sort();
    uuids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stranger_with_the_same_key_inherits_nothing_from_a_lost_record() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    bed.template("lab", |_| ()).await;
    let (ada, eve) = (called("sub-1", "ada"), called("sub-2", "ada"));
    let adas = launch(bed.replica(0), &ada, "desk").await.expect("ada's");
    bed.lose("ada").await;
    assert_eq!(uuids(bed.replica(1), &eve).await, Vec::<String>::new());
    assert!(bed.replica(1).status(&eve, "desk").await.is_err());
    assert!(bed.replica(1).extend(&eve, "desk").await.is_err());
    assert!(bed.replica(1).remove(&eve, "desk").await.is_err());
    let host = format!("desk-{}", adas.uuid);
    assert!(bed.replica(1).backend(&eve, &host).await.is_err());
    let eves = launch(bed.replica(1), &eve, "desk").await.expect("eve's");
    assert_ne!(eves.uuid, adas.uuid);
    assert_ne!(eves.owner, "ada", "the key is left to ada");
    assert_eq!(bed.replica(1).me(&ada).await.expect("ada").owner, "ada");
    assert_eq!(uuids(bed.replica(1), &ada).await, std::slice::from_ref(&adas.uuid));
    let again = launch(bed.replica(0), &ada, "desk").await.expect("ada's");
    assert_eq!((again.uuid, again.owner.as_str()), (adas.uuid, "ada"));
    assert!(bed.replica(0).backend(&ada, &host).await.is_ok());
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lost_record_comes_back_to_the_issuer_of_its_owner() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let ada = called("sub-1", "ada");
    let twin = from_issuer("https://other.test", ada.clone());
    let adas = launch(bed.replica(0), &ada, "desk").await.expect("ada's");
    let twins = launch(bed.replica(0), &twin, "desk").await.expect("her twin's");
    bed.lose("ada").await;
    bed.lose(&twins.owner).await;
    for (caller, run) in [(&twin, &twins), (&ada, &adas)] {
        let again = launch(bed.replica(1), caller, "desk").await.expect("the same one");
        assert_eq!((&again.uuid, &again.owner), (&run.uuid, &run.owner));
    }
    let twins_issuer = bed.owner_issuer(&twins.owner).await;
    assert_eq!(twins_issuer.as_deref(), Some("https://other.test"));
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stranger_who_has_the_key_sees_and_deletes_nothing_of_the_other_identity() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let (ada, eve) = (called("sub-1", "ada"), called("sub-2", "ada"));
    let adas = launch(bed.replica(0), &ada, "desk").await.expect("ada's");
    let mut lost = bed.lose("ada").await;
    lost.spec.identity.value = "sub-2".to_owned();
    lost.metadata.labels = None;
    bed.restore(&lost).await;
    let list = bed.replica(1).list(&eve).await.expect("a list");
    assert_eq!((list.count, list.used), (0, 0));
    for replica in [bed.replica(0), bed.replica(1)] {
        assert!(replica.status(&eve, "desk").await.is_err());
        assert!(replica.extend(&eve, "desk").await.is_err());
        assert!(replica.remove(&eve, "desk").await.is_err());
        assert!(replica.backend(&eve, &format!("desk-{}", adas.uuid)).await.is_err());
    }
    let eves = launch(bed.replica(1), &eve, "desk").await.expect("eve's");
    assert_ne!(eves.uuid, adas.uuid);
    assert!(bed.owned().await.iter().any(|it| it.spec.uuid.as_deref() == Some(&*adas.uuid)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_record_restored_without_its_status_gets_its_seats_back() {
    let bed = Bed::with(2).await;
    bed.pool("warm", 2).await;
    for template in ["a", "b", "c", "d", "e"] {
        bed.template(template, |_| ()).await;
    }
    let ada = person("ada");
    let mut before = Vec::new();
    for template in ["warm", "a", "b", "c"] {
        before.push(launch(bed.replica(0), &ada, template).await.expect("one of five").uuid);
    }
    before.sort();
    let lost = bed.lose("ada").await;
    bed.restore(&lost).await;
    // The first seat on the restored record would make the others orphans.
    launch(bed.replica(1), &ada, "d").await.expect("the fifth");
    let refused = launch(bed.replica(0), &ada, "e").await.expect_err("five is the limit");
    assert_eq!(refused.to_string(), "Maximum 5 environments allowed");
    assert_eq!(bed.seats("ada").await.len(), 5);
    bed.assert_balanced().await;
    let chosen = bed.seats("ada").await.into_iter().find(|seat| seat.template == "warm");
    assert!(chosen.is_some_and(|seat| seat.chosen_at.is_some()), "a member's seat has a version");
    for template in ["warm", "a", "b", "c"] {
        let again = launch(bed.replica(1), &ada, template).await.expect("hers");
        assert!(before.contains(&again.uuid));
        bed.replica(0).extend(&ada, template).await.expect("hers to extend");
        bed.replica(1).remove(&ada, template).await.expect("hers to delete");
    }
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_status_that_was_lost_in_place_comes_back_with_the_next_visit() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    let without = Patch::Merge(json!({ "status": null }));
    let lost = bed.owners().patch_status("ada", &PatchParams::default(), &without).await;
    assert_eq!(lost.expect("a record").status, None);
    bed.settle().await;
    let list = bed.replica(0).list(&ada).await.expect("a list");
    assert_eq!((list.count, list.used), (1, 1));
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn teams_and_owners_whose_name_has_changed_come_back_to_their_keys() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    bed.template("shared", |spec| spec.owner_claim = "team".to_owned()).await;
    let of =
        |subject: &str, name: &str| with_claims(called(subject, name), json!({ "team": "Blue" }));
    let (ada, bob) = (of("sub-1", "ada"), of("sub-2", "bob"));
    let adas = launch(bed.replica(0), &ada, "desk").await.expect("ada's");
    let teams = launch(bed.replica(0), &ada, "shared").await.expect("the team's");
    let expected = |mut uuids: Vec<String>| {
        uuids.sort();
        uuids
    };
    bed.lose("ada").await;
    bed.lose("blue").await;
    let ada_king = of("sub-1", "ada.king");
    assert_eq!(bed.replica(1).me(&ada_king).await.expect("ada").owner, "ada");
    assert_eq!(uuids(bed.replica(1), &bob).await, std::slice::from_ref(&teams.uuid));
    let both = expected(vec![adas.uuid.clone(), teams.uuid.clone()]);
    assert_eq!(uuids(bed.replica(1), &ada_king).await, both);
    assert_eq!(bed.replica(0).status(&ada_king, "desk").await.expect("hers").owner, "ada");
    bed.replica(0).extend(&bob, "shared").await.expect("the team's");
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_owner_costs_one_list_of_instances_and_a_known_one_nothing() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    bed.template("lab", |_| ()).await;
    let ada = person("ada");
    bed.network(0).take();
    launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    let first = bed.take_calls();
    let create = ["GET dployinstances", "POST dployowners"];
    let launched = ["PATCH status", "POST dployinstances"];
    assert_eq!(first, [&create[..], &launched].concat());
    launch(bed.replica(0), &ada, "lab").await.expect("an environment");
    assert_eq!(bed.take_calls(), launched);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn records_that_are_deleted_while_requests_run_lose_nothing() {
    for _ in 0..rounds() {
        let bed = Bed::with(3).await;
        bed.pool("warm", 5).await;
        for template in ["a", "b"] {
            bed.template(template, |_| ()).await;
        }
        let people: Vec<_> = ["ada", "bob", "eve", "dan"].map(person).into();
        let owners = bed.owners();
        let deleting = tokio::spawn(async move {
            for _ in 0..20 {
                for name in ["ada", "bob", "eve", "dan"] {
                    let _ = owners.delete(name, &DeleteParams::default()).await;
                }
                tokio::task::yield_now().await;
            }
        });
        let templates = ["warm", "a", "b"];
        let answers =
            at_once(36, |i| launch(bed.replica(i), &people[i % 4], templates[i / 4 % 3])).await;
        deleting.await.expect("no panic");
        let is_defect = |it: &&Result<_, Refusal>| {
            it.as_ref().is_err_and(|refusal| refusal.kind() == RefusalKind::Internal)
        };
        let defects: Vec<_> = answers.iter().filter(is_defect).collect();
        assert!(defects.is_empty(), "{defects:?}");
        let (acknowledged, refused) = sorted(answers);
        assert!(acknowledged.len() > refused.len(), "{refused:?}");
        bed.settle().await;
        for caller in &people {
            let listed = uuids(bed.replica(0), caller).await;
            let theirs: Vec<_> = acknowledged
                .iter()
                .filter(|run| Some(&run.owner) == caller.username.as_ref())
                .collect();
            for run in theirs {
                assert!(listed.contains(&run.uuid), "{} is lost: {listed:?}", run.uuid);
            }
            let list = bed.replica(1).list(caller).await.expect("a list");
            assert_eq!(list.used, list.count);
        }
    }
}
