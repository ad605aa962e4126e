//! What was measured, as a table in Markdown.

use std::fmt::{self, Display};

use crate::{machine::Machine, measures::Measure};

/// One figure.
#[derive(Debug, Clone)]
struct Row {
    measure: Measure,
    what: String,
    target: String,
    measured: String,
    met: Option<bool>,
}

/// All figures of a run.
#[derive(Debug)]
pub(crate) struct Report {
    machine: Machine,
    rows: Vec<Row>,
    measure: Measure,
}

impl Report {
    /// An empty one.
    pub(crate) const fn new(machine: Machine) -> Self {
        Self { machine, rows: Vec::new(), measure: Measure::Scale }
    }

    /// What follows comes from this measure.
    pub(crate) const fn begin(&mut self, measure: Measure) {
        self.measure = measure;
    }

    /// A figure that has a number to meet.
    pub(crate) fn check(
        &mut self,
        what: impl Into<String>,
        target: &str,
        measured: impl Into<String>,
        met: bool,
    ) {
        self.add(what.into(), target.to_owned(), measured.into(), Some(met));
    }

    /// A figure that explains others.
    pub(crate) fn note(&mut self, what: impl Into<String>, measured: impl Into<String>) {
        self.add(what.into(), String::new(), measured.into(), None);
    }

    fn add(&mut self, what: String, target: String, measured: String, met: Option<bool>) {
        tracing::info!("{what}: {measured}");
        self.rows.push(Row { measure: self.measure, what, target, measured, met });
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.machine)?;
        writeln!(f, "| what | target | measured | met | `--only` |")?;
        writeln!(f, "|---|---|---|---|---|")?;
        for Row { measure, what, target, measured, met } in &self.rows {
            let met = met.map_or("", |met| if met { "yes" } else { "**no**" });
            writeln!(f, "| {what} | {target} | {measured} | {met} | `{measure}` |")?;
        }
        Ok(())
    }
}
