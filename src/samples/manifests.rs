//! The sample templates, as an admin would write them, and the settings that `dploy dev` starts with.

use resources::{DployTemplate, EngineName, OperatorConfig, OperatorConfigSpec, meta};

use super::SampleError;

const MANIFESTS: [(&str, &str); 5] = [
    ("webterm.yaml", include_str!("templates/webterm.yaml")),
    ("webterm-warm.yaml", include_str!("templates/webterm-warm.yaml")),
    ("team-desk.yaml", include_str!("templates/team-desk.yaml")),
    ("nc-echo.yaml", include_str!("templates/nc-echo.yaml")),
    ("sized.yaml", include_str!("templates/sized.yaml")),
];

/// The sample templates; they name no namespace.
///
/// # Errors
/// When a manifest in the binary is not well-formed.
pub fn templates() -> Result<Vec<DployTemplate>, SampleError> {
    let parse = |&(name, manifest): &(&'static str, &str)| {
        serde_yaml_ng::from_str(manifest).map_err(|cause| SampleError::Template { name, cause })
    };
    MANIFESTS.iter().map(parse).collect()
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
