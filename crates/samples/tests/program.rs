//! The program `dploy-samples` as a process of its own.

#![allow(clippy::expect_used, reason = "clippy takes only functions marked as tests for tests")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, ChildStderr, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

/// The longest wait for a byte.
const READ_TIMEOUT: Duration = Duration::from_secs(20);

/// A running sample.
struct Program {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dploy-samples"));
        command.args(arguments).stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a process");
        let log = BufReader::new(child.stderr.take().expect("its log"));
        Self { child, log }
    }

    /// The address in the first line of its log.
    fn address(&mut self) -> String {
        let mut line = String::new();
        self.log.read_line(&mut line).expect("a line");
        assert!(line.contains("listening") && !line.contains('\u{1b}'), "{line}");
        line.trim().rsplit_once("address=").expect("an address").1.to_owned()
    }

    /// Sends SIGTERM; the program ends well.
    fn stop(mut self) {
        let id = Pid::from_raw(self.child.id().cast_signed()).expect("a process");
        kill_process(id, Signal::TERM).expect("a process of ours");
        assert!(self.child.wait().expect("a status").success());
    }
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(READ_TIMEOUT)).expect("a socket");
    stream
}

#[test]
fn a_sample_listens_on_loopback_and_logs_the_address() {
    let mut echo = Program::start(&["echo", "--port", "0"]);
    let address = echo.address();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let mut stream = connect(&address);
    stream.write_all(b"hello\n").expect("a sent line");
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).expect("an answer");
    assert_eq!(line, "hello\n");
    echo.stop();
}

#[test]
fn a_sample_that_listens_on_every_address_answers_any_host() {
    let arguments = ["sized", "--host", "0.0.0.0", "--port", "0", "--size", "large"];
    let mut sized = Program::start(&arguments);
    let address = sized.address();
    let port = address.strip_prefix("0.0.0.0:").expect("every address");
    let mut stream = connect(&format!("127.0.0.1:{port}"));
    let request = "GET /health HTTP/1.1\r\nHost: sized.example\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("a sent request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok\n"), "{answer}");
    sized.stop();
}

#[test]
fn a_port_in_use_is_named() {
    let mut first = Program::start(&["echo", "--port", "0"]);
    let address = first.address();
    let (_, port) = address.rsplit_once(':').expect("a port");
    let mut second = Program::start(&["echo", "--port", port]);
    let mut said = String::new();
    second.log.read_to_string(&mut said).expect("its log");
    let sentence = format!("dploy-samples: could not listen on {address}: ");
    assert!(said.starts_with(&sentence), "{said}");
    assert!(!second.child.wait().expect("a status").success());
    first.stop();
}
