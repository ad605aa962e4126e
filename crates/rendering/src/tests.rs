//! Compares our output with Go's: `tests/corpus.json` and tables of the same form.

mod families;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{
    DployInstance, DployInstanceSpec, EngineName, OperatorConfigSpec, TemplateRevision,
};
use serde_json::{Value as Json, json};

use crate::{
    data::{TemplateData, started_at},
    engine,
    fixed_inputs::FixedInputs,
    structure::Masked,
    value::to_json,
};

/// Intended differences from Go: the template, our output and the reason.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("[{{ .Claims.nope }}]", "[]", "a missing claim prints nothing"),
    ("[{{ .Claims.none }}]", "[]", "so does one that is null"),
    ("{{ if eq .Claims.level 3 }}three{{ end }}", "three", "numbers are compared by value"),
    ("{{ slice .UUID 0 4 }}", "a1b2", "a text can be sliced too"),
    (
        "{{ hasKey .Params \"size\" }} {{ hasKey .Params \"x\" }}",
        "true false",
        "parameters are a map",
    ),
];

#[derive(serde::Deserialize)]
struct Corpus {
    data: Json,
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    template: String,
    want: String,
    #[serde(default)]
    error: bool,
}

fn corpus() -> Corpus {
    serde_json::from_str(include_str!("../tests/corpus.json")).unwrap()
}

/// The instance with the data of the corpus.
fn instance(data: &Json) -> DployInstance {
    let mut instance = DployInstance::new(
        "webterm-a1b2c3d4",
        DployInstanceSpec {
            template_ref: "webterm".into(),
            owner: "ada".into(),
            uuid: Some("a1b2c3d4".into()),
            claims: serde_json::from_value(data["Claims"].clone()).unwrap(),
            params: serde_json::from_value(data["Params"].clone()).unwrap(),
            seed: Some("5eed".repeat(8)),
            ..DployInstanceSpec::default()
        },
    );
    instance.metadata.namespace = Some("dploy-system".into());
    instance.metadata.creation_timestamp =
        Some(Time("2024-03-05T14:07:09Z".parse::<Timestamp>().unwrap()));
    instance
}

fn revision(data: &Json) -> TemplateRevision {
    let of =
        |pointer: &str| serde_json::from_value(data.pointer(pointer).unwrap().clone()).unwrap();
    TemplateRevision {
        template: "webterm".into(),
        display_name: of("/Template/Spec/DisplayName"),
        category: of("/Template/Spec/Category"),
        labels: serde_json::from_value(data["Template"]["Labels"].clone()).unwrap(),
        engine: EngineName::Flux,
        base_domain: of("/BaseDomain"),
        ttl_seconds: 3600,
        extend_seconds: 600,
        max_extends: 3,
        ..TemplateRevision::default()
    }
}

fn config(data: &Json) -> OperatorConfigSpec {
    let values = serde_json::from_value(data["Config"]["Values"].clone()).unwrap();
    OperatorConfigSpec { values, ..OperatorConfigSpec::default() }
}

/// Renders over the data of the corpus.
pub(crate) fn rendered(template: &str) -> Result<String, String> {
    let data = corpus().data;
    let (instance, revision, config) = (instance(&data), revision(&data), config(&data));
    let source = TemplateData { instance: &instance, revision: &revision, config: &config };
    let root = source.root(data["URL"].as_str().unwrap(), Masked::None);
    let inputs = FixedInputs::new(&"5eed".repeat(8), "valuesTemplate", started_at(&instance));
    engine::render(template, root, inputs).map_err(|fault| fault.problem)
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(template, want)| match rendered(template) {
            Ok(got) if got == *want => None,
            got => Some(format!("{template}\n  want {want:?}\n  got  {got:?}")),
        })
        .collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_data_has_gos_names_and_values() {
    let data = corpus().data;
    let (instance, revision, config) = (instance(&data), revision(&data), config(&data));
    let source = TemplateData { instance: &instance, revision: &revision, config: &config };
    let mut ours = to_json(&source.root(data["URL"].as_str().unwrap(), Masked::None));
    // The corpus has no fields of ours, and an unresolved engine.
    ours.as_object_mut().unwrap().remove("Port");
    let spec = ours["Template"]["Spec"].as_object_mut().unwrap();
    spec.remove("Chart");
    spec.remove("ValueFiles");
    spec.insert("Engine".into(), json!(""));
    assert_eq!(ours, data);
}

#[test]
fn every_case_of_the_corpus_prints_what_go_prints() {
    let mut wrong = vec![];
    let corpus = corpus();
    assert_eq!(corpus.cases.len(), 147);
    for case in &corpus.cases {
        let got = rendered(&case.template);
        let ours = DIFFERENCES.iter().find(|(template, ..)| *template == case.template);
        let is_right = match (&got, ours) {
            (Ok(got), Some((_, want, _))) => got == want,
            (Ok(got), None) => !case.error && *got == case.want,
            (Err(_), _) => case.error && ours.is_none(),
        };
        if !is_right {
            wrong.push(format!("{}\n  want {:?}\n  got  {got:?}", case.template, case.want));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_name_of_sprig_is_known() {
    let known: Vec<&str> = crate::sprig::functions().iter().map(|(name, _)| *name).collect();
    let readme = include_str!("../tests/functions.txt");
    let missing: Vec<&str> =
        readme.split_whitespace().filter(|name| !known.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let mut once = known.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), known.len(), "a name is there twice");
}
