use resources::{Chart, DployTemplateSpec, EngineName, Method, Pool, WhenEmpty};

use super::*;

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
    let resolved = ResolvedTemplate { chart: Some(Chart::default()), ..Default::default() };
    Drafted {
        resolved,
        has_engine: true,
        obstacle: None,
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
    no_source.resolved.engine = EngineName::Manifests;
    check(&no_source, "SourceMissing", "Engine manifests needs spec.manifests.");
    let invalid = Drafted { obstacle: Some("line 1".into()), ..drafted() };
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
