use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{DployInstanceSpec, DployInstanceStatus};

use super::*;

#[track_caller]
fn check(phase: Option<Phase>, health: Option<Health>, expected: Status) {
    let mut instance = DployInstance::new("desk", DployInstanceSpec::default());
    instance.status = Some(DployInstanceStatus { phase, health, ..DployInstanceStatus::default() });
    assert_eq!(status(&instance, Timestamp::UNIX_EPOCH), expected);
    instance.spec.expires_at = Some(Time(Timestamp::UNIX_EPOCH));
    assert_eq!(status(&instance, Timestamp::UNIX_EPOCH), Status::Deleting);
}

#[test]
fn each_phase_has_its_word() {
    check(None, None, Status::Pending);
    check(Some(Phase::Pending), None, Status::Pending);
    check(Some(Phase::Provisioning), Some(Health::Healthy), Status::Progressing);
    check(Some(Phase::Failed), None, Status::Degraded);
    check(Some(Phase::Expiring), None, Status::Deleting);
    for phase in [Phase::Ready, Phase::Claimed, Phase::Available] {
        check(Some(phase), None, Status::Healthy);
        check(Some(phase), Some(Health::Healthy), Status::Healthy);
        check(Some(phase), Some(Health::Progressing), Status::Progressing);
        check(Some(phase), Some(Health::Degraded), Status::Degraded);
    }
}

#[test]
fn an_owner_reads_a_fixed_sentence_and_no_name_of_the_cluster() {
    let mut instance = DployInstance::new("desk", DployInstanceSpec::default());
    let mut shown = |reason: &str, status: &str| {
        let condition = Condition {
            type_: READY_CONDITION.into(),
            status: status.into(),
            reason: reason.into(),
            message: "User system:serviceaccount:dploy-system:dploy-operate may not do that".into(),
            last_transition_time: Time(Timestamp::UNIX_EPOCH),
            observed_generation: None,
        };
        let conditions = vec![condition];
        instance.status =
            Some(DployInstanceStatus { conditions, ..DployInstanceStatus::default() });
        cause(&instance)
    };
    let pair = |reason: &str, sentence: &str| (reason.to_owned(), sentence.to_owned());
    assert_eq!(shown("EngineFailed", "False"), pair("EngineFailed", "It could not be installed."));
    assert_eq!(shown("PodStarting", "False"), pair("PodStarting", "It is starting."));
    assert_eq!(shown("Unknown", "Unknown"), pair("Unknown", "It is not ready."));
    assert_eq!(shown("Running", "True"), pair("", ""));
}
