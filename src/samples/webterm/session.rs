//! One websocket and its shell, from the first to the last of the two.

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
    protocol::{self, FromPage, Size},
    shell::{CHUNK, Ending, Keyboard, Program, Screen, Shell},
};

/// How much may be on its way to a page that has not said yet that it is shown.
const WINDOW: usize = 512 * 1024;
/// How often the page is asked whether it is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A page that says nothing, not even to that, for so long is gone.
const SILENCE: Duration = Duration::from_secs(45);
/// How long programs may take to end after they were told that their terminal is gone.
const GRACE: Duration = Duration::from_millis(500);

/// What every session needs.
#[derive(Debug, Clone)]
pub(super) struct Sessions {
    /// What is started.
    pub(super) program: Program,
    /// One for each shell that may be open.
    pub(super) seats: Arc<Semaphore>,
    /// The sessions that are open.
    pub(super) open: TaskTracker,
    /// Ends them all.
    pub(super) stop: CancellationToken,
}

impl Sessions {
    /// Gives `socket` a shell, until one of them ends.
    pub(super) async fn hold(self, socket: WebSocket, size: Size) {
        let open = self.open.clone();
        open.track_future(self.run(socket, size)).await;
    }

    async fn run(self, socket: WebSocket, size: Size) {
        let (mut page, words) = socket.split();
        let reason = match self.seats.try_acquire() {
            Ok(_seat) => self.talk(&mut page, words, size).await,
            Err(_) => Some("Too many shells are open; close another tab first.".to_owned()),
        };
        if let Some(reason) = reason {
            farewell(&mut page, &reason).await;
        }
    }

    /// Carries words between page and shell; gives the reason for the end when there is somebody left to tell.
    async fn talk(
        &self,
        page: &mut SplitSink<WebSocket, Message>,
        words: SplitStream<WebSocket>,
        size: Size,
    ) -> Option<String> {
        let shell = match self.program.start(size) {
            Ok(shell) => shell,
            Err(cause) => {
                tracing::error!(error = &cause as &dyn std::error::Error, "no shell");
                return Some(format!("The shell did not start: {cause}."));
            }
        };
        let Shell { mut keyboard, mut screen, mut ending, leader } = shell;
        let window = Semaphore::new(WINDOW);
        let reason = tokio::select! {
            () = listen(words, &mut keyboard, &window) => None,
            () = speak(page, &mut screen, &window) => Some(describe(&mut ending).await),
            () = self.stop.cancelled() => Some("The environment is shutting down.".to_owned()),
        };
        // The keyboard is let go of last: losing it types a newline, which must reach no program that still listens.
        end_session(leader, &mut ending).await;
        drop(keyboard);
        reason
    }
}

/// Types what the page sends, until it is gone.
async fn listen(mut words: SplitStream<WebSocket>, keyboard: &mut Keyboard, window: &Semaphore) {
    while let Ok(Some(Ok(message))) = timeout(SILENCE, words.next()).await {
        match message {
            Message::Binary(typed) => keyboard.type_in(typed).await,
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(FromPage::Resize(size)) => keyboard.resize(size),
                Ok(FromPage::Shown(bytes)) => make_room(window, bytes),
                Err(_) => return,
            },
            Message::Close(_) => return,
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }
}

/// Shows what the shell prints, until it prints no more, or the page is gone.
async fn speak(page: &mut SplitSink<WebSocket, Message>, screen: &mut Screen, window: &Semaphore) {
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            printed = next_print(screen, window) => match printed {
                Some(bytes) => Message::Binary(bytes),
                None => return,
            },
            _ = heartbeat.tick() => Message::Ping(Bytes::new()),
        };
        if page.send(message).await.is_err() {
            return;
        }
    }
}

/// The next piece, once there is room for it on the way.
async fn next_print(screen: &mut Screen, window: &Semaphore) -> Option<Bytes> {
    let mut room = window.acquire_many(CHUNK as u32).await.ok()?;
    let bytes = screen.recv().await?;
    if let Some(used) = room.split(bytes.len()) {
        used.forget();
    }
    Some(bytes)
}

/// The page has shown so many bytes; never makes more room than there was at first.
fn make_room(window: &Semaphore, bytes: u32) {
    let missing = WINDOW.saturating_sub(window.available_permits());
    window.add_permits(missing.min(bytes as usize));
}

/// How the shell ended, as a sentence. It prints no more, but may take a moment to be gone.
async fn describe(ending: &mut Ending) -> String {
    let status = timeout(GRACE, ending.wait_for(Option::is_some)).await;
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

async fn farewell(page: &mut SplitSink<WebSocket, Message>, reason: &str) {
    let frame = CloseFrame { code: close_code::NORMAL, reason: "".into() };
    let ended = Message::Text(protocol::ended(reason).into());
    // A page that is gone cannot be told, and need not be.
    let _ = page.send(ended).await;
    let _ = page.send(Message::Close(Some(frame))).await;
}

/// Ends the shell and all that was started in it: politely as a lost terminal does, then for certain.
async fn end_session(leader: Option<Pid>, ending: &mut Ending) {
    let Some(leader) = leader else { return };
    if ending.borrow().is_none() {
        // Already gone is fine, here and below.
        let _ = kill_process_group(leader, Signal::HUP);
        if timeout(GRACE, ending.wait_for(Option::is_some)).await.is_err() {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
    for member in session_members(leader) {
        let _ = kill_process(member, Signal::KILL);
    }
}

/// The processes in the session of `leader`: its background jobs have process groups of their own. Empty where the kernel has
/// no `/proc`; the leader's own group is all that can be named there.
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
    // The name stands in parentheses and may contain anything; state, parent and group come before the session.
    let (_, after_name) = stat.rsplit_once(')')?;
    Pid::from_raw(after_name.split_whitespace().nth(3)?.parse().ok()?)
}
