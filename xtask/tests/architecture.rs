//! Compares the manifests with the layers of `docs/ARCHITECTURE.md`.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// The packages of ours that each package may depend on. A package without an entry fails the test.
const ARROWS: &[(&str, &[&str])] = &[
    ("frontend", &["app"]),
    ("app", &["environments", "wire"]),
    (
        "dploy",
        &[
            "app",
            "audit",
            "clock",
            "dev",
            "engines",
            "environments",
            "errors",
            "identity",
            "kubeclient",
            "operator",
            "resources",
            "wire",
        ],
    ),
    ("dev", &["clock", "engines", "environments", "gateway", "identity", "localkube", "resources"]),
    (
        "environments",
        &["audit", "clock", "errors", "kubeclient", "ledger", "rendering", "resources", "wire"],
    ),
    (
        "operator",
        &[
            "clock",
            "engines",
            "errors",
            "kubeclient",
            "ledger",
            "planner",
            "rendering",
            "resources",
        ],
    ),
    ("engines", &["errors", "rendering", "resources"]),
    ("planner", &["ledger", "resources"]),
    ("gateway", &["clock", "errors", "identity"]),
    ("identity", &["clock"]),
    ("kubeclient", &["clock"]),
    ("rendering", &["resources"]),
    ("ledger", &["resources"]),
    ("resources", &[]),
    ("wire", &[]),
    ("audit", &["clock"]),
    ("clock", &[]),
    ("errors", &[]),
    ("faultnet", &[]),
    ("localkube", &["clock", "kubeclient"]),
    ("samples", &["errors"]),
    ("testbed", &["dev", "dploy"]),
    ("harness", &["clock", "resources"]),
    ("bench", &["clock", "harness", "resources"]),
    ("race", &["clock", "harness", "resources"]),
    (
        "simulation",
        &[
            "clock",
            "engines",
            "environments",
            "kubeclient",
            "ledger",
            "localkube",
            "operator",
            "resources",
            "wire",
        ],
    ),
    ("xtask", &[]),
];

/// Packages that the tests of any package may depend on.
const FOR_TESTS: [&str; 7] =
    ["clock", "dev", "faultnet", "kubeclient", "localkube", "samples", "testbed"];

/// The development mode, with its token issuer and its database, and the samples with their pty
/// library: production links none of them.
const NOT_IN_PRODUCTION: [&str; 5] = ["dev", "localkube", "portable-pty", "redb", "samples"];

/// The crates of a web server. The operations and the controllers register metrics with
/// `prometheus-client`; only the binary serves them over HTTP.
const WEB_SERVERS: [&str; 4] = ["axum", "leptos_axum", "tower-http", "utoipa-axum"];

/// The crates that must not reach the browser's build.
const NOT_IN_THE_BROWSER: [&str; 6] =
    ["k8s-openapi", "kube", "kube-client", "kube-core", "kube-runtime", "tokio"];

#[test]
fn packages_depend_on_what_their_layer_allows_and_nothing_else() {
    let arrows = ARROWS.iter().copied().collect::<BTreeMap<_, _>>();
    for (package, dependencies) in our_dependencies(&metadata()) {
        let allowed = arrows.get(package.as_str());
        let allowed = allowed.unwrap_or_else(|| panic!("{package} has no layer: give it one here"));
        for (dependency, kind) in dependencies {
            // A package may turn on its own features for its tests.
            let of_tests = kind == DependencyKind::Development
                && (FOR_TESTS.contains(&dependency.as_str()) || dependency == package);
            assert!(
                of_tests || allowed.contains(&dependency.as_str()),
                "{package} must not depend on {dependency}"
            );
        }
    }
}

#[test]
fn the_testbed_never_ships() {
    for (package, dependencies) in our_dependencies(&metadata()) {
        let shipped = |(name, kind): &(String, DependencyKind)| {
            name == "testbed" && *kind != DependencyKind::Development
        };
        assert!(!dependencies.iter().any(shipped), "{package} ships the testbed");
    }
}

