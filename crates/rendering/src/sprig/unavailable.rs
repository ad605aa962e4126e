//! The functions of sprig that Dploy does not offer. Each returns an error with the reason.

use super::function::{Entry, call_error};

/// Entries of functions that fail with the reason.
macro_rules! unavailable {
    ($($reason:literal: $($name:literal)*;)*) => {
        &[$($((
            $name,
            |_| Err(call_error(concat!($name, " is not available: ", $reason))),
        ),)*)*]
    };
}

pub(super) const FUNCTIONS: &[Entry] = unavailable! {
    "templates cannot read the server's environment": "env" "expandenv";
    "templates cannot use the server's network": "getHostByName";
    "templates cannot make keys and certificates; let the chart or cert-manager make them":
        "buildCustomCert" "genCA" "genCAWithKey" "genPrivateKey" "genSelfSignedCert"
        "genSelfSignedCertWithKey" "genSignedCert" "genSignedCertWithKey";
    "let the workload hash its passwords": "bcrypt" "derivePassword" "htpasswd";
    "everybody who reads the template would know the key": "decryptAES" "encryptAES";
};
