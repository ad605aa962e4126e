//! The limits of one rendering.
//!
//! Authors read them in docs/templates.md, section "Limits".

use std::time::Duration;

/// The size of a template, in bytes.
pub(crate) const MAX_TEMPLATE_BYTES: usize = 128 * 1024;
/// The number of `{{ … }}` in a template: the engine searches all variables at each use of one.
pub(crate) const MAX_ACTIONS: usize = 5_000;
/// The nesting of parentheses: the engine's parser recurses into them.
pub(crate) const MAX_PARENTHESES_DEPTH: usize = 100;
/// The nesting of blocks, where each `else if` counts as one: the engine's parser recurses into
/// them.
pub(crate) const MAX_BLOCK_DEPTH: usize = 64;

/// The size of the output, and of each text that a function returns, in bytes.
pub(crate) const MAX_OUTPUT_BYTES: usize = 1024 * 1024;
/// The iterations of one loop, and the length of a list that a function generates.
pub(crate) const MAX_LOOP_ITERATIONS: usize = 10_000;
/// The iterations of all loops together.
pub(crate) const MAX_TOTAL_ITERATIONS: usize = 200_000;
/// Ends a template that is slow although it keeps every other limit.
pub(crate) const RENDER_TIMEOUT: Duration = Duration::from_secs(3);
/// The stack of the rendering thread, in bytes: several times what the deepest template that keeps
/// the limits needs in an unoptimised build.
pub(crate) const RENDER_STACK_BYTES: usize = 16 * 1024 * 1024;

/// The memory of a compiled regular expression, in bytes.
pub(crate) const MAX_REGEX_BYTES: usize = 512 * 1024;
/// The size of a text that a regular expression searches, in bytes: the time of one search grows
/// with the expression times the text.
pub(crate) const MAX_SEARCHED_BYTES: usize = 64 * 1024;
