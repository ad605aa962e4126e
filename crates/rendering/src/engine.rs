//! Runs one Go template: the engine of gtmpl-ng with our own functions, within [`limits`].
//!
//! A template is untrusted code. It runs on its own thread, so that the depth of the caller's stack
//! does not matter. Its functions take randomness and the time from [`FixedInputs`], so that an
//! instance renders the same at every time.

mod source;

use std::thread;

use gtmpl_ng::{Context, Limits, Template, Value};

pub(crate) use self::source::{actions, word};
use crate::{error::Fault, fixed_inputs::FixedInputs, limits, sprig};

/// Renders `text` over `data`. A missing value prints nothing.
pub(crate) fn render(text: &str, data: Value, inputs: FixedInputs) -> Result<String, Fault> {
    let prepared = source::prepare(text)?;
    thread::scope(|scope| {
        thread::Builder::new()
            .name("render".to_owned())
            .stack_size(limits::RENDER_STACK_BYTES)
            .spawn_scoped(scope, || inputs.run(|| execute(prepared, data)))
            .map_err(|_| Fault::new("Dploy could not start a thread to render it; try again"))?
            .join()
            .unwrap_or_else(|_| {
                Err(Fault::new("the template engine failed; simplify the template"))
            })
    })
}

fn execute(text: String, data: Value) -> Result<String, Fault> {
    let mut template = Template::with_limits(engine_limits());
    template.add_funcs(&sprig::functions());
    template.parse(text)?;
    let output = template.render(&Context::from(data))?;
    Ok(output.replace("<no value>", ""))
}

fn engine_limits() -> Limits {
    Limits::default()
        .with_iterations(limits::MAX_LOOP_ITERATIONS)
        .with_total_iterations(limits::MAX_TOTAL_ITERATIONS)
        .with_output_bytes(limits::MAX_OUTPUT_BYTES)
        .with_function_output(limits::MAX_OUTPUT_BYTES)
        .with_deadline(limits::RENDER_TIMEOUT)
}

#[cfg(test)]
mod tests;
