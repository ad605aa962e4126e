//! The web app: rendered on the server, hydrated in the browser, updated by the event stream.
//!
//! `pages` load data, `parts` show it, and `view_models` and `time` decide what it looks like as
//! plain values. `contexts` hold the state that pages share. `server_fns` are the requests to the
//! server; they call the crate `environments` and hold no rule.

#![recursion_limit = "512"] // The type of a page nests deeply, except with `erase_components`.
#![allow(
    unreachable_pub,
    reason = "`#[component]` and `#[server]` make public items in private modules"
)]
#![allow(
    clippy::redundant_closure,
    reason = "`view!` erases the closures that it sees; a function's name would bring a type, and code, of its own"
)]

mod app;
mod contexts;
mod cookie;
mod form_actions;
mod links;
mod message;
mod page_data;
mod pages;
mod parts;
mod reactive;
mod response;
#[cfg(test)]
mod samples;
pub mod server_fns;
mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;
mod text_case;
mod theme;
mod time;
mod view_models;

pub use app::App;
#[cfg(feature = "ssr")]
pub use links::WAIT_PARAMETER;
#[cfg(feature = "ssr")]
pub use pages::PAGES;
pub use shell::shell;
pub use view_models::SignInFailure;
