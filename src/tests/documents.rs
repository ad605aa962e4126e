//! Generated files match the code. `UPDATE_EXPECT=1 cargo test` rewrites them.

use expect_test::expect_file;

#[test]
fn the_chart_has_the_current_definitions() {
    let text = dploy::crds_yaml().expect("definitions are written as YAML");
    expect_file!["../../charts/dploy/crds/dploy.dev.yaml"].assert_eq(&text);
}

#[test]
fn the_openapi_document_is_locked() {
    let text = dploy::openapi().to_pretty_json().expect("the document is written as JSON");
    expect_file!["../../docs/openapi.json"].assert_eq(&format!("{text}\n"));
}

#[test]
fn the_configuration_page_is_current() {
    expect_file!["../../docs/configuration.md"].assert_eq(&dploy::configuration_page());
}
