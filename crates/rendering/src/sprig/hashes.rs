//! Checksums, as Go prints them.

use gtmpl_ng::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{
    Entry,
    args::{Answer, exactly, text},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("adler32sum", adler32sum),
    ("sha1sum", hex::<Sha1>),
    ("sha256sum", hex::<Sha256>),
    ("sha512sum", hex::<Sha512>),
];

fn hex<D: Digest>(args: &[Value]) -> Answer {
    let [plain] = exactly("a checksum", args)?;
    let digest = D::digest(text(plain)?.as_bytes());
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into())
}

fn adler32sum(args: &[Value]) -> Answer {
    let [plain] = exactly("adler32sum", args)?;
    let mut sum = adler2::Adler32::new();
    sum.write_slice(text(plain)?.as_bytes());
    Ok(sum.checksum().to_string().into())
}
