//! The access sweep: every route of the OpenAPI document and every server function, called as nobody, as another user, as the
//! owner and as an admin. `access.golden` lists what each is told; a route without a line in it fails the test.

use std::{collections::BTreeSet, fmt::Write as _};

use expect_test::expect_file;
use reqwest::Method;
use testbed::{Client, TestBed};

/// What the owner has while everybody tries their luck.
const TEMPLATE: &str = "sized";
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

    /// The owner has an environment; nobody else has one.
    async fn set_the_scene(&self) {
        for person in [&self.other, &self.admin] {
            person.delete(&format!("/run/{TEMPLATE}")).await;
        }
        let launched = self.owner.get(LAUNCH).await;
        assert_eq!(launched.status, 200, "{}", launched.text);
    }

    /// What each of them is told.
    async fn tell(&self, method: &Method, path: &str) -> String {
        let mut line = String::new();
        for (name, person) in [
            ("nobody", &self.nobody),
            ("other", &self.other),
            ("owner", &self.owner),
            ("admin", &self.admin),
        ] {
            self.set_the_scene().await;
            let request = person.request(method.clone(), path);
            let request = if path == "/api/ui/ask" {
                // `Question::Environments` in postcard.
                request.header("content-type", "application/x-postcard").body(vec![1])
            } else if *method == Method::POST && path.starts_with("/api/ui/") {
                let form = "application/x-www-form-urlencoded";
                request.header("content-type", form).body(format!("template={TEMPLATE}"))
            } else {
                request
            };
            let response = request.send().await.expect("an answer");
            let _ = write!(line, "  {name} {}", response.status().as_u16());
        }
        line
    }
}

/// Every operation of the document.
fn documented() -> BTreeSet<(String, Method)> {
    let document = dploy::rest::openapi();
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

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_what_the_golden_file_says() {
    let bed = TestBed::start(env!("CARGO_BIN_EXE_dploy")).await;
    let people = People::of(&bed);
    let mut table = String::new();
    for (path, method) in documented().union(&server_functions()) {
        let address = path.replace("{env}", TEMPLATE).replace("{template}", TEMPLATE);
        let address = if *method == Method::GET && address.ends_with(TEMPLATE) {
            format!("{address}?size=small")
        } else {
            address
        };
        let told = people.tell(method, &address).await;
        let _ = writeln!(table, "{:<6} {path:<36}{told}", method.as_str());
    }
    expect_file!["access.golden"].assert_eq(&table);
    bed.stop().await;
}
