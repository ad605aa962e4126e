use rstest::rstest;

use super::*;

fn reads(values: &str) -> bool {
    let values_template = values.to_owned();
    reads_catalog_texts(&TemplateRevision { values_template, ..TemplateRevision::default() })
}

#[rstest]
#[case("")]
#[case("host: {{ .Host }}\nname: {{ .Template.Name }}")]
#[case("ttl: {{ .Template.Spec.TTL.Seconds }}\nowner: {{ $.Owner }}")]
#[case("{{ range $i, $it := .Params }}{{ $it }}{{ end }}")]
#[case("text: A sentence. Another one.")]
fn a_template_that_reads_none_of_them(#[case] values: &str) {
    assert!(!reads(values), "{values}");
}

#[rstest]
#[case("title: {{ .Template.Spec.DisplayName }}")]
#[case("{{ $t := .Template }}{{ $t.Spec.Icon }}")]
#[case("{{ index .Template.Spec \"Category\" }}")]
#[case("{{ toJson .Template.Spec }}")]
#[case("{{ with .Template }}{{ .Name }}{{ end }}")]
#[case("all: {{ toYaml . }}")]
#[case("all: {{. | toYaml}}")]
#[case("all: {{ toYaml $ }}")]
#[case("all: {{ include (dict \"data\" $) }}")]
fn a_template_that_may_read_them(#[case] values: &str) {
    assert!(reads(values), "{values}");
}
