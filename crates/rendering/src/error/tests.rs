use super::*;

#[test]
fn an_error_names_the_template_the_line_and_what_to_change() {
    let error = Fault::at(3, reword("function uper not defined")).in_template("valuesTemplate");
    assert_eq!(
        error.to_string(),
        "valuesTemplate, line 3: there is no function \"uper\"; docs/templates.md lists the functions"
    );
}

#[test]
fn data_is_not_repeated() {
    let problem = reword("no field `Onwer` in map[Claims:map[secret:hunter2]]");
    assert!(problem.contains("Onwer") && !problem.contains("hunter2"));
    assert!(!reword("unable to get 7 in [hunter2]").contains("hunter2"));
}

#[test]
fn without_a_line_none_is_made_up() {
    assert_eq!(Fault::new("too long").in_template("manifests").to_string(), "manifests: too long");
}
