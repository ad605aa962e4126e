use std::{net::SocketAddr, path::Path, time::Duration};

use axum::http::{Response, StatusCode};
use futures::{SinkExt, StreamExt};
use rustix::process::{Pid, test_kill_process};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

use super::*;

/// The longest wait of a test; generous for a busy machine.
const TEST_TIMEOUT: Duration = Duration::from_secs(10);

struct Webterm {
    address: SocketAddr,
    directory: TempDir,
    stop: CancellationToken,
    open: TaskTracker,
}

impl Webterm {
    async fn start() -> Self {
        let directory = TempDir::new().unwrap();
        let stop = CancellationToken::new();
        let terminals = Terminals {
            shell: ShellCommand::choose(Some("/bin/bash".into()), directory.path().to_owned()),
            free_shells: Arc::new(Semaphore::new(2)),
            open: TaskTracker::new(),
            stop: stop.clone(),
        };
        let open = terminals.open.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve::serve(listener, router(terminals), stop.clone()));
        Self { address, directory, stop, open }
    }

    async fn dial(&self, origin: &str) -> Result<Tab, tungstenite::Error> {
        let address = format!("ws://{}/shell?cols=80&rows=24", self.address);
        let mut request = address.into_client_request()?;
        request.headers_mut().insert("origin", origin.parse().unwrap());
        let stream = TcpStream::connect(self.address).await?;
        let (socket, _) = client_async(request, stream).await?;
        Ok(Tab { socket, seen: Vec::new() })
    }

    async fn tab(&self) -> Tab {
        self.dial(&format!("http://{}", self.address)).await.unwrap()
    }

    /// Waits until every terminal and its processes have ended.
    async fn all_ended(&self) {
        self.open.close();
        timeout(TEST_TIMEOUT, self.open.wait()).await.expect("a terminal is still open");
    }
}

/// The page's end of a terminal.
struct Tab {
    socket: WebSocketStream<TcpStream>,
    seen: Vec<u8>,
}

impl Tab {
    async fn types(&mut self, text: &str) {
        self.socket.send(Message::Binary(text.as_bytes().to_vec().into())).await.unwrap();
    }

    async fn says(&mut self, json: &str) {
        self.socket.send(Message::Text(json.into())).await.unwrap();
    }

    /// Reads until `text` has been printed; the final reason counts as printed.
    async fn sees(&mut self, text: &str) {
        let found = timeout(TEST_TIMEOUT, async {
            while !self.screen().contains(text) {
                self.read().await;
            }
        });
        assert!(found.await.is_ok(), "no {text:?} in {:?}", self.screen());
    }

    fn screen(&self) -> String {
        String::from_utf8_lossy(&self.seen).into_owned()
    }

    fn last(&self, bytes: usize) -> String {
        String::from_utf8_lossy(&self.seen[self.seen.len().saturating_sub(bytes)..]).into_owned()
    }

    async fn read(&mut self) {
        match self.socket.next().await {
            Some(Ok(Message::Binary(bytes))) => self.seen.extend_from_slice(&bytes),
            Some(Ok(Message::Text(text))) => self.seen.extend_from_slice(text.as_bytes()),
            Some(Ok(_)) => {}
            end => panic!("the terminal ended: {end:?} after {:?}", self.screen()),
        }
    }
}

async fn written(file: &Path) -> String {
    let appear = async {
        loop {
            match std::fs::read_to_string(file) {
                Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
                _ => sleep(Duration::from_millis(10)).await,
            }
        }
    };
    timeout(TEST_TIMEOUT, appear).await.expect("the shell writes the file")
}

fn lives(process: &str) -> bool {
    test_kill_process(Pid::from_raw(process.parse().unwrap()).unwrap()).is_ok()
}

