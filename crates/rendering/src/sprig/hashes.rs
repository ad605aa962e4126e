//! Checksums as texts, in the forms of Go.

use gtmpl_ng::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{
    args::{exactly, text},
    function::{Entry, FuncResult},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("adler32sum", adler32sum),
    ("sha1sum", hex::<Sha1>),
    ("sha256sum", hex::<Sha256>),
    ("sha512sum", hex::<Sha512>),
];

fn hex<D: Digest>(args: &[Value]) -> FuncResult {
    let [plain] = exactly("a checksum", args)?;
    let digest = D::digest(text(plain)?.as_bytes());
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into())
}

fn adler32sum(args: &[Value]) -> FuncResult {
    let [plain] = exactly("adler32sum", args)?;
    let mut sum = adler2::Adler32::new();
    sum.write_slice(text(plain)?.as_bytes());
    Ok(sum.checksum().to_string().into())
}
