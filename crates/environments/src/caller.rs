use serde_json::{Map, Value};

use crate::Refusal;

/// Who is asking: a verified identity, made by whoever verified it.
#[derive(Debug, Clone, PartialEq)]
pub struct Caller {
    /// The `sub` claim: who this is, for certain and for ever.
    pub subject: String,
    /// The value of the claim that names people; `None` when the token has none that can be used.
    pub username: Option<String>,
    /// Which claim names people (`JWT_USERNAME_CLAIM`), for the sentence that says it is missing.
    pub username_claim: String,
    /// All claims, for teams and templates.
    pub claims: Map<String, Value>,
    /// Whether the admin claim has the admin value.
    pub admin: bool,
}

impl Caller {
    /// The proof that the caller is an admin, which the manager's functions ask for.
    ///
    /// # Errors
    /// [`Refusal`] (403) when the caller is none.
    pub fn as_admin(&self) -> Result<Admin<'_>, Refusal> {
        if self.admin { Ok(Admin { _caller: self }) } else { Err(Refusal::NotAdmin) }
    }
}

/// The proof that somebody is an admin; only [`Caller::as_admin`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Admin<'a> {
    _caller: &'a Caller,
}
