use super::path;

#[test]
fn paths_of_the_host_are_kept() {
    for wanted in ["/", "/lab/tree?file=a%20b.md&x=1", "/a//b", "/%E4%B8%96", "/~user/:id@2"] {
        assert_eq!(path(wanted), wanted);
    }
}

#[test]
fn everything_that_could_lead_elsewhere_becomes_the_root() {
    let long = format!("/{}", "a".repeat(3000));
    for wanted in [
        "",
        "a",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/%5cevil.example",
        "/%5C",
        "http://evil.example",
        "https:evil.example",
        "/a\r\nSet-Cookie:x",
        "/%0d%0aSet-Cookie:x",
        "/\tx",
        "/ x",
        "/ä",
        "/.dploy/ticket?ticket=x",
        "/%2F%2fevil.example",
        "/%00",
        &long,
    ] {
        assert_eq!(path(wanted), "/", "{wanted}");
    }
}
