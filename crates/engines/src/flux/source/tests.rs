use super::*;

fn chart(chart_type: ChartType, url: &str, name: &str, revision: &str) -> Chart {
    Chart {
        chart_type,
        repo_url: url.into(),
        path: if chart_type == ChartType::Git { name.into() } else { String::new() },
        chart: if chart_type == ChartType::Helm { name.into() } else { String::new() },
        target_revision: revision.into(),
    }
}

#[track_caller]
fn check(chart: &Chart, files: &[&str], kind: &str, spec: Value, reference: (&str, Value)) {
    let files: Vec<String> = files.iter().map(|it| (*it).to_owned()).collect();
    let source = of(chart, &files, &FluxSettings::default());
    let mut expected = spec;
    expected["interval"] = "5m".into();
    assert_eq!(source.document["kind"], kind);
    assert_eq!(source.document["spec"], expected);
    let (field, mut part) = source.reference;
    let path = if field == "chart" { "/spec/sourceRef" } else { "" };
    let name = part.pointer_mut(path).unwrap().as_object_mut().unwrap().remove("name");
    assert_eq!(name.unwrap(), source.name);
    assert_eq!((field, part), reference);
}

fn source_ref(kind: &str) -> Value {
    json!({ "kind": kind, "namespace": "flux-system" })
}

#[test]
fn each_type_of_chart_has_its_source() {
    let url = "https://charts.example";
    check(
        &chart(ChartType::Helm, url, "web", "1.2.x"),
        &[],
        "HelmRepository",
        json!({ "url": url }),
        (
            "chart",
            json!({ "spec": {
                "sourceRef": source_ref("HelmRepository"), "chart": "web", "version": "1.2.x",
            } }),
        ),
    );
    check(
        &chart(ChartType::Git, url, "/charts/web/", "v1.0.0"),
        &["charts/web/small.yaml"],
        "GitRepository",
        json!({ "url": url, "ref": { "tag": "v1.0.0" } }),
        (
            "chart",
            json!({ "spec": {
                "sourceRef": source_ref("GitRepository"), "chart": "./charts/web",
                "valuesFiles": ["charts/web/small.yaml"],
            } }),
        ),
    );
    let oci = chart(ChartType::Helm, "oci://ghcr.example/charts/", "web", "");
    let layer = json!({ "mediaType": CHART_LAYER, "operation": "copy" });
    check(
        &oci,
        &[],
        "OCIRepository",
        json!({ "url": "oci://ghcr.example/charts/web", "ref": { "semver": "*" }, "layerSelector": layer }),
        ("chartRef", source_ref("OCIRepository")),
    );
    check(
        &oci,
        &["small.yaml"],
        "HelmRepository",
        json!({ "url": "oci://ghcr.example/charts/", "type": "oci" }),
        (
            "chart",
            json!({ "spec": {
                "sourceRef": source_ref("HelmRepository"), "chart": "web", "version": "*",
                "valuesFiles": ["small.yaml"],
            } }),
        ),
    );
}

#[test]
fn what_a_revision_of_git_is() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let cases = [
        ("", json!({ "branch": "main" })),
        ("develop", json!({ "branch": "develop" })),
        ("release-1.2", json!({ "branch": "release-1.2" })),
        ("v1.2.3", json!({ "tag": "v1.2.3" })),
        ("1.2.3-rc.1", json!({ "tag": "1.2.3-rc.1" })),
        ("refs/tags/stable", json!({ "name": "refs/tags/stable" })),
        (commit, json!({ "commit": commit })),
    ];
    for (revision, expected) in cases {
        assert_eq!(git(revision), expected, "{revision}");
    }
}

#[test]
fn what_a_revision_in_a_registry_is() {
    let cases = [
        ("", json!({ "semver": "*" })),
        (">=1.0.0 <2.0.0", json!({ "semver": ">=1.0.0 <2.0.0" })),
        ("1.2.3+build", json!({ "tag": "1.2.3_build" })),
        ("sha256:00", json!({ "digest": "sha256:00" })),
    ];
    for (revision, expected) in cases {
        assert_eq!(oci(&chart(ChartType::Helm, "oci://x", "web", revision))["ref"], expected);
    }
}

#[test]
fn templates_of_one_repository_share_its_source() {
    let name = |chart: &Chart| of(chart, &[], &FluxSettings::default()).name;
    let web = chart(ChartType::Helm, "https://charts.example", "web", "1.0.0");
    let mail = chart(ChartType::Helm, "https://charts.example", "mail", "2.0.0");
    assert_eq!(name(&web), name(&mail));
    let main = chart(ChartType::Git, "https://git.example/a", "web", "main");
    let next = chart(ChartType::Git, "https://git.example/a", "web", "next");
    assert_ne!(name(&main), name(&next), "a GitRepository has one revision");
}
