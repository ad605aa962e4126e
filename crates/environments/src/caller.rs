//! The caller of an operation.

use serde_json::{Map, Value};

use crate::Refusal;

/// A verified identity that makes a request. The crate that verifies tokens creates it.
#[derive(Debug, Clone, PartialEq)]
pub struct Caller {
    /// The `sub` claim, which identifies a person at an issuer and never changes.
    pub subject: String,
    /// The issuer of the token; `None` when it is the configured one (`JWT_ISSUER`).
    pub issuer: Option<String>,
    /// The value of the username claim; `None` when the token has no usable one.
    pub username: Option<String>,
    /// The name of the username claim (`JWT_USERNAME_CLAIM`), for the error when it is missing.
    pub username_claim: String,
    /// All claims of the token, for teams and templates.
    pub claims: Map<String, Value>,
    /// Whether the admin claim has the admin value.
    pub admin: bool,
}

/// A person: the issuer, if it is not the configured one, and the `sub`.
pub type Person = (Option<String>, String);

impl Caller {
    /// Who the caller is. A `sub` is unique only within its issuer.
    #[must_use]
    pub fn person(&self) -> Person {
        (self.issuer.clone(), self.subject.clone())
    }

    /// The proof that the caller is an admin.
    ///
    /// # Errors
    /// [`Refusal::NotAdmin`]
    pub(crate) const fn as_admin(&self) -> Result<Admin<'_>, Refusal> {
        if self.admin { Ok(Admin { _caller: self }) } else { Err(Refusal::NotAdmin) }
    }
}

/// The proof that a caller is an admin, and that the manager is enabled. Only
/// [`Environments::as_admin`](crate::Environments::as_admin) creates it.
#[derive(Debug, Clone, Copy)]
pub struct Admin<'a> {
    _caller: &'a Caller,
}
