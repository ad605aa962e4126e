//! Server-side apply and strategic merge patch, which depend on the schema of an object.

mod apply;
mod managers;
mod paths;
mod shape;
mod strategic;

#[cfg(test)]
mod tests;

pub(crate) use self::{
    apply::{Applied, apply},
    managers::{Manager, track},
    shape::Shape,
    strategic::strategic_merge,
};
