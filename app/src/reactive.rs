//! Effects of one type. Each closure type would add its own code to the WebAssembly module.

use leptos::prelude::Effect;

/// Runs `run` in the browser, and again whenever a signal changes that it read.
pub fn effect(run: impl FnMut() + 'static) {
    let mut run: Box<dyn FnMut()> = Box::new(run);
    Effect::new(move |_: Option<()>| run());
}
