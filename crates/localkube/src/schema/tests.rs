//! Tests of pruning, defaults and validation.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Schema;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-e]", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

fn schema() -> Schema {
    Schema::read(&json!({ "type": "object", "properties": {
        "a": { "type": "string", "default": "x" },
        "b": { "type": "array", "items": { "type": "object", "properties": { "c": { "type": "integer", "default": 1 } } } },
        "d": { "type": "object", "additionalProperties": { "type": "string", "nullable": true } },
        "e": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
    } }))
}

proptest! {
    #[test]
    fn pruning_and_defaulting_are_idempotent(value in any_json()) {
        let (schema, mut once) = (schema(), value);
        schema.prune(&mut once);
        schema.apply_defaults(&mut once);
        let mut twice = once.clone();
        prop_assert!(schema.prune(&mut twice).is_empty());
        schema.apply_defaults(&mut twice);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn an_unchanged_value_is_valid(value in any_json()) {
        prop_assert!(schema().validate(&value, Some(&value)).is_empty());
    }
}

#[test]
fn defaults_reach_into_lists() {
    let mut value = json!({ "b": [{}, { "c": 5 }] });
    schema().apply_defaults(&mut value);
    assert_eq!(value, json!({ "a": "x", "b": [{ "c": 1 }, { "c": 5 }] }));
}

#[test]
fn pruning_returns_the_removed_paths() {
    let mut value = json!({ "kind": "K", "metadata": { "name": "n" }, "b": [{ "z": 1 }], "y": 2, "e": { "any": 1 } });
    let mut pruned = schema().prune(&mut value);
    pruned.sort();
    assert_eq!(pruned, ["b[0].z", "y"]);
}
