//! The schedule of a run: what happened, when and where.

use std::{
    fmt::{self, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant;

/// A line of the schedule.
#[derive(Debug, Clone)]
struct Line {
    at: u64,
    node: String,
    text: String,
    /// Not printed: a call that is neither a write nor disturbed.
    quiet: bool,
}

/// The schedule, which all parts of a run write.
#[derive(Debug, Clone)]
pub struct Trace {
    start: Instant,
    lines: Arc<Mutex<Vec<Line>>>,
}

impl Trace {
    pub(crate) fn from(start: Instant) -> Self {
        Self { start, lines: Arc::default() }
    }

    /// Milliseconds since the start of the simulation.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn note(&self, node: &str, text: impl Into<String>) {
        self.push(node, text.into(), false);
    }

    pub(crate) fn note_quietly(&self, node: &str, text: impl Into<String>) {
        self.push(node, text.into(), true);
    }

    fn push(&self, node: &str, text: String, quiet: bool) {
        let line = Line { at: self.now(), node: node.to_owned(), text, quiet };
        self.lines().push(line);
    }

    /// A hash of all lines. The same seed gives the same hash.
    #[must_use]
    pub fn hash(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for line in self.lines().iter() {
            for byte in format!("{} {} {}\n", line.at, line.node, line.text).bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        hash
    }

    /// The number of lines that contain `text`, from that time on.
    pub(crate) fn count_since(&self, at: u64, is: impl Fn(&str, &str) -> bool) -> usize {
        self.lines().iter().filter(|it| it.at >= at && is(&it.node, &it.text)).count()
    }

    /// All lines, the quiet ones too.
    #[must_use]
    pub fn full(&self) -> String {
        self.printed(|_| true)
    }

    fn printed(&self, is: impl Fn(&Line) -> bool) -> String {
        let mut text = String::new();
        for line in self.lines().iter().filter(|line| is(line)) {
            let (seconds, thousandths) = (line.at / 1000, line.at % 1000);
            let _ =
                writeln!(text, "{seconds:>5}.{thousandths:03}  {:<11} {}", line.node, line.text);
        }
        text
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.printed(|line| !line.quiet))
    }
}
