use super::*;
use crate::Ttl;

const FALLBACK: LaunchDefaults =
    LaunchDefaults { ttl_seconds: 1, extend_seconds: 2, max_extends: 3, max_instances_per_user: 4 };

const NOTHING_SET: LaunchSources<'_> =
    LaunchSources { template: None, owner: None, config: None, fallback: FALLBACK };

fn config() -> OperatorConfigSpec {
    let defaults = LaunchDefaults {
        ttl_seconds: 10,
        extend_seconds: 20,
        max_extends: 30,
        max_instances_per_user: 40,
    };
    OperatorConfigSpec { defaults, ..OperatorConfigSpec::default() }
}

#[test]
fn the_fallback_counts_only_without_an_operator_config() {
    assert_eq!(launch_defaults(NOTHING_SET), FALLBACK);
    let config = config();
    let sources = LaunchSources { config: Some(&config), ..NOTHING_SET };
    assert_eq!(launch_defaults(sources), config.defaults);
}

#[test]
fn the_template_overrides_each_field_on_its_own() {
    let template = DployTemplateSpec {
        ttl: Ttl { seconds: Some(100), ..Ttl::default() },
        ..DployTemplateSpec::default()
    };
    let config = config();
    let sources = LaunchSources { template: Some(&template), config: Some(&config), ..NOTHING_SET };
    let expected = LaunchDefaults { ttl_seconds: 100, ..config.defaults };
    assert_eq!(launch_defaults(sources), expected);
}

#[test]
fn the_limit_comes_from_the_template_then_the_owner_then_the_config() {
    let owner = DployOwnerSpec { max_instances: Some(400), ..DployOwnerSpec::default() };
    let sources = LaunchSources { owner: Some(&owner), ..NOTHING_SET };
    assert_eq!(launch_defaults(sources).max_instances_per_user, 400);
    let mut template = DployTemplateSpec::default();
    let sources = LaunchSources { template: Some(&template), ..sources };
    assert_eq!(launch_defaults(sources).max_instances_per_user, 400);
    template.max_instances_per_user = Some(4_000);
    let sources = LaunchSources { template: Some(&template), owner: Some(&owner), ..NOTHING_SET };
    assert_eq!(launch_defaults(sources).max_instances_per_user, 4_000);
}

#[test]
fn the_templates_connection_type_overrides_the_configs() {
    let mut config = config();
    config.default_connection_type = ConnectionType::Instructions;
    let mut template = DployTemplateSpec::default();
    assert_eq!(connection_type(&template, None), ConnectionType::default());
    assert_eq!(connection_type(&template, Some(&config)), ConnectionType::Instructions);
    template.connection_type = Some(ConnectionType::Web);
    assert_eq!(connection_type(&template, Some(&config)), ConnectionType::Web);
}
