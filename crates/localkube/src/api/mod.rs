//! The verbs of the API, without HTTP: each reads or writes the store.

mod create;
mod delete;
mod list;
mod patch;
mod update;
mod watch;

pub(crate) use self::{
    create::create,
    delete::{delete, delete_collection},
    list::{ListOptions, ListPage, list},
    patch::{Patch, patch},
    update::{replace, update, write},
    watch::{WatchOptions, watch},
};
