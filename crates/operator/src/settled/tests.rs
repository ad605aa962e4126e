use super::*;

const LATER: Duration = Duration::from_secs(600);

fn version(version: &str) -> Option<String> {
    Some(version.to_owned())
}

#[test]
fn the_own_write_is_not_reconciled_again_before_its_time() {
    let settled = Settled::default();
    assert_eq!(settled.begin("it", Some("1")), None);
    settled.wrote("it", version("2"), LATER);
    assert!(settled.begin("it", Some("2")).is_some_and(|rest| rest <= LATER));
    assert!(settled.begin("it", Some("2")).is_some(), "it stays settled");
    assert_eq!(settled.begin("it", Some("3")), None, "somebody else wrote it");
    assert_eq!(settled.begin("it", Some("2")), None, "that forgot it");
}

#[test]
fn a_reconcile_that_is_due_is_not_left_out() {
    let settled = Settled::default();
    settled.begin("it", Some("1"));
    settled.wrote("it", version("2"), Duration::ZERO);
    assert_eq!(settled.begin("it", Some("2")), None);
}

#[test]
fn another_change_unsettles_it_also_while_it_is_reconciled() {
    let settled = Settled::default();
    settled.begin("it", Some("1"));
    settled.wrote("it", version("2"), LATER);
    settled.disturb("it");
    assert_eq!(settled.begin("it", Some("2")), None);
    settled.disturb("it");
    settled.wrote("it", version("3"), LATER);
    assert_eq!(settled.begin("it", Some("3")), None);
    settled.disturb_all();
    settled.wrote("it", version("4"), LATER);
    assert_eq!(settled.begin("it", Some("4")), None);
}
