//! Base64 and base32. Like sprig's, the decoders return an error message as text for malformed
//! input.

use data_encoding::{BASE32, BASE64, Encoding};
use gtmpl_ng::Value;

use super::{
    args::{exactly, text},
    function::{Entry, FuncResult},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("b32dec", |args| decode("base32", &BASE32, args)),
    ("b32enc", |args| encode("b32enc", &BASE32, args)),
    ("b64dec", |args| decode("base64", &BASE64, args)),
    ("b64enc", |args| encode("b64enc", &BASE64, args)),
];

fn encode(name: &str, encoding: &Encoding, args: &[Value]) -> FuncResult {
    let [plain] = exactly(name, args)?;
    Ok(encoding.encode(text(plain)?.as_bytes()).into())
}

fn decode(alphabet: &str, encoding: &Encoding, args: &[Value]) -> FuncResult {
    let [encoded] = exactly(alphabet, args)?;
    // Go's decoders ignore line breaks.
    let encoded = text(encoded)?.replace(['\r', '\n'], "");
    Ok(match encoding.decode(encoded.as_bytes()) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).as_ref().into(),
        Err(error) => format!("illegal {alphabet} data at input byte {}", error.position).into(),
    })
}
