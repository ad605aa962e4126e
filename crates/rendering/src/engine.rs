//! Runs one Go template: gtmpl-ng's engine with our own functions, inside fixed bounds.
//!
//! A template is somebody else's program. It runs on a thread of its own, so that the depth of the caller's stack does
//! not matter, and each thing that it could use up has a bound: the text, its nesting, iterations, the size of values and
//! of the output, and as a last resort the time. The functions draw randomness and the present moment from
//! [`session`], so that the same instance always renders the same.

pub(crate) mod session;
mod source;
pub(crate) mod value;

use std::{thread, time::Duration};

use gtmpl_ng::{Context, Limits, Template, Value};

use crate::{error::Fault, sprig};
use session::Session;

/// The largest output, in bytes.
pub(crate) const LARGEST_OUTPUT: usize = 1024 * 1024;
/// How often one loop may go round, and how long a list a function may make.
const LONGEST_LOOP: usize = 10_000;
/// How often all loops of a rendering may go round together.
const ALL_LOOPS: usize = 200_000;
/// When the counters let a template pass that is slow all the same.
const DEADLINE: Duration = Duration::from_secs(3);
/// Several times what the deepest template that passes [`source::prepare`] needs in a build without optimisation.
const STACK: usize = 16 * 1024 * 1024;

/// Renders `text` over `data`. What stands for a missing value prints nothing.
pub(crate) fn render(text: &str, data: Value, session: Session) -> Result<String, Fault> {
    let prepared = source::prepare(text)?;
    thread::scope(|scope| {
        thread::Builder::new()
            .name("render".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, || session.run(|| execute(prepared, data)))
            .map_err(|_| Fault::new("no thread could be started to render it; try again"))?
            .join()
            .unwrap_or_else(|_| Err(Fault::new("the template engine failed on it; simplify it")))
    })
}

fn execute(text: String, data: Value) -> Result<String, Fault> {
    let mut template = Template::with_limits(limits());
    template.add_funcs(&sprig::functions());
    template.parse(text)?;
    let output = template.render(&Context::from(data))?;
    Ok(output.replace("<no value>", ""))
}

fn limits() -> Limits {
    Limits::default()
        .with_iterations(LONGEST_LOOP)
        .with_total_iterations(ALL_LOOPS)
        .with_output_bytes(LARGEST_OUTPUT)
        .with_function_output(LARGEST_OUTPUT)
        .with_deadline(DEADLINE)
}

#[cfg(test)]
mod tests;
