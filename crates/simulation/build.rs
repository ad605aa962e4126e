//! Compiles `random.c` into the programs that simulate.

fn main() {
    println!("cargo:rerun-if-changed=src/random.c");
    for object in cc::Build::new().file("src/random.c").compile_intermediates() {
        println!("cargo:rustc-link-arg-tests={}", object.display());
    }
}
