use super::*;

#[test]
fn what_most_people_are_called_is_not_masked() {
    for text in
        ["ada", "Ada Lovelace", "ada@example.org", "李小龙", "-5", "a-b_c/d+e=f", "v1.2", "🦀"]
    {
        assert!(matches!(mask(text), Cow::Borrowed(_)), "{text:?}");
    }
}

#[test]
fn what_means_something_in_yaml_is_masked_and_found_again() {
    for text in [
        "a: b",
        "a #b",
        "{a}",
        "[a]",
        "a, b",
        "*a",
        "&a",
        "!a",
        "|",
        ">",
        "%a",
        "`",
        "\"",
        "'",
        "\\",
        "- a",
        "-",
        "---",
        "...",
        "@a",
        "? a",
        "~",
        "<<",
        "a\nb",
        "\ta",
        "a\u{85}b",
        "a\u{2028}b",
        "\u{feff}a",
        "  a",
    ] {
        let masked = mask(text);
        assert_ne!(masked, text);
        assert_eq!(masked.chars().count(), text.chars().count());
        assert_eq!(unmask(&masked), text);
        assert!(matches!(mask(&masked), Cow::Borrowed(_)), "{text:?}");
    }
}
