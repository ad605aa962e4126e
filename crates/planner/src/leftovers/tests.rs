use super::*;

const MINUTE: Duration = Duration::from_mins(1);

fn leftover(engine: Option<EngineName>, uid: &str, instance: &str) -> Leftover {
    let placed = Placed {
        api_version: "v1".into(),
        kind: "Namespace".into(),
        namespace: String::new(),
        name: "ada-lab-0123abcd".into(),
        uid: uid.into(),
        instance: Some(instance.into()),
        is_deleting: false,
    };
    Leftover { engine, placed }
}

fn namespace(uid: &str) -> Leftover {
    leftover(None, uid, "lab-0123abcd")
}

fn release(uid: &str) -> Leftover {
    leftover(Some(EngineName::Flux), uid, "lab-0123abcd")
}

fn found(leftovers: &[Leftover]) -> Found {
    Found { leftovers: leftovers.into(), is_incomplete: false }
}

/// The uids that the sweeps delete, each a minute after the one before.
fn swept(sweeps: &[&[Leftover]]) -> Vec<Vec<String>> {
    let (mut sightings, began) = (Sightings::default(), Instant::now());
    let sweeps = (0_u32..).zip(sweeps).map(|(at, leftovers)| {
        let verdict =
            sightings.decide(found(leftovers), LeftoverTimings::default(), began + MINUTE * at);
        verdict.delete.into_iter().map(|it| it.placed.uid).collect()
    });
    sweeps.collect()
}

#[test]
fn a_leftover_is_deleted_when_it_is_seen_again_after_a_minute() {
    let (mut sightings, began) = (Sightings::default(), Instant::now());
    let mut after = |seconds| {
        let now = began + Duration::from_secs(seconds);
        let seen = found(&[namespace("1")]);
        sightings.decide(seen, LeftoverTimings::default(), now).delete.len()
    };
    assert_eq!((after(0), after(59), after(60)), (0, 0, 1));
}

#[test]
fn another_object_of_that_name_starts_anew() {
    assert_eq!(swept(&[&[namespace("1")], &[namespace("2")]]), [[""; 0], []]);
}

#[test]
fn one_that_was_not_seen_in_between_starts_anew() {
    let one = [namespace("1")];
    assert_eq!(swept(&[&one, &[], &one, &one]), [vec![], vec![], vec![], vec!["1".to_owned()]]);
}

#[test]
fn a_namespace_waits_for_what_runs_in_it() {
    let both = [release("1"), namespace("2")];
    let others = [leftover(Some(EngineName::Flux), "3", "desk-0123abcd"), namespace("2")];
    let expected = [vec![], vec!["1".to_owned()], vec!["3".to_owned(), "2".to_owned()]];
    assert_eq!(swept(&[&both, &both, &others])[..2], expected[..2]);
    assert_eq!(swept(&[&others, &others])[1], expected[2]);
}

#[test]
fn a_terminating_namespace_is_not_deleted_again_and_a_pending_deletion_is_pushed() {
    let mut ending = [namespace("1"), leftover(Some(EngineName::Argocd), "2", "desk-0123abcd")];
    for it in &mut ending {
        it.placed.is_deleting = true;
    }
    assert_eq!(swept(&[&ending, &ending])[1], ["2"]);
}

#[test]
fn a_sweep_that_found_something_or_was_incomplete_is_followed_by_another_soon() {
    let after = |found: Found| {
        let late = LeftoverTimings { early_sweeps: 1, ..LeftoverTimings::default() };
        Sightings::default().decide(found, late, Instant::now()).sweep_after
    };
    assert_eq!(after(found(&[])), MINUTE * 60);
    assert_eq!(after(found(&[namespace("1")])), MINUTE);
    assert_eq!(after(Found { is_incomplete: true, ..Found::default() }), MINUTE);
}

#[test]
fn a_term_begins_with_three_sweeps_for_what_the_former_leader_requested_last() {
    let mut sightings = Sightings::default();
    let mut pause = || {
        let timings = LeftoverTimings::default();
        sightings.decide(found(&[]), timings, Instant::now()).sweep_after
    };
    assert_eq!([pause(), pause(), pause(), pause()], [1, 1, 60, 60].map(|it| MINUTE * it));
}

#[test]
fn a_deletion_is_reported_once() {
    let mut sightings = Sightings::default();
    sightings.decide(found(&[namespace("1")]), LeftoverTimings::default(), Instant::now());
    assert!(sightings.deleted(&namespace("1")));
    assert!(!sightings.deleted(&namespace("1")));
}
