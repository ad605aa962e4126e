use rstest::rstest;

use super::*;

fn used(values_template: &str) -> Option<Vec<String>> {
    let values_template = values_template.to_owned();
    let revision = TemplateRevision { values_template, ..TemplateRevision::default() };
    used_claims(&revision).map(|names| names.into_iter().collect())
}

#[rstest]
#[case::none("a: {{ .Owner }}, b: .Claims", &[])]
#[case::a_field("{{ .Claims.email }} {{ .Claims.name | quote }}", &["email", "name"])]
#[case::a_part_of_a_claim("{{ .Claims.address.city }}", &["address"])]
#[case::through_the_root("{{ range .Params }}{{ $.Claims.sub }}{{ end }}", &["sub"])]
#[case::a_lookup("{{ index .Claims \"given name\" }}{{ get $.Claims `x` }}", &["given name", "x"])]
#[case::an_element_of_a_loop("{{ range .Claims.groups }}{{ . }}{{ end }}", &["groups"])]
#[case::the_other_branch("{{ with .Claims.a }}{{ . }}{{ else with .Claims.b }}{{ . }}{{ end }}", &["a", "b"])]
#[case::a_condition("{{ if .Claims.a }}1{{ else if .Claims.b }}2{{ end }}", &["a", "b"])]
#[case::a_text_in_an_action("{{ print \".Claims\" }}", &[])]
#[case::a_comment("{{/* .Claims */}}", &[])]
#[case::somebody_elses_claims("{{ range $it := .Params }}{{ $it.Claims }}{{ end }}", &[])]
fn names_are_found(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(used(text).unwrap(), expected);
}

#[rstest]
#[case::all("{{ .Claims }}")]
#[case::a_function("{{ toJson .Claims }}")]
#[case::a_variable("{{ $c := .Claims }}{{ $c.name }}")]
#[case::a_computed_name("{{ index .Claims .Params.claim }}")]
#[case::a_loop("{{ range $name, $value := .Claims }}{{ $value }}{{ end }}")]
#[case::all_data("{{ toJson . }}")]
#[case::all_data_by_its_name("{{ toJson $ }}")]
#[case::all_data_to_a_template("{{ define \"x\" }}{{ . }}{{ end }}{{ template \"x\" . }}")]
#[case::all_data_in_a_condition("{{ if true }}{{ toJson . }}{{ end }}")]
#[case::all_data_after_a_loop("{{ range .Params }}{{ else }}{{ toJson . }}{{ end }}")]
#[case::a_loop_over_all_data("{{ range . }}{{ .name }}{{ end }}")]
fn a_template_that_passes_them_on_may_read_any(#[case] text: &str) {
    assert_eq!(used(text), None);
}
