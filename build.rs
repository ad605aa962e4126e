//! Makes a release follow the site that it embeds. A debug build reads the site's files as it runs,
//! so there a change of them is no reason to compile the server again.

#![expect(clippy::disallowed_methods, reason = "this is how a build script is asked and answers")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let release = std::env::var_os("PROFILE").is_some_and(|profile| profile == "release");
    if release {
        println!("cargo::rerun-if-changed=target/site");
    }
}
