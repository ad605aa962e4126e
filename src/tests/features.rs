//! A disabled part of the site is disabled at both doors: REST and the server functions.

use app::server_fns::{Answer, Ask, Question};
use dploy::Env;
use leptos::server_fn::{
    ContentType as _, Decodes as _, Encodes as _, ServerFn as _, codec::PostcardEncoding,
};
use reqwest::{Method, StatusCode, header::CONTENT_TYPE};
use testbed::{Client, TestBed};

const TEMPLATE: &str = "sized";

/// The status of a question of the web app, and the answer.
async fn ask(client: &Client, question: Question) -> (StatusCode, Option<Answer>) {
    let body = PostcardEncoding::encode(&Ask { question }).expect("a question in postcard");
    let request = client
        .request(Method::POST, Ask::PATH)
        .header(CONTENT_TYPE, PostcardEncoding::CONTENT_TYPE);
    let response = request.body(body.to_vec()).send().await.expect("a response");
    let status = response.status();
    let bytes = response.bytes().await.expect("a body");
    (status, status.is_success().then(|| PostcardEncoding::decode(bytes).expect("an answer")))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_part_is_disabled_for_rest_and_the_web_app() {
    let off = ["CATALOG_ENABLED", "INSTANCES_LIST_ENABLED", "MANAGER_ENABLED"];
    let env: Env = off.map(|name| (name, "false")).into_iter().collect();
    let bed = TestBed::with_env(env!("CARGO_BIN_EXE_dploy"), env).await;
    let (nobody, alice, admin) = (bed.anonymous(), bed.user("alice"), bed.admin());
    for (client, path, sentence) in [
        (&nobody, "/api/environments/available", "catalog disabled"),
        (&alice, "/api/environments", "instances list disabled"),
        (&alice, "/api/environments/stream", "instances list disabled"),
        (&admin, "/api/admin/instances", "manager disabled"),
        (&admin, "/api/admin/templates", "manager disabled"),
        (&alice, "/api/admin/templates", "manager disabled"),
    ] {
        let answer = client.get(path).await;
        assert_eq!((answer.status.as_u16(), &*answer.error()), (404, sentence), "{path}");
    }
    for question in [Question::Catalog, Question::Environments(None)] {
        assert_eq!(ask(&alice, question.clone()).await.0, 404, "{question:?}");
    }
    let template = || Question::Template(TEMPLATE.to_owned());
    assert_eq!(ask(&nobody, template()).await.0, 401, "the catalog is no way around");
    assert_eq!(ask(&alice, template()).await.0, 200, "a launch always works");
    bed.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_page_follows_its_environment_while_the_list_is_disabled() {
    let env: Env = [("INSTANCES_LIST_ENABLED", "false")].into_iter().collect();
    let bed = TestBed::with_env(env!("CARGO_BIN_EXE_dploy"), env).await;
    let alice = bed.user("alice");
    for path in ["/run/sized?size=small", "/run/webterm"] {
        assert_eq!(alice.get(path).await.status, 200);
    }
    let (_, answer) = ask(&alice, Question::Environments(Some(TEMPLATE.to_owned()))).await;
    let Some(Answer::Environments(list)) = answer else { panic!("no list: {answer:?}") };
    let names: Vec<_> = list.environments.iter().map(|it| it.name.as_str()).collect();
    assert_eq!((names, list.count), (vec![TEMPLATE], 1));
    bed.stop().await;
}
