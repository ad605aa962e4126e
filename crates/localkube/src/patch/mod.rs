//! The languages of patches that know the shape of an object: server-side apply and strategic merge.

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
