use resources::{DployTemplateSpec, DployTemplateStatus};

use super::*;

#[test]
fn a_pool_is_counted_at_once_and_then_once_for_all_that_happens_in_a_while() {
    let (mut warm, mut other) = (PoolMemory::default(), PoolMemory::default());
    let began = Instant::now();
    let after = |parts: u32| began + GATHER_WINDOW / 4 * parts;
    assert_eq!(warm.gather(began), None, "at first");
    assert_eq!(warm.gather(after(40)), Some(GATHER_WINDOW), "one is claimed");
    assert_eq!(other.gather(after(40)), None, "pools do not affect each other");
    assert_eq!(warm.gather(after(41)), Some(GATHER_WINDOW / 4 * 3), "another one");
    assert_eq!(warm.gather(after(44)), None, "both are counted");
    assert_eq!(warm.gather(after(44)), Some(GATHER_WINDOW), "a third one");
}

#[test]
fn a_pool_that_remembers_a_write_is_reconciled_once_that_is_forgotten() {
    let (mut memory, began) = (PoolMemory::default(), Instant::now());
    assert_eq!(memory.forgets_after(began), None);
    memory.creating("warm-1", began);
    let pause = memory.forgets_after(began + Duration::from_secs(1)).unwrap();
    assert!(pause <= WRITE_VISIBILITY_TIMEOUT && pause > WRITE_VISIBILITY_TIMEOUT / 2, "{pause:?}");
    memory.not_created("warm-1");
    assert_eq!(memory.forgets_after(began), None);
}

fn template(generation: i64, failures: u32) -> DployTemplate {
    let mut template = DployTemplate::new("lab", DployTemplateSpec::default());
    template.metadata.generation = Some(generation);
    template.status = Some(DployTemplateStatus {
        pool_failures: failures,
        observed_generation: Some(1),
        ..DployTemplateStatus::default()
    });
    template
}

#[test]
fn failures_outlast_a_term_and_not_an_edit() {
    let (mut memory, now, empty) = (PoolMemory::default(), Instant::now(), Census::default());
    assert_eq!(memory.settle(&template(1, 3), &empty, now).failures, 3, "a new leader");
    memory.removed("lab-1", true, now);
    assert_eq!(memory.settle(&template(1, 3), &empty, now).failures, 4, "the status lags");
    assert_eq!(memory.settle(&template(2, 4), &empty, now).failures, 0, "an edit");
}
