use std::{fmt::Write, sync::Arc};

use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{
    Chart, ConnectionType, DployInstance, DployInstanceSpec, DployInstanceStatus, DployTemplate,
    DployTemplateSpec, EngineName, Health, LaunchDefaults, Phase, meta,
};
use serde_json::json;

use super::*;
use crate::engines::{Draft, Look, Order, OrderRef};

const NOW: i64 = 1_800_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn ago(seconds: i64) -> Time {
    Time(Timestamp::from_second(NOW - seconds).unwrap())
}

/// An instance that a server launched an hour ago and that runs well; each test says what is different.
struct Given {
    instance: DployInstance,
    seen: Sighting,
}

fn template() -> DployTemplate {
    let spec = DployTemplateSpec { chart: Some(Chart::default()), ..DployTemplateSpec::default() };
    DployTemplate::new("lab", spec)
}

fn draft(instance: &DployInstance) -> Draft {
    let reference = OrderRef {
        instance: "lab-0123abcd".into(),
        uuid: "0123abcd".into(),
        namespace: "ada-lab-0123abcd".into(),
    };
    let order = Order { reference, instance: Arc::new(instance.clone()), config: Arc::default() };
    Draft { order, documents: vec![json!("the chart")] }
}

fn given() -> Given {
    let defaults = LaunchDefaults::default();
    let spec = DployInstanceSpec {
        template_ref: "lab".into(),
        owner: "ada".into(),
        uuid: Some("0123abcd".into()),
        resolved: Some(rendering::resolve(&template(), None, defaults, "00".repeat(16))),
        ..DployInstanceSpec::default()
    };
    let mut instance = DployInstance::new("lab-0123abcd", spec);
    instance.metadata.creation_timestamp = Some(ago(3600));
    instance.metadata.finalizers = Some(vec![meta::FINALIZER.into()]);
    instance.metadata.labels = Some([(meta::MANAGED.into(), meta::TRUE.into())].into());
    instance.status = Some(DployInstanceStatus {
        phase: Some(Phase::Ready),
        namespace: Some("ada-lab-0123abcd".into()),
        engine: Some(EngineName::Flux),
        ..DployInstanceStatus::default()
    });
    let draft = draft(&instance);
    let look = Look {
        placed: Some(draft.digest()),
        health: Health::Healthy,
        reason: "Healthy",
        message: "It answers.".into(),
        engine_ref: None,
    };
    let seen = Sighting {
        template: Some(Arc::new(template())),
        template_gone: false,
        config: None,
        defaults,
        seat: Seating::Held,
        namespace: NamespaceSeen::Ours,
        workload: Workload::Seen { draft: Ok(Box::new(draft)), look },
        connection: Ok(Connection {
            url: "https://lab-0123abcd".into(),
            connection_type: ConnectionType::Web,
            message: String::new(),
        }),
        fresh: Fresh { uuid: "89ab0123".into(), seed: "11".repeat(16) },
    };
    Given { instance, seen }
}

impl Given {
    fn expires_in(mut self, seconds: i64) -> Self {
        self.instance.spec.expires_at = Some(ago(-seconds));
        self
    }

    fn deleted(mut self) -> Self {
        self.instance.metadata.deletion_timestamp = Some(ago(0));
        self.seen.workload = Workload::NotAsked;
        self.seen.connection = Err(String::new());
        self
    }

    fn without_a_seat(mut self) -> Self {
        self.seen.seat = Seating::Nowhere;
        self
    }

    fn created_ago(mut self, seconds: i64) -> Self {
        self.instance.metadata.creation_timestamp = Some(ago(seconds));
        self
    }

    fn member(mut self) -> Self {
        self.instance.spec.pooled = true;
        self.instance.spec.owner.clear();
        self.instance.status.as_mut().unwrap().phase = Some(Phase::Available);
        self
    }

    fn void(mut self) -> Self {
        self.instance.labels_mut().insert(meta::VOID.into(), meta::TRUE.into());
        self.instance.metadata.finalizers = None;
        self.instance.status = None;
        self
    }

    fn fresh(mut self) -> Self {
        self.instance.status = None;
        self.seen.namespace = NamespaceSeen::Unnamed;
        self.seen.workload = Workload::NotAsked;
        self
    }

    fn namespace(mut self, namespace: NamespaceSeen) -> Self {
        self.seen.namespace = namespace;
        self
    }

    fn phase(mut self, phase: Phase) -> Self {
        self.instance.status.as_mut().unwrap().phase = Some(phase);
        self
    }

    fn look(mut self, change: impl FnOnce(&mut Look)) -> Self {
        if let Workload::Seen { look, .. } = &mut self.seen.workload {
            change(look);
        }
        self
    }

    fn health(self, health: Health, reason: &'static str) -> Self {
        self.look(|look| (look.health, look.reason) = (health, reason))
    }

    fn workload(mut self, workload: Workload) -> Self {
        self.seen.workload = workload;
        self
    }

    fn by_hand(mut self) -> Self {
        self = self.fresh();
        self.instance.spec.uuid = None;
        self.instance.spec.resolved = None;
        self.instance.metadata.finalizers = None;
        self
    }
}

