//! Races: many requests at the same moment.

use std::collections::{BTreeMap, BTreeSet};

use environments::RefusalKind;
use faultnet::Call;
use jiff::Timestamp;
use kube::ResourceExt;

use crate::bed::{Bed, at_once, launch, person, rounds, sorted};

/// Runs a race in several rounds, each on a cluster of its own.
macro_rules! race {
    ($name:ident, $replicas:expr, $run:expr) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $name() {
            for _ in 0..rounds() {
                let bed = Bed::with($replicas).await;
                $run(&bed).await;
                bed.assert_balanced().await;
            }
        }
    };
}

race!(a_double_click_gives_one_environment_and_ten_equal_answers, 3, async |bed: &Bed| {
    bed.template("desk", |_| ()).await;
    let answers = at_once(10, |i| launch(bed.replica(i), &person("ada"), "desk")).await;
    let (runs, refused) = sorted(answers);
    assert_eq!((runs.len(), refused), (10, vec![]));
    assert!(runs.iter().all(|run| run.uuid == runs[0].uuid && run.url == runs[0].url), "{runs:?}");
    assert_eq!(bed.owned().await.len(), 1);
});

race!(a_double_click_on_a_pool_claims_one_member, 3, async |bed: &Bed| {
    bed.pool("warm", 6).await;
    let answers = at_once(10, |i| launch(bed.replica(i), &person("ada"), "warm")).await;
    let (runs, refused) = sorted(answers);
    assert_eq!((runs.len(), refused), (10, vec![]));
    assert!(runs.iter().all(|run| run.uuid == runs[0].uuid), "{runs:?}");
    assert_eq!(bed.owned().await.len(), 1);
});

race!(a_double_click_gives_one_environment_although_answers_are_lost, 3, async |bed: &Bed| {
    bed.lose_answers();
    bed.template("desk", |_| ()).await;
    let answers = at_once(10, |i| launch(bed.replica(i), &person("ada"), "desk")).await;
    let (runs, refused) = sorted(answers);
    // A request whose reads are lost as well may say that it does not know.
    assert!(refused.iter().all(|kind| *kind == RefusalKind::Unavailable), "{refused:?}");
    assert!(!runs.is_empty() && runs.iter().all(|run| run.uuid == runs[0].uuid), "{runs:?}");
    assert_eq!(bed.owned().await.len(), 1);
});

race!(of_a_hundred_launches_by_one_owner_the_limit_is_granted, 3, async |bed: &Bed| {
    for i in 0..20 {
        bed.template(&format!("t{i}"), |_| ()).await;
    }
    let ada = person("ada");
    let answers = at_once(100, |i| launch(bed.replica(i), &ada, &format!("t{}", i % 20))).await;
    let (runs, refused) = sorted(answers);
    let granted: BTreeSet<_> = runs.iter().map(|run| &run.uuid).collect();
    assert_eq!(granted.len(), 5);
    assert!(refused.iter().all(|kind| *kind == RefusalKind::Forbidden), "{refused:?}");
    assert_eq!(bed.owned().await.len(), 5);
});

race!(an_owner_of_four_gets_one_of_five_more, 2, async |bed: &Bed| {
    let ada = person("ada");
    for i in 0..9 {
        bed.template(&format!("t{i}"), |_| ()).await;
    }
    for i in 0..4 {
        launch(bed.replica(i), &ada, &format!("t{i}")).await.expect("one of the first four");
    }
    let answers = at_once(5, |i| launch(bed.replica(i), &ada, &format!("t{}", 4 + i))).await;
    let (runs, refused) = sorted(answers);
    assert_eq!((runs.len(), refused), (1, vec![RefusalKind::Forbidden; 4]));
    assert_eq!(bed.owned().await.len(), 5);
});

race!(forty_owners_claim_twenty_members, 3, async |bed: &Bed| {
    everybody_claims(bed, 40, 20).await;
});

race!(forty_owners_claim_twenty_members_although_answers_are_lost, 3, async |bed: &Bed| {
    bed.lose_answers();
    everybody_claims(bed, 40, 20).await;
});

race!(two_owners_claim_two_members, 2, async |bed: &Bed| {
    everybody_claims(bed, 2, 2).await;
});

race!(three_owners_claim_two_members_on_one_replica, 1, async |bed: &Bed| {
    everybody_claims(bed, 3, 2).await;
});

