//! Different identities never share an environment, whatever their names are.

use environments::{Caller, RefusalKind};
use kube::api::ListParams;
use resources::Parameter;
use serde_json::json;

use crate::bed::{Bed, called, from_issuer, launch, person, with_claims};

/// Launches `template` for each caller, and checks that all of them have their own and see nothing
/// else.
async fn check_strangers(bed: &Bed, callers: &[Caller], template: &str) {
    let mut uuids = Vec::new();
    for (i, caller) in callers.iter().enumerate() {
        let run = launch(bed.replica(i), caller, template).await.expect("an environment");
        assert!(!uuids.contains(&run.uuid), "{} got somebody else's", caller.subject);
        uuids.push(run.uuid);
    }
    for (i, (caller, uuid)) in callers.iter().zip(&uuids).enumerate() {
        let environments = bed.replica(i);
        assert_eq!(&environments.status(caller, template).await.expect("theirs").uuid, uuid);
        let list = environments.list(caller).await.expect("a list");
        let listed: Vec<_> = list.environments.iter().map(|it| it.uuid.clone()).collect();
        assert_eq!(listed, std::slice::from_ref(uuid));
        environments.remove(caller, template).await.expect("theirs to delete");
        let again = environments.remove(caller, template).await.expect_err("nothing left");
        assert_eq!(again.kind(), RefusalKind::NotFound);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_give_one_key_are_different_owners() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let callers = ["john.doe", "john-doe", "john@doe", "John.Doe"].map(|name| called(name, name));
    check_strangers(&bed, &callers, "desk").await;
    let second_of_a_name = [called("sub-1", "john-doe"), called("sub-2", "john-doe")];
    check_strangers(&bed, &second_of_a_name, "desk").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_leave_nothing_for_a_key_are_different_owners() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let long = |end: &str| format!("{}{end}", "a".repeat(200));
    let callers = [
        person("Иван"),
        person("Пётр"),
        person("🦊"),
        person("🐻🐻"),
        person(&long("1")),
        person(&long("2")),
    ];
    check_strangers(&bed, &callers, "desk").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_and_templates_whose_names_join_alike_are_kept_apart() {
    let bed = Bed::with(1).await;
    bed.template("c", |_| ()).await;
    bed.template("b-c", |_| ()).await;
    let first = launch(bed.replica(0), &person("a-b"), "c").await.expect("an environment");
    let second = launch(bed.replica(0), &person("a"), "b-c").await.expect("an environment");
    assert_ne!(first.url, second.url);
    for (caller, other) in [("a-b", "b-c"), ("a", "c")] {
        let refusal = bed.replica(0).status(&person(caller), other).await.expect_err("not theirs");
        assert_eq!(refusal.kind(), RefusalKind::NotFound);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_display_name_changed_to_somebody_elses_changes_nothing() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let adas = launch(bed.replica(0), &called("s1", "ada"), "desk").await.expect("ada's");
    let bobs = launch(bed.replica(1), &called("s2", "bob"), "desk").await.expect("bob's");
    let bob_as_ada = called("s2", "ada");
    for replica in 0..2 {
        let run = launch(bed.replica(replica), &bob_as_ada, "desk").await.expect("bob's");
        assert_eq!((&run.uuid, run.owner.as_str()), (&bobs.uuid, "bob"));
    }
    bed.replica(0).remove(&bob_as_ada, "desk").await.expect("bob's");
    let status = bed.replica(0).status(&called("s1", "ada"), "desk").await.expect("ada's");
    assert_eq!(status.uuid, adas.uuid);
    assert_eq!(bed.replica(0).me(&bob_as_ada).await.expect("somebody").owner, "bob");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_shares_what_its_members_launch() {
    let bed = Bed::with(2).await;
    bed.template("desk", |spec| spec.owner_claim = "org.team".to_owned()).await;
    let of =
        |name: &str, team: &str| with_claims(person(name), json!({ "org": { "team": [team] } }));
    let (alice, bob, carol) = (of("alice", "Blue"), of("bob", "Blue"), of("carol", "Red"));
    let first = launch(bed.replica(0), &alice, "desk").await.expect("the team's");
    let second = launch(bed.replica(1), &bob, "desk").await.expect("the team's");
    assert_eq!((&first.uuid, first.shared, first.owner.as_str()), (&second.uuid, true, "blue"));
    let list = bed.replica(1).list(&bob).await.expect("a list");
    assert_eq!((list.count, list.used, list.environments[0].shared), (1, 0, true));
    assert_eq!(bed.replica(1).list(&carol).await.expect("a list").count, 0);
    let status = bed.replica(0).status(&carol, "desk").await.expect_err("not hers");
    assert_eq!(status.kind(), RefusalKind::NotFound);
    let teamless = launch(bed.replica(0), &person("dan"), "desk").await.expect_err("no team");
    assert_eq!(
        teamless.to_string(),
        "your token has no usable \"org.team\" claim required to own this environment"
    );
    bed.replica(0).remove(&bob, "desk").await.expect("the team's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_and_a_team_of_one_name_are_different_owners() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    bed.template("shared", |spec| spec.owner_claim = "team".to_owned()).await;
    let blue = person("blue");
    let member = with_claims(person("alice"), json!({ "team": "blue" }));
    let persons = launch(bed.replica(0), &blue, "desk").await.expect("the person's");
    let teams = launch(bed.replica(0), &member, "shared").await.expect("the team's");
    assert_eq!(persons.owner, "blue");
    assert!(teams.owner.starts_with("blue-"), "{}", teams.owner);
    assert_eq!(bed.replica(0).list(&blue).await.expect("a list").count, 1);
    assert_eq!(bed.replica(0).list(&member).await.expect("a list").count, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_claims_of_two_issuers_are_different_owners() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    bed.template("shared", |spec| spec.owner_claim = "team".to_owned()).await;
    let of_three_issuers = |caller: Caller| {
        let [one, two] =
            ["https://one.test", "https://two.test"].map(|it| from_issuer(it, caller.clone()));
        [caller, one, two]
    };
    check_strangers(&bed, &of_three_issuers(called("sub-1", "ada")), "desk").await;
    let member = with_claims(called("sub-2", "bob"), json!({ "team": "blue" }));
    check_strangers(&bed, &of_three_issuers(member), "shared").await;
    let keys = ["ada", "blue"].map(|key| bed.owner_issuer(key));
    assert_eq!(futures::future::join_all(keys).await, [None, None], "they came first");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_the_key_that_another_needs_by_choosing_a_name() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    let (first, victim) = (called("m1", "Victor"), called("v", "victor"));
    launch(bed.replica(0), &first, "desk").await.expect("an environment");
    let key = bed.replica(0).me(&victim).await.expect("the victim").owner;
    assert_eq!((key.len(), &key[..7]), (15, "victor-"));
    let squatter = launch(bed.replica(0), &called("m2", &key), "desk").await.expect("one");
    assert!(squatter.owner.starts_with(&format!("{key}-")), "{}", squatter.owner);
    let run = launch(bed.replica(0), &victim, "desk").await.expect("the victim's");
    assert_eq!(run.owner, key);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_whose_keys_are_taken_gets_one_with_more_digits() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let victim = called("v", "victor");
    let mut taken = Vec::new();
    for digits in [0, 8, 16, 32] {
        let key = bed.replica(0).me(&victim).await.expect("the victim").owner;
        assert_eq!(key.len(), if digits == 0 { 6 } else { 7 + digits }, "{key}");
        if digits < 32 {
            bed.take_key(&key, &victim).await;
        }
        taken.push(key);
    }
    let run = launch(bed.replica(0), &victim, "desk").await.expect("an environment");
    assert_eq!(Some(&run.owner), taken.last());
    let status = bed.replica(1).status(&victim, "desk").await.expect("it is found again");
    assert_eq!(status.uuid, run.uuid);
    bed.replica(1).remove(&victim, "desk").await.expect("the victim's to delete");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_a_name_owns_nothing_personally() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    bed.template("shared", |spec| spec.owner_claim = "team".to_owned()).await;
    let nameless = Caller { username: None, ..with_claims(person("x"), json!({ "team": "blue" })) };
    let refusal = launch(bed.replica(0), &nameless, "desk").await.expect_err("no name");
    assert_eq!(refusal.kind(), RefusalKind::Forbidden);
    launch(bed.replica(0), &nameless, "shared").await.expect("the team's");
    assert_eq!(bed.replica(0).list(&nameless).await.expect("a list").count, 1);
    assert!(bed.replica(0).me(&nameless).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_launch_leaves_no_record() {
    let bed = Bed::with(1).await;
    bed.template("sized", |spec| {
        spec.parameters =
            vec![Parameter { name: "size".into(), required: true, ..Parameter::default() }];
    })
    .await;
    bed.pool("cold", 0).await;
    for template in ["sized", "cold"] {
        launch(bed.replica(0), &person("ada"), template).await.expect_err(template);
    }
    let records = bed.owners().list(&ListParams::default()).await.expect("a list").items;
    assert!(records.is_empty(), "{records:?}");
}

/// Anybody can ask for what does not exist.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_costs_the_api_server_little() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    let (replica, ada) = (bed.replica(0), person("ada"));
    bed.take_calls();
    for _ in 0..20 {
        launch(replica, &ada, "unknown").await.expect_err("there is none");
        replica.ready().await.expect("it is ready");
    }
    // Two seconds at most pass on a busy machine.
    let calls = bed.take_calls();
    assert!(calls.len() <= 6, "{calls:?}");
    replica.status(&ada, "desk").await.expect_err("nothing runs");
    let calls = bed.take_calls();
    assert!(calls.iter().all(|it| it.starts_with("GET ada")), "{calls:?}");
}
