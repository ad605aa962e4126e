use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::identity_label;

fn person(value: &str) -> Identity {
    Identity { kind: IdentityKind::Person, claim: "sub".into(), value: value.into(), issuer: None }
}

fn is_label(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&name.len())
        && name.chars().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

#[rstest]
#[case("ada", "ada")]
#[case("John.Doe", "john-doe")]
#[case("john@doe", "john-doe")]
#[case("-Ada O'Neil_7-", "adaoneil7")]
#[case("...ada...", "ada")]
fn an_owner_key_is_the_name_made_label_safe(#[case] raw: &str, #[case] key: &str) {
    assert_eq!(owner_key(raw, &person("1")), key);
}

#[test]
fn a_long_name_is_cut_and_never_ends_in_a_dash() {
    let raw = format!("{}-{}", "a".repeat(53), "b".repeat(150));
    assert_eq!(owner_key(&raw, &person("1")), "a".repeat(53));
    assert_eq!(owner_key(&"x".repeat(200), &person("1")).len(), 54);
}

#[test]
fn a_name_without_allowed_characters_becomes_digits_of_its_identity() {
    let anna = owner_key("Анна", &person("1"));
    let emoji = owner_key("🦀🦀", &person("2"));
    assert!(anna.starts_with("u-") && anna.len() == 10 && is_label(&anna));
    assert_ne!(anna, emoji);
}

#[test]
fn identities_that_read_alike_have_different_suffixes() {
    let one =
        Identity { kind: IdentityKind::Team, claim: "a".into(), value: "bc".into(), issuer: None };
    let two =
        Identity { kind: IdentityKind::Team, claim: "ab".into(), value: "c".into(), issuer: None };
    assert_ne!(suffixed_owner_key("blue", &one), suffixed_owner_key("blue", &two));
    assert!(suffixed_owner_key("blue", &one).starts_with("blue-"));
    assert_eq!(suffixed_owner_key(&"x".repeat(54), &one).len(), 63);
}

/// Live objects have these digits in their names and labels, so an upgrade must not change them.
#[test]
fn suffixes_and_labels_never_change() {
    assert_eq!(suffixed_owner_key("ada", &person("u-42")), "ada-2f709e63");
    assert_eq!(identity_label(&person("u-42")), "1212e9e09bc30a6b");
}

#[test]
fn an_issuer_other_than_the_configured_one_makes_another_identity() {
    let elsewhere = Identity { issuer: Some("https://other.test".into()), ..person("u-42") };
    assert_eq!(identity_label(&elsewhere), "833179fbd209ac5f");
    assert_ne!(suffixed_owner_key("ada", &elsewhere), suffixed_owner_key("ada", &person("u-42")));
}

#[test]
fn an_identity_of_the_configured_issuer_is_written_without_it() {
    let written = serde_json::to_string(&person("u-42")).expect("JSON");
    assert_eq!(written, r#"{"kind":"Person","claim":"sub","value":"u-42"}"#);
    assert_eq!(serde_json::from_str::<Identity>(&written).expect("an identity"), person("u-42"));
}

#[test]
fn the_uuid_separates_equal_names() {
    let one = namespace(Some("a-b"), "c", "00000001");
    let two = namespace(Some("a"), "b-c", "00000002");
    assert_eq!((one.as_str(), two.as_str()), ("a-b-c-00000001", "a-b-c-00000002"));
}

#[test]
fn an_unclaimed_member_has_the_namespace_of_the_pool() {
    assert_eq!(namespace(None, "webterm", "a1b2c3d4"), "pool-webterm-a1b2c3d4");
    assert_eq!(namespace(Some(""), "webterm", "a1b2c3d4"), "pool-webterm-a1b2c3d4");
}

#[test]
fn each_part_of_a_namespace_is_cut_to_twenty() {
    let name = namespace(Some(&"o".repeat(54)), "my.very-long-template-name", "a1b2c3d4");
    assert_eq!(name, format!("{}-my-very-long-templat-a1b2c3d4", "o".repeat(20)));
}

#[test]
fn the_hosts_first_label_is_the_instances_name() {
    let host = host("web.term", "a1b2c3d4", "env.example.org");
    assert_eq!(host, "web-term-a1b2c3d4.env.example.org");
    assert!(host.starts_with(&instance_name("web.term", "a1b2c3d4")));
    assert_eq!(super::host("t", "a1b2c3d4", ""), "t-a1b2c3d4");
}

proptest! {
    #[test]
    fn every_name_is_a_dns_label(raw in "\\PC{0,200}", template in "[a-z0-9][a-z0-9.-]{0,252}", uuid in "[0-9a-f]{8}") {
        let key = owner_key(&raw, &person(&raw));
        prop_assert!(is_label(&key) && key.len() <= 54);
        prop_assert!(is_label(&suffixed_owner_key(&key, &person(&raw))));
        prop_assert!(is_label(&instance_name(&template, &uuid)));
        prop_assert!(is_label(&namespace(Some(&key), &template, &uuid)));
        prop_assert!(is_label(&namespace(None, &raw, &uuid)));
    }
}
