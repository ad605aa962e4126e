//! What a decision is made on, and how it is written down.

use std::{fmt::Write, sync::Arc};

use expect_test::Expect;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use ledger::order::Origin;
use resources::{
    Chart, ConnectionType, DployInstance, DployInstanceSpec, DployInstanceStatus, EngineName,
    GuardRails, Health, Network, Phase, Reason, TemplateRevision, WorkloadState, meta,
};

use super::super::{
    Connection, Current, Drafted, NamespaceSeen, Observed, Seating, Step, Verdict, Workload, decide,
};
use crate::{ends_soon, ready_condition};

const NOW: i64 = 1_800_000_000;

pub(super) fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn ago(seconds: i64) -> Time {
    Time(Timestamp::from_second(NOW - seconds).unwrap())
}

/// An instance that a server launched an hour ago and that runs well; each test says what is
/// different.
pub(super) struct Given {
    pub(super) instance: DployInstance,
    pub(super) observed: Observed,
    pub(super) drafted: Drafted,
}

const DIGEST: &str = "0123456789abcdef";

/// The name of the revision.
const REVISION: &str = "lab-0000000001";

fn revision() -> TemplateRevision {
    let network = Some(Network::default());
    TemplateRevision {
        template: "lab".into(),
        chart: Some(Chart::default()),
        guard_rails: Some(GuardRails { network, ..GuardRails::default() }),
        ttl_seconds: 86400,
        ..TemplateRevision::default()
    }
}

fn drafted() -> Drafted {
    Drafted {
        connection: Ok(Connection {
            url: "https://lab-0123abcd".into(),
            connection_type: ConnectionType::Web,
            message: String::new(),
        }),
        digest: Some(Ok(DIGEST.into())),
    }
}

pub(super) fn given() -> Given {
    let spec = DployInstanceSpec {
        template_ref: "lab".into(),
        owner: "ada".into(),
        uuid: Some("0123abcd".into()),
        revision: Some(REVISION.into()),
        seed: Some("00".repeat(16)),
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
    let state = WorkloadState {
        placed: Some(DIGEST.into()),
        health: Health::Healthy,
        reason: Reason::Healthy,
        message: "It answers.".into(),
        engine_ref: None,
        record: None,
    };
    let observed = Observed {
        template_gone: false,
        revision: Some(Arc::new(revision())),
        seat: Seating::Held,
        namespace: NamespaceSeen::Ours,
        workload: Workload::Observed(state),
        has_damaged_guards: false,
        fresh_uuid: "89ab0123".into(),
        current: Current::Written(Origin {
            revision: REVISION.into(),
            ttl_seconds: 86400,
            seed: "11".repeat(16),
        }),
    };
    Given { instance, observed, drafted: drafted() }
}

impl Given {
    pub(super) fn expires_in(mut self, seconds: i64) -> Self {
        self.instance.spec.expires_at = Some(ago(-seconds));
        self
    }

    pub(super) fn revision(mut self, change: impl FnOnce(&mut TemplateRevision)) -> Self {
        change(Arc::make_mut(self.observed.revision.as_mut().unwrap()));
        self
    }

    pub(super) fn deleted(self) -> Self {
        self.deleted_ago(0)
    }

    pub(super) fn deleted_ago(mut self, seconds: i64) -> Self {
        self.instance.metadata.deletion_timestamp = Some(ago(seconds));
        self.observed.workload = Workload::NotAsked;
        self.drafted.connection = Err(String::new());
        self.drafted.digest = None;
        self
    }

    pub(super) fn without_a_seat(mut self) -> Self {
        self.observed.seat = Seating::Nowhere;
        self
    }

    pub(super) fn created_ago(mut self, seconds: i64) -> Self {
        self.instance.metadata.creation_timestamp = Some(ago(seconds));
        self
    }

    pub(super) fn member(mut self) -> Self {
        self.instance.spec.pooled = true;
        self.instance.spec.owner.clear();
        self.instance.status.as_mut().unwrap().phase = Some(Phase::Available);
        self
    }

    pub(super) fn void(mut self) -> Self {
        self.instance.labels_mut().insert(meta::VOID.into(), meta::TRUE.into());
        self.instance.metadata.finalizers = None;
        self.instance.status = None;
        self
    }

    pub(super) fn fresh(mut self) -> Self {
        self.instance.status = None;
        self.observed.namespace = NamespaceSeen::Missing;
        self.observed.workload = Workload::Observed(WorkloadState::absent());
        self
    }

    /// A place in the queue of a pool.
    pub(super) fn queued(mut self) -> Self {
        self = self.fresh();
        (self.instance.spec.pooled, self.instance.spec.queued) = (true, true);
        self
    }

    pub(super) fn namespace(mut self, namespace: NamespaceSeen) -> Self {
        self.observed.namespace = namespace;
        self
    }

    pub(super) fn phase(mut self, phase: Phase) -> Self {
        self.instance.status.as_mut().unwrap().phase = Some(phase);
        self
    }

    pub(super) fn state(mut self, change: impl FnOnce(&mut WorkloadState)) -> Self {
        if let Workload::Observed(state) = &mut self.observed.workload {
            change(state);
        }
        self
    }

    pub(super) fn health(self, health: Health, reason: Reason) -> Self {
        self.state(|state| (state.health, state.reason) = (health, reason))
    }

    pub(super) fn decided(&self, now: Timestamp) -> Verdict {
        decide(&self.instance, &self.observed, &self.drafted, now)
    }

    pub(super) fn workload(mut self, workload: Workload) -> Self {
        self.observed.workload = workload;
        self
    }

    pub(super) fn by_hand(mut self) -> Self {
        self = self.fresh();
        self.instance.spec.uuid = None;
        self.observed.namespace = NamespaceSeen::Unnamed;
        self.observed.workload = Workload::NotAsked;
        self.drafted.digest = None;
        (self.instance.spec.revision, self.instance.spec.seed) = (None, None);
        self.observed.revision = None;
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
            Step::OpenNamespace(namespace) => format!("open {}", namespace.name_any()),
            Step::Guard(name, _) => format!("guard {name}"),
            Step::BeginTime { ready_at, expires_at } => format!(
                "begin the time at {}, expires {}",
                ready_at.as_second() - NOW,
                expires_at.0.as_second() - NOW
            ),
            Step::Place(engine) => format!("place by {}", engine.as_str()),
            Step::Withdraw(engine, it) => {
                format!("withdraw {} by {}", it.instance, engine.as_str())
            }
            Step::EndNamespace(name) => format!("end {name}"),
            Step::CloseNamespace(name) => format!("close {name}"),
            Step::Delete(why) => format!("delete: {}", why.reason()),
            Step::Release => "release".into(),
        };
        writeln!(text, "{line}").unwrap();
    }
    if let Some(status) = &verdict.status {
        let ready = ready_condition(&status.conditions).unwrap();
        let phase = status.phase.unwrap();
        writeln!(text, "show {phase}, Ready {} {}", ready.status, ready.reason).unwrap();
    }
    if verdict.status.as_ref().is_some_and(|it| ends_soon(&it.conditions)) {
        writeln!(text, "show EndsSoon").unwrap();
    }
    match verdict.requeue_after {
        Some(again) => writeln!(text, "again in {again:?}").unwrap(),
        None => writeln!(text, "again on a change").unwrap(),
    }
    text
}

#[track_caller]
pub(super) fn check(given: Given, expected: Expect) {
    expected.assert_eq(&script(&given.decided(now())));
}
