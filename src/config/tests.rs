use identity::{CookieSecrets, Secret};
use rstest::rstest;

use super::{
    Env, IdentityConfig, RulesConfig, ServerConfig, features, metrics_address, metrics_port_if_set,
    variables,
};

/// The required variables of a server on which people sign in, and these.
fn signing_in(others: &[(&str, &str)]) -> Env {
    let required = [
        ("JWT_ISSUER", "https://id.test"),
        ("OIDC_ISSUER", "https://id.test"),
        ("OIDC_REDIRECT_URL", "https://dploy.test/auth/callback"),
    ];
    required.iter().chain(others).copied().collect()
}

fn refusal(name: &str, value: &str) -> String {
    let env = signing_in(&[(name, value)]);
    [
        ServerConfig::from_env(&env).err(),
        features(&env).err(),
        super::CapacityConfig::from_env(&env).err(),
        RulesConfig::from_env(&env).err(),
        IdentityConfig::from_env(&env).err(),
        super::health_address(&env).err(),
        super::metrics_address(&env).err(),
    ]
    .into_iter()
    .flatten()
    .map(|error| error.to_string())
    .find(|text| text.starts_with(name))
    .unwrap_or_default()
}

#[rstest]
#[case("SERVER_PORT", "80a", "SERVER_PORT is malformed: `80a` is not a port (0 to 65535)")]
#[case("SERVER_PORT", "65536", "SERVER_PORT is malformed: `65536` is not a port (0 to 65535)")]
#[case("HEALTH_PORT", "no", "HEALTH_PORT is malformed: `no` is not a port (0 to 65535)")]
#[case("METRICS_PORT", "on", "METRICS_PORT is malformed: `on` is not a port (0 to 65535) or `off`")]
#[case("MAX_READS", "-1", "MAX_READS is malformed: `-1` is not a whole number from 0 to 65535")]
#[case("SERVER_HOST", "localhost", "SERVER_HOST is malformed: `localhost` is not an IP address")]
#[case("DEBUG", "yes", "DEBUG is malformed: `yes` is neither `true` nor `false`")]
#[case("INHERIT_BY_NAME", "no", "INHERIT_BY_NAME is malformed: `no` is neither `true` nor `false`")]
#[case("MANAGER_ENABLED", "on", "MANAGER_ENABLED is malformed: `on` is neither `true` nor `false`")]
#[case(
    "MAX_ENVIRONMENTS_PER_USER",
    "-1",
    "MAX_ENVIRONMENTS_PER_USER is malformed: `-1` is not a whole number of at least 0"
)]
#[case(
    "DEFAULT_TTL",
    "0",
    "DEFAULT_TTL is malformed: `0` is not a number of seconds of at least 1, or -1 for no end"
)]
#[case(
    "EXTEND_TTL",
    "2h",
    "EXTEND_TTL is malformed: `2h` is not a number of seconds of at least 1"
)]
#[case(
    "DPLOY_NAMESPACE",
    "Dploy",
    "DPLOY_NAMESPACE is malformed: `Dploy` is not the name of a namespace (lower-case letters, digits and -)"
)]
#[case(
    "JWKS_URL",
    "ftp://x",
    "JWKS_URL is malformed: `ftp://x` does not start with http:// or https:// and a host"
)]
#[case(
    "SESSION_SECRET",
    "0123456789abcdef0123456789abcdef,short",
    "SESSION_SECRET is malformed: a secret of it has fewer than 32 characters"
)]
#[case(
    "SESSION_SECRET",
    "0123456789abcdef0123456789abcdef,",
    "SESSION_SECRET is malformed: a secret of it has fewer than 32 characters"
)]
#[case(
    "SESSION_MAX_LIFETIME",
    "0",
    "SESSION_MAX_LIFETIME is malformed: `0` is not a number of seconds from 1 to 31536000"
)]
#[case(
    "SESSION_MAX_LIFETIME",
    "12h",
    "SESSION_MAX_LIFETIME is malformed: `12h` is not a number of seconds from 1 to 31536000"
)]
#[case(
    "SERVE_REPLICAS",
    "two",
    "SERVE_REPLICAS is malformed: `two` is not a whole number of at least 0"
)]
fn a_malformed_value_is_refused_by_name(
    #[case] name: &str,
    #[case] value: &str,
    #[case] sentence: &str,
) {
    assert_eq!(refusal(name, value), sentence);
}

