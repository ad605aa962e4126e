//! Who may call what: calls every route of the OpenAPI document and every server function as
//! nobody, as another user, as the owner and as an admin. `access.golden` lists the statuses; a
//! route without a line there fails the test.

use std::{collections::BTreeSet, fmt::Write as _};

use app::server_fns::{Ask, Question};
use expect_test::expect_file;
use kube::{Api, api::PostParams};
use leptos::server_fn::{ContentType as _, Encodes as _, ServerFn as _, codec::PostcardEncoding};
use reqwest::Method;
use resources::{DployTemplate, DployTemplateSpec};
use testbed::{Client, TestBed, eventually};

/// The template of the owner's environment.
const TEMPLATE: &str = "sized";
/// A template that the catalog does not show.
const HIDDEN: &str = "hidden";
const LAUNCH: &str = "/run/sized?size=small";

struct People {
    nobody: Client,
    other: Client,
    owner: Client,
    admin: Client,
}

impl People {
    fn of(bed: &TestBed) -> Self {
        Self {
            nobody: bed.anonymous(),
            other: bed.user("bob"),
            owner: bed.user("alice"),
            admin: bed.admin(),
        }
    }

    /// Gives the owner an environment and deletes those of the others.
    async fn set_the_scene(&self) {
        for person in [&self.other, &self.admin] {
            person.delete(&format!("/run/{TEMPLATE}")).await;
        }
        let launched = self.owner.get(LAUNCH).await;
        assert_eq!(launched.status, 200, "{}", launched.text);
    }

    /// The status that each of them gets.
    async fn tell(&self, call: &Call) -> String {
        let mut line = String::new();
        for (name, person) in [
            ("nobody", &self.nobody),
            ("other", &self.other),
            ("owner", &self.owner),
            ("admin", &self.admin),
        ] {
            self.set_the_scene().await;
            let mut request = person.request(call.method.clone(), &call.address);
            if let Some((content_type, body)) = &call.body {
                request = request.header("content-type", *content_type).body(body.clone());
            }
            let response = request.send().await.expect("an answer");
            let _ = write!(line, "  {name} {}", response.status().as_u16());
        }
        line
    }
}

/// One request.
struct Call {
    /// The name in the golden file.
    path: String,
    method: Method,
    address: String,
    body: Option<(&'static str, Vec<u8>)>,
}

/// Every operation of the document.
fn documented() -> BTreeSet<(String, Method)> {
    let document = dploy::openapi();
    let paths = serde_json::to_value(&document.paths).expect("paths are written as JSON");
    let mut operations = BTreeSet::new();
    for (path, item) in paths.as_object().expect("paths") {
        for method in item.as_object().expect("operations").keys() {
            if let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) {
                operations.insert((path.clone(), method));
            }
        }
    }
    operations
}

/// Every server function that is mounted.
fn server_functions() -> BTreeSet<(String, Method)> {
    leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (path.to_owned(), method))
        .collect()
}

/// The valid requests of a route, so that only the caller decides the status: one request, or one
/// for each question of the web app.
fn calls(path: &str, method: &Method) -> Vec<Call> {
    let address = path.replace("{env}", TEMPLATE).replace("{template}", TEMPLATE);
    if path == Ask::PATH {
        return questions().map(|(name, question)| asked(path, name, question)).into();
    }
    let address = if *method == Method::GET && address.ends_with(TEMPLATE) {
        format!("{address}?size=small")
    } else {
        address
    };
    let form = "application/x-www-form-urlencoded";
    let body = path.starts_with("/api/ui/").then(|| {
        (form, format!("template={TEMPLATE}&parameters[size]=small&theme=dark").into_bytes())
    });
    vec![Call { path: path.to_owned(), method: method.clone(), address, body }]
}

/// Every question. The `match` fails to compile when a question is added.
fn questions() -> [(&'static str, Question); 7] {
    let name = |question: &Question| match question {
        Question::Visit => "visit",
        Question::Environments(None) => "environments",
        Question::Environments(Some(_)) => "launched",
        Question::Catalog => "catalog",
        Question::Template(name) if name == TEMPLATE => "template",
        Question::Template(name) if name == HIDDEN => "hidden template",
        Question::Template(_) => "no template",
    };
    [
        Question::Visit,
        Question::Environments(None),
        Question::Environments(Some(TEMPLATE.to_owned())),
        Question::Catalog,
        Question::Template(TEMPLATE.to_owned()),
        Question::Template(HIDDEN.to_owned()),
        Question::Template("unknown".to_owned()),
    ]
    .map(|question| (name(&question), question))
}

fn asked(path: &str, name: &str, question: Question) -> Call {
    let body = PostcardEncoding::encode(&Ask { question }).expect("a question in postcard");
    Call {
        path: format!("{path} {name}"),
        method: Method::POST,
        address: path.to_owned(),
        body: Some((PostcardEncoding::CONTENT_TYPE, body.to_vec())),
    }
}

/// Creates [`HIDDEN`] and waits until the server knows it.
async fn hide_a_template(bed: &TestBed) {
    let spec = DployTemplateSpec {
        enabled: true,
        visible: false,
        manifests: Some("{}".to_owned()),
        ..DployTemplateSpec::default()
    };
    let templates: Api<DployTemplate> = Api::default_namespaced(bed.kube());
    let template = DployTemplate::new(HIDDEN, spec);
    templates.create(&PostParams::default(), &template).await.expect("a template");
    let admin = bed.admin();
    eventually("the manager shows it", || async {
        let shown = admin.get("/api/admin/templates").await.text;
        shown.contains(&format!("\"{HIDDEN}\"")).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_what_the_golden_file_says() {
    let bed = TestBed::start(env!("CARGO_BIN_EXE_dploy")).await;
    hide_a_template(&bed).await;
    let people = People::of(&bed);
    let mut table = String::new();
    for (path, method) in documented().union(&server_functions()) {
        for call in calls(path, method) {
            let told = people.tell(&call).await;
            let _ = writeln!(table, "{:<6} {:<36}{told}", call.method.as_str(), call.path);
        }
    }
    expect_file!["access.golden"].assert_eq(&table);
    bed.stop().await;
}
