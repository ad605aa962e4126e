//! Logs in files.

use std::{fs, io::Write as _, path::Path, process::Command};

use clock::SystemClock;

use super::properties::change;
use crate::{AuditLog, NoPlace, OpenError, Target, verify::verify};

fn start(path: &Path) -> Result<AuditLog, OpenError> {
    let target = Target::File(path.to_owned());
    AuditLog::start(&target, "0123abcd".to_owned(), SystemClock::shared())
}

async fn write(log: &AuditLog, number: usize) {
    log.place().await.expect("a place").write(change(number));
}

/// Starts the log once the process before has released the file.
async fn restart(path: &Path) -> AuditLog {
    loop {
        match start(path) {
            Err(OpenError::Locked { .. }) => tokio::task::yield_now().await,
            started => return started.expect("a log"),
        }
    }
}

#[tokio::test]
async fn a_restart_continues_the_chain_and_cuts_an_unfinished_line_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let log = start(&path).expect("a log");
    write(&log, 1).await;
    log.flush().await;
    drop(log);
    let mut file = fs::OpenOptions::new().append(true).open(&path).expect("the log");
    file.write_all(b"{\"seq\":3,\"ti").expect("a torn line");

    let log = restart(&path).await;
    write(&log, 2).await;
    log.flush().await;
    let text = fs::read_to_string(&path).expect("the log");
    let verified = verify(text.as_bytes()).expect("one chain");
    assert_eq!((verified.end.seq, verified.torn), (4, 0), "{text}");
    assert!(text.lines().nth(2).is_some_and(|line| line.contains("\"torn\":12")), "{text}");
}

#[tokio::test]
async fn lines_of_concurrent_changes_are_all_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let log = start(&path).expect("a log");
    let writers = (0..200).map(|number| {
        let log = log.clone();
        tokio::spawn(async move { write(&log, number).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("a line");
    }
    log.flush().await;
    let text = fs::read(&path).expect("the log");
    assert_eq!(verify(&text).expect("one chain").end.seq, 201);
}

#[tokio::test]
async fn a_second_process_and_a_damaged_log_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let log = start(&path).expect("a log");
    assert!(matches!(start(&path), Err(OpenError::Locked { .. })));
    write(&log, 1).await;
    log.flush().await;
    let text = fs::read_to_string(&path).expect("the log").replace("subject-1", "subject-2");
    let copy = folder.path().join("copy.jsonl");
    fs::write(&copy, text).expect("a copy");
    assert!(matches!(start(&copy), Err(OpenError::Damaged { .. })));
}

#[tokio::test]
async fn a_log_that_cannot_be_written_refuses_changes() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let full = Path::new("/dev/full");
    // The device cannot be read as a log, so the writer gets it after the start.
    let folder = tempfile::tempdir().expect("a folder");
    let log = start(&folder.path().join("audit.jsonl")).expect("a log");
    let failing = crate::log::failing(full);
    write(&failing, 1).await;
    while failing.place().await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(failing.place().await.map(drop), Err(NoPlace));
    write(&log, 1).await;
    log.flush().await;
}

#[test]
fn a_killed_process_leaves_a_chain() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let test = std::env::current_exe().expect("the test program");
    for _ in 0..3 {
        let mut child = Command::new(&test)
            .args(["--exact", "tests::logs::writes_until_it_is_killed", "--ignored"])
            .arg("--nocapture")
            .env("AUDIT_TEST_LOG", &path)
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("a process");
        let before = fs::metadata(&path).map_or(0, |it| it.len());
        while fs::metadata(&path).map_or(0, |it| it.len()) < before + 5_000 {
            std::thread::yield_now();
        }
        child.kill().expect("a kill");
        child.wait().expect("an end");
        let text = fs::read(&path).expect("the log");
        assert!(verify(&text).expect("one chain").end.seq > 5);
    }
}

#[tokio::test]
#[ignore = "a process of `a_killed_process_leaves_a_chain`"]
#[expect(clippy::disallowed_methods, reason = "the parent process passes the path")]
async fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os("AUDIT_TEST_LOG") else { return };
    let log = restart(Path::new(&path)).await;
    for number in 0.. {
        write(&log, number).await;
    }
}
