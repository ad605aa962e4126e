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
