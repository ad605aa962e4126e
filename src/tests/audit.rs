//! The audit log of a server that is killed, and `dploy audit verify`.

use std::{fs, path::Path};

use reqwest::{Method, header};
use serde_json::Value;
use testbed::eventually;

use super::program::{Home, command, dploy};

/// Runs `dploy audit verify`: its exit code and its output.
async fn verify(log: &Path) -> (Option<i32>, String) {
    let mut verify = tokio::process::Command::new(dploy());
    let output = verify.args(["audit", "verify"]).arg(log).output().await.expect("a process");
    (output.status.code(), String::from_utf8(output.stdout).expect("text"))
}

fn lines(log: &Path) -> Vec<Value> {
    let text = fs::read_to_string(log).expect("the log");
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// What a line says: its action, who, the status, and whether it names the instance.
fn said(line: &Value) -> String {
    let status = match line["outcome"].as_str() {
        Some(done) => done.to_owned(),
        None => line["outcome"]["refused"]["status"].to_string(),
    };
    let owner = line["who"]["owner"].as_str().unwrap_or_default();
    let has_instance = line["environment"]["instance"].is_string();
    format!("{} {owner} {status} {has_instance}", line["action"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn every_change_has_its_line_and_kill_9_breaks_no_chain() {
    let (home, folder) = (Home::new(), tempfile::tempdir().expect("a folder"));
    let log = folder.path().join("audit.jsonl");
    let audited = || {
        let mut dev = command("dev");
        dev.env("AUDIT_LOG", &log);
        dev
    };
    let dev = home.start_as(audited()).await;
    let alice = dev.user("alice");
    let launched = alice.get("/run/nc-echo").await;
    assert_eq!(launched.status, 200, "{}", launched.text);
    alice.post("/run/nc-echo/extend").await;
    let form = alice
        .request(Method::POST, "/api/ui/delete_environment")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("x-request-id", "from-the-page")
        .body("template=nc-echo");
    let deleted = alice.send(form).await;
    assert_eq!(deleted.status, 200, "{}", deleted.text);
    assert_eq!(alice.delete("/run/no-such-template").await.status, 404);
    let token = dev.token("alice");
    // A line follows its answer.
    eventually("the line of every change", || async { (lines(&log).len() == 5).then_some(()) })
        .await;
    dev.kill().await;

    // The next process continues the chain.
    let dev = home.start_as(audited()).await;
    dev.kill().await;
    let lines = lines(&log);
    let said: Vec<String> = lines.iter().map(said).collect();
    assert_eq!(
        said,
        [
            "start  null false",
            "launch alice done true",
            "extend alice done true",
            "delete alice done true",
            "delete alice 404 false",
            "start  null false",
        ]
    );
    assert_eq!(lines[3]["request"], "from-the-page");
    assert_eq!(lines[1]["environment"]["uuid"], launched.json()["uuid"]);
    let (code, summary) = verify(&log).await;
    assert_eq!(code, Some(0), "{summary}");
    assert!(summary.contains("6 lines") && summary.contains("one chain"), "{summary}");

    let text = fs::read_to_string(&log).expect("the log");
    assert!(!text.contains(&token), "the log has a token");
    fs::write(&log, text.replacen("\"alice\"", "\"mallory\"", 1)).expect("an edit");
    let (code, summary) = verify(&log).await;
    assert_eq!(code, Some(1), "{summary}");
    assert!(summary.contains("line 2: this line was changed"), "{summary}");
}