fn status(error: tungstenite::Error) -> StatusCode {
    match error {
        tungstenite::Error::Http(response) => Response::status(&response),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_shell_computes_in_its_own_directory_and_knows_its_window() {
    let webterm = Webterm::start().await;
    let mut tab = webterm.tab().await;
    tab.types("echo $((6*7))-$TERM; stty size; pwd; echo grüße-$'\\u4e16'\n").await;
    tab.sees("42-xterm-256color").await;
    tab.sees("24 80").await;
    tab.sees(&webterm.directory.path().display().to_string()).await;
    tab.sees("grüße-世").await;

    tab.says(r#"{"resize":{"cols":123,"rows":45}}"#).await;
    tab.types("stty size\n").await;
    tab.sees("45 123").await;
}

#[tokio::test]
async fn an_exit_is_told_with_its_code() {
    let webterm = Webterm::start().await;
    let mut tab = webterm.tab().await;
    tab.types("exit 3\n").await;
    tab.sees(r#"{"ended":"The shell has ended with exit code 3."}"#).await;
    webterm.all_ended().await;
}

#[tokio::test]
async fn nothing_that_was_started_outlives_its_tab() {
    let webterm = Webterm::start().await;
    let file = webterm.directory.path().join("pids");
    let mut tab = webterm.tab().await;
    // One process ignores SIGHUP in a process group of its own; one runs in the foreground.
    tab.types("nohup sleep 1000 >/dev/null & echo $! $$ > pids; sleep 1000\n").await;
    let pids = written(&file).await;
    assert!(pids.split(' ').all(lives));

    drop(tab);
    webterm.all_ended().await;
    let gone = async {
        while pids.split(' ').any(lives) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(TEST_TIMEOUT, gone).await.expect("the programs end");
}

#[tokio::test]
async fn what_was_not_confirmed_is_not_run_when_the_tab_closes() {
    let webterm = Webterm::start().await;
    let mut tab = webterm.tab().await;
    tab.types("PS1=re'ad'y\n").await;
    tab.sees("ready").await;
    tab.types("touch oops").await;
    tab.sees("touch oops").await;
    drop(tab);
    webterm.all_ended().await;
    assert!(!webterm.directory.path().join("oops").exists());
}

#[tokio::test]
async fn a_page_that_does_not_keep_up_slows_the_program_down() {
    let webterm = Webterm::start().await;
    let mut tab = webterm.tab().await;
    tab.types("stty -echo; head -c 3000000 /dev/zero | tr '\\0' x; echo all-'of'-it\n").await;
    while timeout(Duration::from_secs(1), tab.read()).await.is_ok() {}
    let unasked = tab.seen.len();
    assert!((400_000..600_000).contains(&unasked), "{unasked} bytes came");

    tab.says(r#"{"shown":400000}"#).await;
    let rest = async {
        while !tab.last(40).contains("all-of-it") {
            let before = tab.seen.len();
            tab.read().await;
            let shown = tab.seen.len() - before;
            tab.says(&format!(r#"{{"shown":{shown}}}"#)).await;
        }
    };
    timeout(TEST_TIMEOUT, rest).await.expect("the rest comes once there is room");
    assert!(tab.seen.len() > 3_000_000);
}

#[tokio::test]
async fn only_so_many_shells_are_opened() {
    let webterm = Webterm::start().await;
    let (_one, _two) = (webterm.tab().await, webterm.tab().await);
    let mut three = webterm.tab().await;
    three.sees("Too many shells are open").await;
}

#[tokio::test]
async fn another_site_gets_no_shell() {
    let webterm = Webterm::start().await;
    for origin in ["http://evil.example", "http://127.0.0.1:1", "null"] {
        let refused = webterm.dial(origin).await.err().map(status);
        assert_eq!(refused, Some(StatusCode::FORBIDDEN), "{origin}");
    }
}

#[tokio::test]
async fn stopping_ends_the_shells() {
    let webterm = Webterm::start().await;
    let mut tab = webterm.tab().await;
    tab.types("echo $$ > pid\n").await;
    let pid = written(&webterm.directory.path().join("pid")).await;
    webterm.stop.cancel();
    tab.sees("The environment is shutting down.").await;
    webterm.all_ended().await;
    assert!(!lives(&pid));
}

#[test]
fn the_page_loads_only_files_that_there_are() {
    let page = include_str!("page.html");
    let script = include_str!("webterm.js");
    let linked = page.split(['"', '\'']).filter_map(|part| part.strip_prefix("/assets/"));
    let imported = script.split('"').filter_map(|part| part.strip_prefix("./"));
    let names: Vec<&str> = linked.chain(imported).collect();
    assert!(names.len() > 6);
    for name in names {
        assert!(assets::find(name).is_some(), "{name}");
    }
}