#[test]
fn an_empty_value_counts_as_not_set() {
    let env: Env = [("SERVER_PORT", " "), ("DEFAULT_TTL", "")].into_iter().collect();
    assert_eq!(ServerConfig::from_env(&env).expect("defaults").address.port(), 8080);
    assert_eq!(RulesConfig::from_env(&env).expect("defaults").default_ttl, 86_400);
}

#[test]
fn metrics_can_be_switched_off_and_are_off_in_development_unless_asked_for() {
    let with = |value: &str| -> Env { [("METRICS_PORT", value)].into_iter().collect() };
    let port = |env: &Env| metrics_address(env).expect("an address").map(|it| it.port());
    assert_eq!(port(&Env::default()), Some(9090));
    assert_eq!(port(&with("9100")), Some(9100));
    assert_eq!(port(&with("off")), None);
    assert_eq!(metrics_port_if_set(&with("")).expect("a port"), None);
    assert_eq!(metrics_port_if_set(&with("9100")).expect("a port"), Some(9100));
}

#[test]
fn go_spellings_of_switches_are_taken() {
    for (text, wanted) in [("1", true), ("T", true), ("False", false), ("0", false)] {
        let env: Env = [("CATALOG_ENABLED", text)].into_iter().collect();
        assert_eq!(env.switch(&variables::CATALOG_ENABLED).expect(text), wanted);
    }
}

#[test]
fn debug_output_shows_no_values() {
    let env: Env = [("OIDC_CLIENT_SECRET", "hunter2")].into_iter().collect();
    assert!(!format!("{env:?}").contains("hunter2"));
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn replicas_without_a_common_secret_do_not_start() {
    let start = |others: &[(&str, &str)]| IdentityConfig::from_env(&signing_in(others));
    let refused = start(&[("SERVE_REPLICAS", "2")]).expect_err("no common secret");
    assert_eq!(
        refused.to_string(),
        "SESSION_SECRET is required but not set: without it and without OIDC_CLIENT_SECRET, the 2 \
         replicas could not read each other's sessions"
    );
    for common in [("SESSION_SECRET", SECRET), ("OIDC_CLIENT_SECRET", "hush")] {
        assert!(start(&[("SERVE_REPLICAS", "2"), common]).is_ok(), "{common:?}");
    }
    assert!(start(&[("SERVE_REPLICAS", "1")]).is_ok(), "one replica needs none");
    assert!(start(&[]).is_ok(), "it is one unless the variable says otherwise");
    assert!(
        start(&[("SERVE_REPLICAS", "2"), ("OIDC_ISSUER", ""), ("JWKS_URL", "https://id.test")])
            .is_ok()
    );
}

#[test]
fn the_first_session_secret_seals_and_the_client_secret_is_its_substitute() {
    let secrets = |others: &[(&str, &str)]| {
        let config = IdentityConfig::from_env(&signing_in(others)).expect("valid settings");
        config.settings().cookie_secrets
    };
    let (old, client) = ("fedcba9876543210fedcba9876543210", ("OIDC_CLIENT_SECRET", "hush"));
    let list = format!("{SECRET} , {old}");
    assert_eq!(
        secrets(&[("SESSION_SECRET", &list), client]),
        CookieSecrets::new(Secret::new(SECRET), vec![Secret::new(old)])
    );
    assert_eq!(secrets(&[client]), Secret::new("hush").into());
    assert_ne!(secrets(&[]), secrets(&[]), "random without both");
}
