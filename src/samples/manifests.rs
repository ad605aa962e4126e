//! The sample templates, as an admin would write them, and the settings that `dploy dev` starts with.

use resources::{DployTemplate, EngineName, OperatorConfig, OperatorConfigSpec, meta};

const MANIFESTS: [&str; 5] = [
    include_str!("templates/webterm.yaml"),
    include_str!("templates/webterm-warm.yaml"),
    include_str!("templates/team-desk.yaml"),
    include_str!("templates/nc-echo.yaml"),
    include_str!("templates/sized.yaml"),
];

/// The sample templates; they name no namespace.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "the manifests are part of the binary, and a test reads them"
)]
pub fn templates() -> Vec<DployTemplate> {
    let parse = |manifest| serde_yaml_ng::from_str(manifest).expect("a manifest of the binary");
    MANIFESTS.map(parse).into()
}

/// The settings of a `dploy dev` at `port`: environments are processes, and answer below `localhost`.
#[must_use]
pub fn operator_config(port: u16) -> OperatorConfig {
    OperatorConfig::new(
        meta::CONFIG_NAME,
        OperatorConfigSpec {
            default_engine: EngineName::Process,
            base_domain: format!("localhost:{port}"),
            connection_url_template: "http://{{ .Host }}".to_owned(),
            ..OperatorConfigSpec::default()
        },
    )
}

#[cfg(test)]
mod tests;
