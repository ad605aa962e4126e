//! The command line of Dploy.

fn main() {}
