use super::*;

fn declared(change: impl FnOnce(&mut Parameter)) -> Vec<Parameter> {
    let mut parameter = Parameter { name: "size".to_owned(), ..Parameter::default() };
    change(&mut parameter);
    vec![parameter]
}

#[track_caller]
fn check(declared: &[Parameter], given: &str, expected: Result<&str, &str>) {
    let given = BTreeMap::from([("size".to_owned(), given.to_owned())]);
    let chosen = choose(declared, &given).map(|chosen| chosen["size"].clone());
    assert_eq!(
        chosen.map_err(|refusal| refusal.to_string()),
        expected.map(str::to_owned).map_err(str::to_owned)
    );
}

const INVALID: Result<&str, &str> = Err("invalid value for parameter \"size\"");

#[test]
fn harmless_characters_pass_and_others_do_not() {
    let free = declared(|_| ());
    check(&free, "Größe 4._/@+=-x", Ok("Größe 4._/@+=-x"));
    for bad in ["a\nb", "a: b", "\"", "'", "{}", "#", "a\tb", "$(x)", "`", "a,b", "\u{0}", "½"] {
        check(&free, bad, INVALID);
    }
}

#[test]
fn a_value_has_at_most_256_characters() {
    check(&declared(|_| ()), &"ä".repeat(256), Ok("ä".repeat(256).as_str()));
    check(&declared(|_| ()), &"a".repeat(257), INVALID);
    check(&declared(|it| it.pattern = ".*".to_owned()), &"a".repeat(257), INVALID);
}

#[test]
fn a_declared_pattern_or_choice_decides_alone() {
    let pattern = declared(|it| it.pattern = "[a-z]+:|x".to_owned());
    check(&pattern, "abc:", Ok("abc:"));
    check(&pattern, "abc:x", INVALID);
    check(&pattern, "abc:\n", INVALID);
    let choices = declared(|it| it.choices = vec!["a: b".to_owned()]);
    check(&choices, "a: b", Ok("a: b"));
    check(&choices, "a", INVALID);
    check(&declared(|it| it.pattern = "(".to_owned()), "a", INVALID);
}

#[test]
fn an_empty_value_counts_as_none() {
    check(&declared(|it| it.default = "medium".to_owned()), "", Ok("medium"));
    let required = declared(|it| it.required = true);
    check(&required, "", Err("missing required parameter \"size\""));
}
