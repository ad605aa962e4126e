use serde_json::json;

use super::*;

#[track_caller]
fn check(claims: &Value, path: &str, expected: Option<&str>) {
    let claims = claims.as_object().expect("an object");
    assert_eq!(first_value(claims, path).as_deref(), expected);
}

#[test]
fn scalars_and_the_first_usable_of_a_list_name_a_team() {
    let claims = json!({ "team": "Blue", "n": 7, "groups": ["", null, {}, "Red", "Green"], "none": [], "blank": " " });
    check(&claims, "team", Some("Blue"));
    check(&claims, "n", Some("7"));
    check(&claims, "groups", Some("Red"));
    for missing in ["none", "blank", "absent", "team.x"] {
        check(&claims, missing, None);
    }
}

#[test]
fn dots_reach_into_nested_claims_and_into_names_with_dots() {
    let claims = json!({ "org": { "team": { "name": "Blue" } }, "https://example.org/team": "Red", "a.b": { "c": "Green" } });
    check(&claims, "org.team.name", Some("Blue"));
    check(&claims, "https://example.org/team", Some("Red"));
    check(&claims, "a.b.c", Some("Green"));
    check(&claims, "org.team", None);
}

#[test]
fn every_value_is_found_by_the_path_that_it_is_listed_under() {
    let claims =
        json!({ "sub": "1", "org": { "team": ["Blue"], "empty": [] }, "a.b": { "c": "Green" } });
    let values = all_values(claims.as_object().expect("an object"));
    let expected = [("a.b.c", "Green"), ("org.team", "Blue"), ("sub", "1")];
    assert_eq!(values, expected.map(|(path, value)| (path.to_owned(), value.to_owned())));
}
