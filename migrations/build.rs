//! A new file of SQL is a change of this crate.

fn main() {
    println!("cargo:rerun-if-changed=.");
}
