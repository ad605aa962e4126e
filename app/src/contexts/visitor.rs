use environments::Caller;

/// Who sent the request; nobody, when it carries neither a session nor a token.
#[derive(Debug, Clone)]
pub struct Visitor(pub Option<Caller>);