fn script(verdict: &Verdict) -> String {
    let mut text = String::new();
    for step in &verdict.steps {
        let line = match step {
            Step::Adopt(it) => format!(
                "adopt {} by hand {} expires {:?}",
                it.uuid.as_deref().unwrap_or("-"),
                it.by_hand,
                it.expires_at.as_ref().map(|it| it.0.as_second() - NOW)
            ),
            Step::OpenNamespace(name) => format!("open {name}"),
            Step::Place(engine, _) => format!("place by {}", engine.as_str()),
            Step::Withdraw(engine, it) => {
                format!("withdraw {} by {}", it.instance, engine.as_str())
            }
            Step::CloseNamespace(name) => format!("close {name}"),
            Step::Delete(why) => format!("delete: {}", why.reason()),
            Step::Release => "release".into(),
        };
        writeln!(text, "{line}").unwrap();
    }
    if let Some(picture) = &verdict.picture {
        let ready = &picture.conditions[0];
        let phase = picture.phase.unwrap();
        writeln!(text, "show {phase}, Ready {} {}", ready.status, ready.reason).unwrap();
    }
    match verdict.look_again {
        Some(again) => writeln!(text, "again in {again:?}").unwrap(),
        None => writeln!(text, "again on a change").unwrap(),
    }
    text
}

#[track_caller]
fn check(given: Given, expected: Expect) {
    expected.assert_eq(&script(&decide(&given.instance, &given.seen, now())));
}