#[test]
fn rules_and_controllers_know_no_web_server() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        if !["engines", "environments", "operator", "planner", "rendering", "resources"]
            .contains(&package.name.as_str())
        {
            continue;
        }
        let shipped = package.dependencies.iter().filter(|it| it.kind == DependencyKind::Normal);
        for dependency in shipped {
            let name = dependency.name.as_str();
            assert!(!WEB_SERVERS.contains(&name), "{} must not depend on {name}", package.name);
        }
    }
}

#[test]
fn the_ledger_and_the_planner_are_pure() {
    let values = ["jiff", "k8s-openapi", "resources"];
    let pure =
        [("ledger", BTreeSet::from(["serde_json"])), ("planner", BTreeSet::from(["ledger"]))];
    let metadata = metadata();
    for (name, own) in pure {
        let package =
            metadata.workspace_packages().into_iter().find(|package| package.name == name);
        let package = package.unwrap_or_else(|| panic!("there is a package `{name}`"));
        let dependencies = package.dependencies.iter();
        let shipped = dependencies.filter(|it| it.kind != DependencyKind::Development);
        let found: BTreeSet<_> = shipped.map(|it| it.name.as_str()).collect();
        assert_eq!(found, own.into_iter().chain(values).collect(), "dependencies of {name}");
    }
}

#[test]
fn wire_needs_nothing_but_serializers_and_for_the_server_utoipa() {
    let metadata = metadata();
    let wire = metadata.workspace_packages().into_iter().find(|package| package.name == "wire");
    let wire = wire.expect("there is a package `wire`");
    let shipped = wire.dependencies.iter().filter(|it| it.kind != DependencyKind::Development);
    let found: BTreeSet<_> = shipped.map(|it| (it.name.as_str(), it.optional)).collect();
    // The event stream's compact form is base64 of postcard. Leptos needs both in the browser, too.
    let allowed = BTreeSet::from([
        ("base64", false),
        ("postcard", false),
        ("serde", false),
        ("utoipa", true),
    ]);
    assert_eq!(found, allowed);
}

#[test]
fn the_browser_gets_no_part_of_kubernetes_and_no_server() {
    let output = Command::new("cargo")
        .current_dir(root())
        .args(["tree", "--locked", "--package=frontend", "--target=wasm32-unknown-unknown"])
        .args(["--edges=normal", "--prefix=none", "--format={lib}"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let built: BTreeSet<String> = tree.lines().map(|line| line.trim().replace('_', "-")).collect();
    assert!(built.contains("leptos"), "the tree is not that of the web app:\n{tree}");
    for package in NOT_IN_THE_BROWSER {
        assert!(!built.contains(package), "{package} reaches the browser's build");
    }
}

#[test]
fn production_links_no_part_of_the_development_mode() {
    let production = linked(&["--no-default-features"]);
    assert!(production.contains("kube"), "the tree is not the server's: {production:?}");
    for package in NOT_IN_PRODUCTION {
        assert!(!production.contains(package), "production links {package}");
    }
    let development = linked(&[]);
    for package in ["dev", "localkube", "redb"] {
        assert!(development.contains(package), "{package} is not looked for by its name");
    }
    for package in ["portable-pty", "samples"] {
        assert!(!development.contains(package), "{package} is linked, but is a program of its own");
    }
}

/// The packages that are linked into `dploy`.
fn linked(features: &[&str]) -> BTreeSet<String> {
    let output = Command::new("cargo")
        .current_dir(root())
        .args(["tree", "--locked", "--package=dploy", "--edges=normal", "--prefix=none"])
        .args(["--format={p}"])
        .args(features)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// Each of our packages, and the others of ours that its manifest names. A package may name itself,
/// to turn on its own features for its tests.
fn our_dependencies(metadata: &Metadata) -> Vec<(String, Vec<(String, DependencyKind)>)> {
    let packages = metadata.workspace_packages();
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    packages
        .iter()
        .map(|package| {
            let named = package
                .dependencies
                .iter()
                .filter(|it| ours.contains(it.name.as_str()) && it.name != package.name.as_str());
            (package.name.to_string(), named.map(|it| (it.name.clone(), it.kind)).collect())
        })
        .collect()
}

fn metadata() -> Metadata {
    MetadataCommand::new().current_dir(root()).no_deps().exec().expect("cargo reads the workspace")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
