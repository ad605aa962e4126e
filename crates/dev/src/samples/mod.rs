//! The sample templates and the settings that `dploy dev` starts with.

use std::{
    env::consts::EXE_SUFFIX,
    path::{Path, PathBuf},
};

use resources::{DployTemplate, EngineName, OperatorConfig, OperatorConfigSpec, meta};

/// The command of the sample templates: the program of the crate `samples`.
pub const COMMAND: &str = "dploy-samples";

const MANIFESTS: [&str; 5] = [
    include_str!("templates/webterm.yaml"),
    include_str!("templates/webterm-warm.yaml"),
    include_str!("templates/team-desk.yaml"),
    include_str!("templates/nc-echo.yaml"),
    include_str!("templates/sized.yaml"),
];

/// The sample templates, without a namespace.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "the manifests are part of the binary, and a test reads them"
)]
pub fn templates() -> Vec<DployTemplate> {
    let parse = |manifest| serde_yaml_ng::from_str(manifest).expect("a manifest of the binary");
    MANIFESTS.map(parse).into()
}

/// Where the samples' program is installed: beside `dploy`. Logs a warning if it is missing.
#[must_use]
pub fn program_beside(dploy: &Path) -> PathBuf {
    let program = dploy.with_file_name(format!("{COMMAND}{EXE_SUFFIX}"));
    if !program.is_file() {
        tracing::warn!(
            "sample environments cannot start, {} is missing; build it with \
             `cargo build --package samples`",
            program.display()
        );
    }
    program
}

/// The OperatorConfig of a `dploy dev` at `port`: environments are processes at hosts below
/// `localhost`.
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
