//! Base 64 and base 32. What cannot be decoded gives the error as text, as sprig does.

use data_encoding::{BASE32, BASE64, Encoding};
use gtmpl_ng::Value;

use super::{
    Entry,
    args::{Answer, exactly, text},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("b32dec", |args| decode("base32", &BASE32, args)),
    ("b32enc", |args| encode("b32enc", &BASE32, args)),
    ("b64dec", |args| decode("base64", &BASE64, args)),
    ("b64enc", |args| encode("b64enc", &BASE64, args)),
];

fn encode(name: &str, encoding: &Encoding, args: &[Value]) -> Answer {
    let [plain] = exactly(name, args)?;
    Ok(encoding.encode(text(plain)?.as_bytes()).into())
}

fn decode(alphabet: &str, encoding: &Encoding, args: &[Value]) -> Answer {
    let [encoded] = exactly(alphabet, args)?;
    // Go passes over line breaks in what it decodes.
    let encoded = text(encoded)?.replace(['\r', '\n'], "");
    Ok(match encoding.decode(encoded.as_bytes()) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).as_ref().into(),
        Err(error) => format!("illegal {alphabet} data at input byte {}", error.position).into(),
    })
}