async fn everybody_claims(bed: &Bed, owners: usize, members: u32) {
    bed.pool("warm", members).await;
    let name = |i: usize| format!("owner-{i}");
    let answers = at_once(owners, |i| launch(bed.replica(i), &person(&name(i)), "warm")).await;
    let mut winners = BTreeMap::new();
    let mut losers = Vec::new();
    for (i, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(run) => assert!(winners.insert(run.uuid, name(i)).is_none(), "claimed twice"),
            Err(refusal) => losers.push(refusal.to_string()),
        }
    }
    let members = members as usize;
    assert_eq!(winners.len(), members.min(owners));
    let lost = "no pooled instance available, try again shortly".to_owned();
    assert_eq!(losers, vec![lost; owners.saturating_sub(members)]);
    for instance in bed.owned().await {
        let uuid = instance.spec.uuid.clone().expect("a uuid");
        assert_eq!(winners.get(&uuid), Some(&instance.spec.owner));
    }
}

race!(of_twenty_extends_three_count, 3, of_twenty_extends_three_count_on);

race!(of_twenty_extends_three_count_although_answers_are_lost, 3, async |bed: &Bed| {
    bed.lose_answers();
    of_twenty_extends_three_count_on(bed).await;
});

async fn of_twenty_extends_three_count_on(bed: &Bed) {
    bed.template("desk", |spec| spec.ttl.max_extends = Some(3)).await;
    let ada = person("ada");
    let first = launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    let answers = at_once(20, |i| {
        let (environments, ada) = (bed.replica(i).clone(), ada.clone());
        async move { environments.extend(&ada, "desk").await }
    })
    .await;
    let (extended, refused) = sorted(answers);
    assert_eq!(refused, vec![RefusalKind::Conflict; 17]);
    let deadlines: BTreeSet<_> = extended.iter().map(|it| it.expires_at.clone()).collect();
    let start: Timestamp = first.expires_at.parse().expect("a time");
    let expected: BTreeSet<_> = (1..=3)
        .map(|n| Timestamp::from_second(start.as_second() + n * 600).expect("a time").to_string())
        .collect();
    assert_eq!(deadlines, expected);
    let counts: BTreeSet<_> = extended.iter().map(|it| it.extend_count).collect();
    assert_eq!(counts, BTreeSet::from([1, 2, 3]));
}

race!(of_twenty_deletes_one_wins_and_a_new_launch_is_another_one, 3, of_twenty_deletes_one_wins_on);

race!(of_twenty_deletes_one_wins_although_answers_are_lost, 3, async |bed: &Bed| {
    bed.lose_answers();
    of_twenty_deletes_one_wins_on(bed).await;
});

async fn of_twenty_deletes_one_wins_on(bed: &Bed) {
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    let first = launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    let answers = at_once(20, |i| {
        let (environments, ada) = (bed.replica(i).clone(), ada.clone());
        async move { environments.remove(&ada, "desk").await }
    })
    .await;
    let (removed, refused) = sorted(answers);
    assert_eq!((removed.len(), refused), (1, vec![RefusalKind::NotFound; 19]));
    let second = launch(bed.replica(1), &ada, "desk").await.expect("another environment");
    assert_ne!(first.uuid, second.uuid);
}

race!(launches_and_deletes_at_once_leave_balanced_books, 3, async |bed: &Bed| {
    let refused = launches_and_deletes_at_once_on(bed).await;
    assert!(refused.iter().all(|kind| *kind == RefusalKind::NotFound), "{refused:?}");
});

race!(launches_and_deletes_leave_balanced_books_although_answers_are_lost, 3, async |bed: &Bed| {
    bed.lose_answers();
    let refused = launches_and_deletes_at_once_on(bed).await;
    // When another request has deleted what a launch created, a lost answer cannot be recovered.
    let honest = [RefusalKind::NotFound, RefusalKind::Unavailable];
    assert!(refused.iter().all(|kind| honest.contains(kind)), "{refused:?}");
});

async fn launches_and_deletes_at_once_on(bed: &Bed) -> Vec<RefusalKind> {
    bed.template("desk", |_| ()).await;
    bed.pool("warm", 12).await;
    let answers = at_once(24, |i| {
        let environments = bed.replica(i).clone();
        let caller = person(if i % 2 == 0 { "ada" } else { "bob" });
        let template = if i % 3 == 0 { "warm" } else { "desk" };
        async move {
            if i % 4 == 1 {
                environments.remove(&caller, template).await
            } else {
                launch(&environments, &caller, template).await.map(drop)
            }
        }
    })
    .await;
    sorted(answers).1
}

race!(a_claim_costs_two_writes, 1, async |bed: &Bed| {
    bed.pool("warm", 2).await;
    bed.template("other", |_| ()).await;
    launch(bed.replica(0), &person("ada"), "other").await.expect("a bound owner key");
    bed.network(0).take();
    launch(bed.replica(0), &person("ada"), "warm").await.expect("a member");
    assert_eq!(bed.network(0).count(Call::is_write), 2, "the seat and the member");
    let names: Vec<_> = bed.owned().await.iter().map(|it| it.name_any()).collect();
    assert_eq!(names.len(), 2);
});
