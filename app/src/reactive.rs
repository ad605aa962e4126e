//! Effects of one type. Each closure type would bring its own copy of the machinery into the WebAssembly module.

use leptos::prelude::Effect;

/// Runs `run` in the browser, now and whenever something that it read changes.
pub fn effect(run: impl FnMut() + 'static) {
    let mut run: Box<dyn FnMut()> = Box::new(run);
    Effect::new(move |_: Option<()>| run());
}
