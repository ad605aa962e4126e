use clap::Parser;
use kube::ResourceExt;
use resources::{ConnectionType, EngineName, Method};

use super::{COMMAND, operator_config, templates};

#[test]
fn every_sample_is_a_process_that_the_command_line_of_the_samples_understands() {
    for template in templates() {
        let process = template.spec.process.as_ref().unwrap();
        assert_eq!(template.spec.engine, Some(EngineName::Process));
        assert_eq!(process.command, COMMAND);
        let arguments = [COMMAND].into_iter().chain(process.args.iter().map(String::as_str));
        let line = arguments.chain(["--port", "0"]);
        let understood = samples::Cli::try_parse_from(line);
        assert!(understood.is_ok(), "{}: {:?}", template.name_any(), understood.err());
    }
}

#[test]
fn the_samples_show_what_templates_can_do() {
    let all = templates();
    let find = |name: &str| &all.iter().find(|template| template.name_any() == name).unwrap().spec;

    assert_eq!(find("webterm").method, Method::OnDemand);
    assert_eq!(find("webterm-warm").pool.unwrap().size, 2);
    assert_eq!(find("team-desk").owner_claim, "team");
    assert_eq!(find("nc-echo").connection_type, Some(ConnectionType::Instructions));
    let [size, greeting] = find("sized").parameters.as_slice() else { panic!("two parameters") };
    assert!(size.required && size.choices == ["small", "medium", "large"]);
    assert!(!greeting.required && greeting.default == "Hello");
}

#[test]
fn environments_answer_below_localhost() {
    let settings = operator_config(4711).spec;
    assert_eq!(settings.base_domain, "localhost:4711");
    assert_eq!(settings.connection_url_template, "http://{{ .Host }}");
}
