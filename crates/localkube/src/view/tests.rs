//! Tests of ages, JSONPaths and the choice of a representation.

use rstest::rstest;
use serde_json::json;

use super::{View, age::age, jsonpath};

#[rstest]
#[case(45, "45s")]
#[case(119, "119s")]
#[case(120, "2m")]
#[case(200, "3m20s")]
#[case(3_600, "60m")]
#[case(5 * 3_600 + 600, "5h10m")]
#[case(3 * 86_400 + 7_200, "3d2h")]
#[case(12 * 86_400, "12d")]
#[case(3 * 365 * 86_400, "3y")]
fn an_age_is_as_kubectl_prints_it(#[case] seconds: i64, #[case] printed: &str) {
    let now = jiff::Timestamp::from_second(2_000_000_000).unwrap();
    let since = jiff::Timestamp::from_second(2_000_000_000 - seconds).unwrap();
    assert_eq!(age(since, now), printed);
}

#[rstest]
#[case(".spec.name", json!(["x"]))]
#[case(".status.conditions[?(@.type==\"Ready\")].reason", json!(["Good"]))]
#[case(".spec.list[1]", json!([2]))]
#[case(".spec.list[*]", json!([1, 2]))]
#[case(".metadata.labels.a\\.b/c", json!(["label"]))]
#[case(".spec.none.deeper", json!([]))]
fn paths_of_columns_find(#[case] path: &str, #[case] expected: serde_json::Value) {
    let object = json!({
        "metadata": { "labels": { "a.b/c": "label" } },
        "spec": { "name": "x", "list": [1, 2] },
        "status": { "conditions": [{ "type": "Other" }, { "type": "Ready", "reason": "Good" }] },
    });
    assert_eq!(json!(jsonpath::find(&object, path)), expected);
}

#[rstest]
#[case("", View::Whole)]
#[case("application/json", View::Whole)]
#[case("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", View::Table)]
#[case("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", View::Metadata)]
#[case("application/json;as=Unknown;v=v1,application/json", View::Whole)]
fn an_accept_header_chooses_the_view(#[case] header: &str, #[case] view: View) {
    assert_eq!(View::from_accept(header), view);
}