#[test]
fn a_new_instance_writes_its_namespace_down_before_anything_is_made() {
    let given = given().fresh();
    let verdict = decide(&given.instance, &given.seen, now());
    let namespace = verdict.picture.as_ref().unwrap().namespace.clone();
    assert_eq!(namespace.as_deref(), Some("ada-lab-0123abcd"));
    check(
        given,
        expect![[r#"
            show Provisioning, Ready False NotPlaced
            again in 5ms
        "#]],
    );
}

#[test]
fn then_the_namespace_is_opened_and_the_workload_placed() {
    check(
        given()
            .phase(Phase::Provisioning)
            .namespace(NamespaceSeen::Missing)
            .look(|it| *it = Look::nothing()),
        expect![[r#"
            open ada-lab-0123abcd
            place by flux
            show Provisioning, Ready False NotPlaced
            again in 5ms
        "#]],
    );
}

#[test]
fn what_stands_and_is_well_is_left_alone() {
    check(
        given(),
        expect![[r#"
            show Ready, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn the_next_look_is_exactly_at_the_deadline() {
    check(
        given().expires_in(90),
        expect![[r#"
            show Ready, Ready True Healthy
            again in 90s
        "#]],
    );
}

#[test]
fn an_instance_is_deleted_at_its_deadline() {
    check(
        given().expires_in(0),
        expect![[r#"
            delete: Expired
            again on a change
        "#]],
    );
}

#[test]
fn a_teardown_withdraws_closes_and_releases_in_this_order() {
    check(
        given().deleted().without_a_seat(),
        expect![[r#"
            withdraw lab-0123abcd by flux
            close ada-lab-0123abcd
            release
            again on a change
        "#]],
    );
}

#[test]
fn a_seat_keeps_the_finalizer() {
    check(
        given().deleted(),
        expect![[r#"
            withdraw lab-0123abcd by flux
            close ada-lab-0123abcd
            show Expiring, Ready False SeatHeld
            again in 1s
        "#]],
    );
}

#[test]
fn a_teardown_of_what_never_began_only_releases() {
    check(
        given().fresh().deleted().without_a_seat(),
        expect![[r#"
            release
            again on a change
        "#]],
    );
}

#[test]
fn a_teardown_waits_for_the_engine_that_placed_it() {
    check(
        given().deleted().without_a_seat().workload(Workload::NoEngine(EngineName::Flux)),
        expect![[r#"
            show Expiring, Ready False EngineNotEnabled
            again in 1s
        "#]],
    );
}

#[test]
fn a_foreign_namespace_is_never_closed() {
    check(
        given().deleted().without_a_seat().namespace(NamespaceSeen::Foreign),
        expect![[r#"
            withdraw lab-0123abcd by flux
            release
            again on a change
        "#]],
    );
}

#[test]
fn a_foreign_namespace_is_never_adopted() {
    check(
        given().namespace(NamespaceSeen::Foreign),
        expect![[r#"
            show Failed, Ready False NamespaceTaken
            again in 10s
        "#]],
    );
}

#[test]
fn a_server_made_instance_without_a_seat_is_an_orphan_after_its_grace() {
    check(
        given().without_a_seat(),
        expect![[r#"
            delete: Orphaned
            again on a change
        "#]],
    );
    check(
        given().without_a_seat().created_ago(10),
        expect![[r#"
            show Ready, Ready True Healthy
            again in 20s
        "#]],
    );
}

#[test]
fn what_was_adopted_or_has_no_label_is_no_orphan() {
    let mut adopted = given().without_a_seat();
    adopted.instance.annotations_mut().insert(meta::ADOPTED.into(), meta::TRUE.into());
    let mut unlabelled = given().without_a_seat();
    unlabelled.instance.metadata.labels = None;
    for given in [adopted, unlabelled] {
        check(
            given,
            expect![[r#"
                show Ready, Ready True Healthy
                again in 600s
            "#]],
        );
    }
}

#[test]
fn a_removed_record_makes_no_orphans() {
    let mut given = given();
    given.seen.seat = Seating::NoRecord;
    check(
        given,
        expect![[r#"
            show Ready, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn an_unclaimed_member_goes_with_its_template_and_a_claimed_one_stays() {
    let mut unclaimed = given().member();
    unclaimed.seen.template_gone = true;
    check(
        unclaimed,
        expect![[r#"
            delete: TemplateGone
            again on a change
        "#]],
    );
    let mut claimed = given().member();
    claimed.seen.template_gone = true;
    claimed.instance.spec.owner = "ada".into();
    check(
        claimed,
        expect![[r#"
            show Claimed, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn a_void_instance_stands_for_ten_minutes_and_as_long_as_a_seat_names_it() {
    check(
        given().void().created_ago(590),
        expect![[r#"
        again in 10s
    "#]],
    );
    check(
        given().void(),
        expect![[r#"
        again on a change
    "#]],
    );
    check(
        given().void().without_a_seat(),
        expect![[r#"
            delete: VoidIsOver
            again on a change
        "#]],
    );
}

#[test]
fn an_instance_by_hand_is_completed() {
    let mut by_hand = given().by_hand();
    by_hand.instance.spec.ttl_seconds = Some(7200);
    check(
        by_hand,
        expect![[r#"
            adopt 89ab0123 by hand true expires Some(3600)
            again on a change
        "#]],
    );
}

#[test]
fn an_older_instance_keeps_its_uuid_and_unlimited_ones_get_no_deadline() {
    let mut by_hand = given().by_hand();
    by_hand.instance.spec.ttl_seconds = Some(-1);
    let uuid = Some("feedbeef".into());
    by_hand.instance.status = Some(DployInstanceStatus { uuid, ..DployInstanceStatus::default() });
    check(
        by_hand,
        expect![[r#"
            adopt feedbeef by hand true expires None
            again on a change
        "#]],
    );
}

#[test]
fn a_lost_finalizer_comes_back() {
    let mut given = given();
    given.instance.metadata.finalizers = None;
    check(
        given,
        expect![[r#"
            adopt - by hand false expires None
            again on a change
        "#]],
    );
}

#[test]
fn without_a_template_nothing_can_be_completed() {
    let mut given = given().by_hand();
    given.seen.template = None;
    check(
        given,
        expect![[r#"
            show Failed, Ready False TemplateNotFound
            again on a change
        "#]],
    );
}

#[test]
fn an_address_or_a_draft_that_cannot_be_rendered_waits_for_an_edit() {
    let mut no_address = given();
    no_address.seen.connection = Err("line 1: what is this".into());
    let nothing = Look::nothing();
    let no_draft =
        given().workload(Workload::Seen { draft: Err("no chart".into()), look: nothing });
    for given in [no_address, no_draft] {
        check(
            given,
            expect![[r#"
                show Failed, Ready False TemplateInvalid
                again on a change
            "#]],
        );
    }
}

#[test]
fn one_that_ran_keeps_its_phase_while_its_health_tells_the_rest() {
    check(
        given().health(Health::Degraded, "ProcessEnded"),
        expect![[r#"
            show Ready, Ready False ProcessEnded
            again in 10s
        "#]],
    );
    check(
        given().phase(Phase::Provisioning).health(Health::Degraded, "ProcessEnded"),
        expect![[r#"
            show Failed, Ready False ProcessEnded
            again in 10s
        "#]],
    );
}

#[test]
fn a_member_that_is_not_well_cannot_be_claimed() {
    check(
        given().member().health(Health::Progressing, "Starting"),
        expect![[r#"
            show Provisioning, Ready False Starting
            again in 2s
        "#]],
    );
    check(
        given().member(),
        expect![[r#"
            show Available, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn a_changed_draft_is_placed_again() {
    check(
        given().look(|look| look.placed = Some("another".into())),
        expect![[r#"
            place by flux
            show Ready, Ready True Healthy
            again in 5ms
        "#]],
    );
}

#[test]
fn a_namespace_that_somebody_deletes_is_waited_for() {
    check(
        given().namespace(NamespaceSeen::Ending).look(|look| look.placed = None),
        expect![[r#"
            show Ready, Ready False NamespaceEnding
            again in 600s
        "#]],
    );
}

#[test]
fn the_condition_moves_its_time_only_with_its_status() {
    let mut given = given();
    let first = decide(&given.instance, &given.seen, now()).picture.unwrap();
    given.instance.status = Some(first.clone());
    let later = now() + SignedDuration::from_mins(5);
    let again = decide(&given.instance, &given.seen, later).picture.unwrap();
    assert_eq!(again, first);
}
