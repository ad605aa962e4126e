//! Tests of server-side apply and strategic merge.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Applied, Manager, Shape, apply, strategic_merge};
use crate::schema::Schema;

fn manager(name: &str) -> Manager {
    Manager {
        name: name.to_owned(),
        is_apply: true,
        api_version: "v1".to_owned(),
        subresource: String::new(),
    }
}

#[track_caller]
fn applied(live: Option<&Value>, wanted: Value, shape: Shape<'_>, who: &str) -> Value {
    match apply(live, &wanted, shape, &manager(who), false, Timestamp::UNIX_EPOCH) {
        Applied::Merged(object) => object,
        Applied::Conflicts(conflicts) => panic!("{conflicts:?}"),
    }
}

#[test]
fn items_of_a_keyed_list_belong_to_those_who_applied_them() {
    let schema = Schema::read(&json!({ "properties": { "spec": { "properties": { "parts": {
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "items": { "properties": { "name": {}, "size": {} } },
    } } } } }));
    let shape = Shape::Custom(&schema);
    let parts = |parts: Value| json!({ "spec": { "parts": parts } });
    let one =
        applied(None, parts(json!([{ "name": "a", "size": 1 }, { "name": "b" }])), shape, "one");
    let two = applied(Some(&one), parts(json!([{ "name": "c" }])), shape, "two");
    let less = applied(Some(&two), parts(json!([{ "name": "a" }])), shape, "one");
    assert_eq!(less["spec"]["parts"], json!([{ "name": "a" }, { "name": "c" }]));
}

#[test]
fn a_strategic_merge_finds_containers_by_name() {
    let mut pod =
        json!({ "spec": { "containers": [{ "name": "a", "image": "1" }, { "name": "b" }] } });
    let patch = json!({ "spec": {
        "$setElementOrder/containers": [{ "name": "a" }],
        "containers": [{ "name": "a", "image": "2" }, { "name": "b", "$patch": "delete" }, { "name": "c" }],
    } });
    strategic_merge(&mut pod, &patch, Shape::Known(""));
    assert_eq!(pod["spec"]["containers"], json!([{ "name": "a", "image": "2" }, { "name": "c" }]));
}

fn data() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("[a-d]", 0..3_u8, 0..4).prop_map(|data| json!({ "data": data }))
}

proptest! {
    #[test]
    fn applying_twice_is_applying_once(first in data(), second in data()) {
        let live = applied(None, first, Shape::Known(""), "one");
        let once = applied(Some(&live), second.clone(), Shape::Known(""), "one");
        let twice = applied(Some(&once), second, Shape::Known(""), "one");
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn a_sole_manager_gets_exactly_what_it_applies(first in data(), second in data()) {
        let live = applied(None, first, Shape::Known(""), "one");
        let now = applied(Some(&live), second.clone(), Shape::Known(""), "one");
        let wanted = second["data"].as_object().cloned().unwrap_or_default();
        let got = now["data"].as_object().cloned().unwrap_or_default();
        prop_assert_eq!(got, wanted);
    }
}
