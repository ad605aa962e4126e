//! The people of the development provider.

/// A person who can sign in at the development provider.
#[derive(Debug, PartialEq, Eq)]
pub struct Person {
    /// The claims `sub` and `name`, and the argument of `dploy token`.
    pub name: &'static str,
    /// The claim `team`.
    pub team: &'static str,
    /// The claim `is_admin`.
    pub admin: bool,
}

/// All people.
pub const PEOPLE: [Person; 3] = [
    Person { name: "alice", team: "blue", admin: false },
    Person { name: "bob", team: "blue", admin: false },
    Person { name: "carol", team: "red", admin: true },
];

/// The person with this name.
pub(super) fn person(name: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.name == name)
}
