use super::*;

const LATER: Option<Duration> = Some(Duration::from_secs(600));

fn version(version: &str) -> Option<String> {
    Some(version.to_owned())
}

#[test]
fn the_own_write_is_not_reconciled_again_before_its_time() {
    let settled = Settled::default();
    assert_eq!(settled.begin("it", Some("1")), None);
    settled.wrote("it", Some("1"), version("2"), LATER);
    assert!(settled.begin("it", Some("2")).is_some_and(|rest| Some(rest) <= LATER));
    assert!(settled.begin("it", Some("2")).is_some(), "it stays settled");
    assert_eq!(settled.begin("it", Some("3")), None, "somebody else wrote it");
    assert_eq!(settled.begin("it", Some("2")), None, "that forgot it");
}

#[test]
fn a_reconcile_that_is_due_is_not_left_out() {
    let settled = Settled::default();
    settled.begin("it", Some("1"));
    settled.wrote("it", Some("1"), version("2"), Some(Duration::ZERO));
    assert_eq!(settled.begin("it", Some("2")), None);
}

#[test]
fn another_change_unsettles_it_also_while_it_is_reconciled() {
    let settled = Settled::default();
    settled.begin("it", Some("1"));
    settled.wrote("it", Some("1"), version("2"), LATER);
    settled.disturb("it");
    assert_eq!(settled.begin("it", Some("2")), None);
    settled.disturb("it");
    settled.wrote("it", Some("2"), version("3"), LATER);
    assert_eq!(settled.begin("it", Some("3")), None);
    settled.disturb_all();
    settled.wrote("it", Some("3"), version("4"), LATER);
    assert_eq!(settled.begin("it", Some("4")), None);
}

fn healthy() -> WorkloadState {
    WorkloadState { health: resources::Health::Healthy, ..WorkloadState::absent() }
}

#[test]
fn a_workload_is_known_until_something_disturbs_it() {
    let settled = Settled::default();
    settled.begin("it", Some("1"));
    settled.knows("it", Some(&healthy()));
    settled.begin("it", Some("2"));
    assert_eq!(settled.workload("it"), Some(healthy()), "another version says nothing of it");
    settled.knows("it", None);
    assert_eq!(settled.workload("it"), None);
    settled.knows("it", Some(&healthy()));
    settled.disturb("it");
    assert_eq!(settled.workload("it"), None);
    settled.knows("it", Some(&healthy()));
    assert_eq!(settled.workload("it"), None, "it was disturbed while it was reconciled");
}

#[tokio::test(start_paused = true)]
async fn a_workload_is_not_known_for_ever() {
    let settled = Settled::default();
    settled.begin("it", Some("1"));
    settled.knows("it", Some(&healthy()));
    tokio::time::advance(KNOWN_FOR / 2).await;
    settled.knows("it", Some(&healthy()));
    tokio::time::advance(KNOWN_FOR / 2).await;
    assert_eq!(settled.workload("it"), None, "nobody has looked since");
}

/// Else a reconcile that something woken meanwhile would place and write everything again.
#[test]
fn a_version_that_was_replaced_is_not_decided_on() {
    let settled = Settled::default();
    settled.begin("it", Some("1"));
    settled.disturb("it");
    settled.wrote("it", Some("1"), version("2"), LATER);
    assert_eq!(settled.begin("it", Some("1")), Some(LAG_PAUSE), "the watch lags");
    assert_eq!(settled.begin("it", Some("2")), None, "it was disturbed");
    settled.wrote("it", Some("2"), version("2"), LATER);
    settled.disturb("it");
    assert_eq!(settled.begin("it", Some("2")), None, "the write changed nothing");
    settled.wrote("it", Some("2"), version("3"), None);
    settled.disturb_all();
    assert_eq!(settled.begin("it", Some("2")), None, "the store was restored from a backup");
    settled.forget("it");
    assert_eq!(settled.begin("it", Some("3")), None);
}
