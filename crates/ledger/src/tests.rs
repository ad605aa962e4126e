pub(crate) mod fixed;
mod given;
mod lost;
mod properties;
