use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::DployInstanceSpec;

use super::*;

const TERMS: Terms = Terms { extend_seconds: 600, max_extends: 3 };

fn instance(deadline: Option<i64>, count: &str) -> DployInstance {
    let expires_at = deadline.map(|second| Time(Timestamp::from_second(second).expect("a time")));
    let mut instance = DployInstance::new(
        "desk",
        DployInstanceSpec { expires_at, ..DployInstanceSpec::default() },
    );
    instance.annotations_mut().insert(meta::EXTEND_COUNT.to_owned(), count.to_owned());
    instance
}

#[test]
fn an_extension_moves_the_deadline_itself_on() {
    let extension = decide(&instance(Some(1_000), "1"), TERMS).expect("an extension");
    assert_eq!((extension.deadline.as_second(), extension.count), (1_600, 2));
}

#[test]
fn the_cap_counts_and_zero_is_none() {
    let refusal = decide(&instance(Some(0), "3"), TERMS).expect_err("three are enough");
    assert_eq!(refusal.to_string(), "maximum extensions reached (3)");
    let uncapped = Terms { max_extends: 0, ..TERMS };
    assert_eq!(decide(&instance(Some(0), "3"), uncapped).expect("an extension").count, 4);
}

#[test]
fn what_has_no_end_cannot_be_extended() {
    let refusal = decide(&instance(None, ""), TERMS).expect_err("it has no end");
    assert_eq!(refusal.to_string(), "environment has unlimited TTL, no extension needed");
}

#[test]
fn the_latest_time_there_is_stays_the_latest() {
    let terms = Terms { extend_seconds: i64::MAX, ..TERMS };
    let extension = decide(&instance(Some(1_000), "0"), terms).expect("an extension");
    assert_eq!(extension.deadline, Timestamp::MAX);
}
