//! One websocket and its shell: both end when either of them ends.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bytes::Bytes;
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use portable_pty::ExitStatus;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::{
    sync::Semaphore,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    protocol::{self, PageMessage, Size},
    shell::{CHUNK_BYTES, Exit, Keyboard, Output, Shell, ShellCommand},
};

/// The most bytes that are sent to a page before it confirms that it has drawn them.
const MAX_UNCONFIRMED_BYTES: usize = 512 * 1024;
/// How often the page is pinged.
const PING_INTERVAL: Duration = Duration::from_secs(15);
/// A page that sends no message, not even a pong, for this time counts as gone.
const PAGE_TIMEOUT: Duration = Duration::from_secs(45);
/// How long the shell may take to end after SIGHUP.
const HANGUP_GRACE: Duration = Duration::from_millis(500);

/// What every terminal needs.
#[derive(Debug, Clone)]
pub(super) struct Terminals {
    /// The shell to start.
    pub(super) shell: ShellCommand,
    /// A permit for each shell that may still be opened.
    pub(super) free_shells: Arc<Semaphore>,
    /// The open terminals.
    pub(super) open: TaskTracker,
    /// Ends all terminals.
    pub(super) stop: CancellationToken,
}

impl Terminals {
    /// Connects `socket` to a new shell until one of them ends.
    pub(super) async fn serve(self, socket: WebSocket, size: Size) {
        let open = self.open.clone();
        open.track_future(self.run(socket, size)).await;
    }

    async fn run(self, socket: WebSocket, size: Size) {
        let (mut page, messages) = socket.split();
        let reason = match self.free_shells.try_acquire() {
            Ok(_permit) => self.connect(&mut page, messages, size).await,
            Err(_) => Some("Too many shells are open; close another tab first.".to_owned()),
        };
        if let Some(reason) = reason {
            close(&mut page, &reason).await;
        }
    }

    /// Copies input and output; returns the reason for the end unless the page is gone.
    async fn connect(
        &self,
        page: &mut SplitSink<WebSocket, Message>,
        messages: SplitStream<WebSocket>,
        size: Size,
    ) -> Option<String> {
        let shell = match self.shell.start(size) {
            Ok(shell) => shell,
            Err(cause) => {
                tracing::error!(error = %errors::chain(&cause), "could not start a shell");
                return Some(format!("The shell did not start: {cause}."));
            }
        };
        let Shell { mut keyboard, mut output, mut exit, leader } = shell;
        let window = Semaphore::new(MAX_UNCONFIRMED_BYTES);
        let reason = tokio::select! {
            () = copy_input(messages, &mut keyboard, &window) => None,
            () = copy_output(page, &mut output, &window) => Some(describe(&mut exit).await),
            () = self.stop.cancelled() => Some("The environment is shutting down.".to_owned()),
        };
        // Dropping the keyboard types a newline, so every process must have ended before.
        end_session(leader, &mut exit).await;
        drop(keyboard);
        reason
    }
}

/// Sends what the page types to the shell, until the page is gone.
async fn copy_input(
    mut messages: SplitStream<WebSocket>,
    keyboard: &mut Keyboard,
    window: &Semaphore,
) {
    while let Ok(Some(Ok(message))) = timeout(PAGE_TIMEOUT, messages.next()).await {
        match message {
            Message::Binary(typed) => keyboard.send(typed).await,
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(PageMessage::Resize(size)) => keyboard.resize(size),
                Ok(PageMessage::Shown(bytes)) => widen(window, bytes),
                Err(_) => return,
            },
            Message::Close(_) => return,
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }
}

/// Sends the shell's output to the page, until the output ends or the page is gone.
async fn copy_output(
    page: &mut SplitSink<WebSocket, Message>,
    output: &mut Output,
    window: &Semaphore,
) {
    let mut ping = interval(PING_INTERVAL);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            chunk = next_chunk(output, window) => match chunk {
                Some(bytes) => Message::Binary(bytes),
                None => return,
            },
            _ = ping.tick() => Message::Ping(Bytes::new()),
        };
        if page.send(message).await.is_err() {
            return;
        }
    }
}

/// The next chunk of output, once the window has room for it.
async fn next_chunk(output: &mut Output, window: &Semaphore) -> Option<Bytes> {
    let mut room = window.acquire_many(CHUNK_BYTES as u32).await.ok()?;
    let bytes = output.recv().await?;
    if let Some(used) = room.split(bytes.len()) {
        used.forget();
    }
    Some(bytes)
}

/// Adds `bytes` to the window, up to its first size.
fn widen(window: &Semaphore, bytes: u32) {
    let missing = MAX_UNCONFIRMED_BYTES.saturating_sub(window.available_permits());
    window.add_permits(missing.min(bytes as usize));
}

/// How the shell ended, as a sentence. The exit may follow the end of the output by a moment.
async fn describe(exit: &mut Exit) -> String {
    let status = timeout(HANGUP_GRACE, exit.wait_for(Option::is_some)).await;
    match status.ok().and_then(Result::ok).as_deref() {
        Some(Some(status)) => sentence(status),
        _ => "The shell has closed its terminal.".to_owned(),
    }
}

fn sentence(status: &ExitStatus) -> String {
    match (status.signal(), status.exit_code()) {
        (Some(signal), _) => format!("The shell was ended by a signal: {signal}."),
        (None, 0) => "The shell has ended.".to_owned(),
        (None, code) => format!("The shell has ended with exit code {code}."),
    }
}

async fn close(page: &mut SplitSink<WebSocket, Message>, reason: &str) {
    let frame = CloseFrame { code: close_code::NORMAL, reason: "".into() };
    let ended = Message::Text(protocol::ended(reason).into());
    // Both fail when the page is gone, which needs no answer.
    let _ = page.send(ended).await;
    let _ = page.send(Message::Close(Some(frame))).await;
}

/// Ends the shell and every process of its session: with SIGHUP first, then with SIGKILL.
async fn end_session(leader: Option<Pid>, exit: &mut Exit) {
    let Some(leader) = leader else { return };
    if exit.borrow().is_none() {
        // A signal to a process that has ended fails, here and below; that is no error.
        let _ = kill_process_group(leader, Signal::HUP);
        if timeout(HANGUP_GRACE, exit.wait_for(Option::is_some)).await.is_err() {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
    for member in session_members(leader) {
        let _ = kill_process(member, Signal::KILL);
    }
}

/// The processes in the session of `leader`; background jobs have process groups of their own.
/// Empty without `/proc`: there only the leader's own group is ended.
fn session_members(leader: Pid) -> Vec<Pid> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    processes
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok().and_then(Pid::from_raw))
        .filter(|process| session_of(*process) == Some(leader))
        .collect()
}

fn session_of(process: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).ok()?;
    // The name is in parentheses and may contain anything. The session is the fourth field behind.
    let (_, after_name) = stat.rsplit_once(')')?;
    Pid::from_raw(after_name.split_whitespace().nth(3)?.parse().ok()?)
}
