/// Somebody whom the development provider knows.
#[derive(Debug, PartialEq, Eq)]
pub struct Person {
    /// The `sub`, and what `dploy token` takes.
    pub name: &'static str,
    /// The team they are in, claim `team`.
    pub team: &'static str,
    /// Claim `is_admin`.
    pub admin: bool,
}

/// All of them.
pub const PEOPLE: [Person; 3] = [
    Person { name: "alice", team: "blue", admin: false },
    Person { name: "bob", team: "blue", admin: false },
    Person { name: "carol", team: "red", admin: true },
];

/// The person of that name.
pub(super) fn person(name: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.name == name)
}
