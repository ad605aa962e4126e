use resources::{Chart, DployTemplateSpec, EngineName, Method, Pool, WhenEmpty};

use super::*;
use crate::pool::Member;

fn template() -> DployTemplate {
    let spec = DployTemplateSpec {
        enabled: true,
        method: Method::Pool,
        pool: Some(Pool { size: 2, max_size: 0, recycle: true, when_empty: WhenEmpty::Refuse }),
        ..DployTemplateSpec::default()
    };
    DployTemplate::new("lab", spec)
}

fn drafted() -> Drafted {
    let revision = TemplateRevision { chart: Some(Chart::default()), ..Default::default() };
    Drafted {
        revision_name: revision.name(),
        revision,
        has_engine: true,
        rehearsal: Rehearsal::default(),
        census: Census::default(),
        queue: Queue::default(),
        start_seconds: None,
    }
}

fn decided(template: &DployTemplate, drafted: &Drafted) -> Verdict {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    decide(template, drafted, &InFlight::default(), &Served::default(), now)
}

/// The reason of condition `Ready` and its message.
#[track_caller]
fn check(drafted: &Drafted, reason: &str, message: &str) {
    let conditions = decided(&template(), drafted).status.unwrap().conditions;
    let ready = ready_condition(&conditions).unwrap();
    assert_eq!((ready.reason.as_str(), ready.message.as_str()), (reason, message));
}

#[test]
fn a_template_is_ready_when_its_engine_can_run_its_source() {
    check(&drafted(), "Launchable", "It can be launched.");
    let mut no_source = drafted();
    no_source.revision.engine = EngineName::Manifests;
    check(&no_source, "SourceMissing", "Engine manifests needs spec.manifests.");
    let rehearsal = Rehearsal { obstacle: None, advice: Some("Quote it.".into()) };
    let advised = Drafted { rehearsal, ..drafted() };
    check(&advised, "Launchable", "It can be launched. Quote it.");
    let rehearsal = Rehearsal { obstacle: Some("line 1".into()), advice: None };
    let invalid = Drafted { rehearsal, ..drafted() };
    check(&invalid, "TemplateInvalid", "line 1");
    let no_engine = Drafted { has_engine: false, ..drafted() };
    check(&no_engine, "EngineNotEnabled", "This Dploy has no engine flux.");
}

#[test]
fn a_template_that_cannot_be_launched_keeps_its_pool_as_it_is() {
    assert_eq!(decided(&template(), &drafted()).pool.create, 2);
    let no_engine = Drafted { has_engine: false, ..drafted() };
    assert_eq!(decided(&template(), &no_engine).pool, PoolMove::default());
}

#[test]
fn an_event_is_published_when_the_condition_changes() {
    let mut template = template();
    let first = decided(&template, &drafted());
    assert_eq!(first.event.unwrap().reason, Reason::Launchable);
    template.status = first.status;
    let second = decided(&template, &drafted());
    assert_eq!((second.status, second.event), (None, None));
    let third = decided(&template, &Drafted { has_engine: false, ..drafted() });
    assert!(third.event.unwrap().is_warning);
}

#[test]
fn a_pool_that_fails_is_reported_by_an_event_and_by_the_status() {
    let mut template = template();
    template.status = decided(&template, &drafted()).status;
    let member = |standing| Member {
        name: "lab-0123abcd".into(),
        created: Timestamp::UNIX_EPOCH,
        is_current: true,
        standing,
        message: "No answer.".into(),
    };
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let failed = member(Standing::Failed { since: now });
    let failing = Drafted { census: Census::of([failed]), ..drafted() };
    let in_flight = InFlight { failures: 2, ..InFlight::default() };
    let verdict = decide(&template, &failing, &in_flight, &Served::default(), now);
    assert_eq!(
        verdict.event.map(|it| (it.is_warning, it.reason)),
        Some((true, Reason::PoolFailing))
    );
    let status = verdict.status.unwrap();
    assert_eq!(status.pool_failures, 2);
    assert_eq!(pool_condition(&status.conditions).unwrap().status, "False");
    assert_eq!(ready_condition(&status.conditions).unwrap().status, "True");
    template.status = Some(status);
    assert_eq!(decide(&template, &failing, &in_flight, &Served::default(), now).event, None);
    let well = Drafted { census: Census::of([member(Standing::Ready)]), ..drafted() };
    let verdict = decide(&template, &well, &InFlight::default(), &Served::default(), now);
    assert_eq!(verdict.event.unwrap().reason, Reason::PoolMaintained);
    template.spec.method = Method::OnDemand;
    let status = decide(&template, &drafted(), &InFlight::default(), &Served::default(), now)
        .status
        .unwrap();
    assert_eq!(pool_condition(&status.conditions), None);
}
