//! The figures of a run, printed as a Markdown table.

use harness::Machine;
use std::fmt::{self, Display};

use crate::measure::Measure;

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
    /// A report without figures.
    pub(crate) const fn new(machine: Machine) -> Self {
        Self { machine, rows: Vec::new(), measure: Measure::Scale }
    }

    /// Sets the measure of the figures that are added next.
    pub(crate) const fn set_measure(&mut self, measure: Measure) {
        self.measure = measure;
    }

    /// Adds a figure that has a target.
    pub(crate) fn check(
        &mut self,
        what: impl Into<String>,
        target: &str,
        measured: impl Into<String>,
        met: bool,
    ) {
        self.add(what.into(), target.to_owned(), measured.into(), Some(met));
    }

    /// Adds a figure without a target.
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
