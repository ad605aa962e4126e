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
    assert_eq!(owner_keys(raw, &person("1"))[0], key);
}

#[test]
fn a_long_name_is_cut_and_never_ends_in_a_dash() {
    let raw = format!("{}-{}", "a".repeat(62), "b".repeat(150));
    assert_eq!(owner_keys(&raw, &person("1"))[0], "a".repeat(62));
    let lengths: Vec<_> =
        owner_keys(&"x".repeat(200), &person("1")).iter().map(String::len).collect();
    assert_eq!(lengths, [63; 4]);
}

#[rstest]
#[case("victor-4b4d2722")]
#[case("Victor-4B4D2722-")]
#[case("ada-20261130")]
#[case("ada-0123456789abcdef0")]
#[case("u-00000000")]
fn a_name_that_looks_like_a_key_with_a_suffix_gets_one(#[case] raw: &str) {
    let keys = owner_keys(raw, &person("1"));
    let plain = plain_owner_key(raw);
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| key.starts_with(&format!("{plain}-"))), "{keys:?}");
}

#[rstest]
#[case("ada-1234567")]
#[case("ada-1234567g")]
#[case("deadbeef")]
fn another_name_keeps_its_plain_key(#[case] raw: &str) {
    assert_eq!(owner_keys(raw, &person("1"))[0], raw);
}

#[test]
fn a_taken_key_is_followed_by_ones_with_more_digits() {
    let keys = owner_keys("ada", &person("u-42"));
    let digits = "2f709e636c7b9cae303857577d477b16";
    let expected = [
        "ada",
        &format!("ada-{}", &digits[..8]),
        &format!("ada-{}", &digits[..16]),
        &format!("ada-{digits}"),
    ];
    assert_eq!(keys, expected);
}

#[test]
fn only_a_name_that_is_its_own_key_is_an_owner_key() {
    assert!(is_owner_key("ada") && is_owner_key("ada-2f709e63"));
    for name in ["", "Ada", "ada.king", "-ada", &"x".repeat(64)] {
        assert!(!is_owner_key(name), "{name}");
    }
}

#[test]
fn a_name_without_allowed_characters_becomes_digits_of_its_identity() {
    let anna = &owner_keys("Анна", &person("1"))[0];
    let emoji = &owner_keys("🦀🦀", &person("2"))[0];
    assert!(anna.starts_with("u-") && anna.len() == 10 && is_label(anna));
    assert_ne!(anna, emoji);
}

#[test]
fn identities_that_read_alike_have_different_suffixes() {
    let one =
        Identity { kind: IdentityKind::Team, claim: "a".into(), value: "bc".into(), issuer: None };
    let two =
        Identity { kind: IdentityKind::Team, claim: "ab".into(), value: "c".into(), issuer: None };
    for (one, two) in owner_keys("blue", &one).iter().zip(owner_keys("blue", &two)).skip(1) {
        assert_ne!(*one, two);
        assert!(one.starts_with("blue-"));
    }
}

/// Live objects have these digits in their names and labels, so an upgrade must not change them.
#[test]
fn suffixes_and_labels_never_change() {
    assert_eq!(owner_keys("ada", &person("u-42"))[1], "ada-2f709e63");
    assert_eq!(identity_label(&person("u-42")), "1212e9e09bc30a6b");
}

#[test]
fn an_issuer_other_than_the_configured_one_makes_another_identity() {
    let elsewhere = Identity { issuer: Some("https://other.test".into()), ..person("u-42") };
    assert_eq!(identity_label(&elsewhere), "833179fbd209ac5f");
    assert_ne!(owner_keys("ada", &elsewhere)[1], owner_keys("ada", &person("u-42"))[1]);
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
        let keys = owner_keys(&raw, &person(&raw));
        prop_assert!(keys.iter().all(|key| is_label(key) && is_owner_key(key)), "{keys:?}");
        let key = &keys[0];
        prop_assert!(is_label(&instance_name(&template, &uuid)));
        prop_assert!(is_label(&namespace(Some(key), &template, &uuid)));
        prop_assert!(is_label(&namespace(None, &raw, &uuid)));
    }
}
