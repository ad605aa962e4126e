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
fn an_error_does_not_repeat_data() {
    let problem = reword("no field `Onwer` in map[Claims:map[secret:hunter2]]");
    assert!(problem.contains("Onwer") && !problem.contains("hunter2"));
    assert!(!reword("unable to get 7 in [hunter2]").contains("hunter2"));
}

#[test]
fn an_error_without_a_line_prints_no_line() {
    assert_eq!(Fault::new("too long").in_template("manifests").to_string(), "manifests: too long");
}
