//! sprig's functions that Dploy does not have. They are known by name, so that the error says why.

use super::{Entry, args::wrong};

/// Entries of functions that answer with a reason.
macro_rules! refused {
    ($($reason:literal: $($name:literal)*;)*) => {
        &[$($((
            $name,
            |_| Err(wrong(concat!($name, " is not available: ", $reason))),
        ),)*)*]
    };
}

pub(super) const FUNCTIONS: &[Entry] = refused! {
    "templates cannot read the server's environment": "env" "expandenv";
    "templates cannot use the server's network": "getHostByName";
    "templates cannot make keys and certificates; let the chart or cert-manager make them":
        "buildCustomCert" "genCA" "genCAWithKey" "genPrivateKey" "genSelfSignedCert"
        "genSelfSignedCertWithKey" "genSignedCert" "genSignedCertWithKey";
    "hash passwords where they are checked, e.g. in the workload": "bcrypt" "derivePassword" "htpasswd";
    "a key in a template would be no secret": "decryptAES" "encryptAES";
};
