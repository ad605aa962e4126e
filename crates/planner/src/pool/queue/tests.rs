use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use proptest::prelude::*;
use resources::DployInstanceSpec;

use super::*;

/// The queue of these places, first come first. `a=m` is a place whose owner got member `m`
/// already.
pub(in crate::pool) fn queue(names: &str) -> Queue {
    let places = names.split_whitespace().enumerate().map(|(second, name)| {
        let (name, member) =
            name.split_once('=').map_or((name, None), |(name, it)| (name, Some(it)));
        let turn = turn(&instance(name, i64::try_from(second).unwrap()));
        Place { name: name.into(), turn, member: member.map(Into::into) }
    });
    Queue(places.collect())
}

fn instance(name: &str, second: i64) -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: "lab".into(),
        owner: format!("owner-of-{name}"),
        pooled: true,
        queued: true,
        ..DployInstanceSpec::default()
    };
    let mut place = DployInstance::new(name, spec);
    place.metadata.creation_timestamp = Some(Time(Timestamp::from_second(second).unwrap()));
    place
}

/// A census of members that start and members that are ready.
pub(in crate::pool) fn census(starting: &str, ready: &str) -> Census {
    let starting = starting.split_whitespace().map(|it| (it, Standing::Starting));
    let ready = ready.split_whitespace().map(|it| (it, Standing::Ready));
    Census::of(starting.chain(ready).map(|(name, standing)| Member {
        name: name.into(),
        created: Timestamp::UNIX_EPOCH,
        is_current: true,
        standing,
        message: String::new(),
    }))
}

fn policy(max_size: usize) -> PoolPolicy {
    PoolPolicy { size: 1, max_size, recycle: true }
}

#[track_caller]
fn check(max_size: usize, census: &Census, waiting: &str, expected: &str) {
    let served = serve(&policy(max_size), census, &queue(waiting), &InFlight::default());
    let assigned = served.assign.iter().map(|it| format!("{}<-{}", it.place, it.member));
    let all: Vec<String> = assigned.chain(served.release).collect();
    assert_eq!(all.join(" "), expected);
}

#[test]
fn ready_members_go_to_the_first() {
    check(2, &census("", "m n"), "a b c", "a<-m b<-n");
    check(2, &census("", "m n"), "a", "a<-m");
}

#[test]
fn places_start_when_the_pool_has_room() {
    check(2, &census("", ""), "a b c", "a b");
    check(usize::MAX, &census("", ""), "a b c", "a b c");
}

#[test]
fn a_member_that_starts_is_for_the_first_and_takes_its_room() {
    check(3, &census("s", ""), "a b c d", "b c");
    check(1, &census("s", ""), "a b", "");
    check(3, &census("s", "m"), "a b c d", "a<-m c");
}

#[test]
fn an_assignment_that_began_ends_first() {
    check(1, &census("", ""), "a=m b", "a<-m b");
}

#[test]
fn the_queue_is_read_from_the_instances() {
    let mut member = instance("m", 9);
    member.spec.queued = false;
    member.spec.owner = "owner-of-a".into();
    let annotations = [(resources::meta::QUEUED_AS.to_owned(), "a".to_owned())];
    member.metadata.annotations = Some(annotations.into());
    let read = Queue::of(&[instance("b", 2), member, instance("a", 1)]);
    let names: Vec<(&str, Option<&str>)> =
        read.places().map(|it| (it.name.as_str(), it.member.as_deref())).collect();
    assert_eq!(names, [("a", Some("m")), ("b", None)]);
}

proptest! {
    #[test]
    fn nobody_is_served_twice_and_the_pool_keeps_its_size(
        places in 0_usize..12, starting in 0_usize..4, ready in 0_usize..4, claimed in 0_usize..6,
        creating in 0_usize..3, max_size in 0_usize..12,
    ) {
        let names = |kind: &str, count: usize| {
            (0..count).map(|n| format!("{kind}{n:02}")).collect::<Vec<_>>().join(" ")
        };
        let mut members = census(&names("s", starting), &names("r", ready));
        members.0.extend((0..claimed).map(|n| started(&format!("c{n}"))));
        let waiting = queue(&names("p", places));
        let in_flight = InFlight { creating, ..InFlight::default() };
        let served = serve(&policy(max_size), &members, &waiting, &in_flight);

        let mut all: Vec<&str> = served.assign.iter().map(|it| &*it.place).collect();
        prop_assert!(all.iter().eq(waiting.0.iter().map(|it| &*it.name).take(all.len()).collect::<Vec<_>>().iter()));
        all.extend(served.release.iter().map(|it| &**it));
        let unique: BTreeSet<&str> = all.iter().copied().collect();
        prop_assert_eq!(unique.len(), all.len());
        let used: BTreeSet<&str> = served.assign.iter().map(|it| &*it.member).collect();
        prop_assert_eq!(used.len(), served.assign.len());
        prop_assert_eq!(served.assign.len(), places.min(ready));

        let before = starting + ready + claimed + creating;
        prop_assert!(before + served.release.len() <= max_size.max(before));
        // No room stays unused while somebody waits for whom no member starts.
        let room = max_size.saturating_sub(before);
        let unserved = places.saturating_sub(ready + starting + creating);
        prop_assert_eq!(served.release.len(), unserved.min(room));
    }
}
