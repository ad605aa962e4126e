use resources::DployInstanceSpec;

use super::*;

fn instance(change: impl FnOnce(&mut DployInstance)) -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: "desk".to_owned(),
        owner: "ada".to_owned(),
        uuid: Some("00000000".to_owned()),
        ..DployInstanceSpec::default()
    };
    let mut instance = DployInstance::new("desk-00000000", spec);
    instance.metadata.labels = Some(resources::instance_labels("desk"));
    change(&mut instance);
    instance
}

#[test]
fn a_managed_instance_named_after_its_uuid_was_created_by_the_server() {
    assert!(was_created_by_server(&instance(|_| ())));
    assert!(!was_created_by_server(
        &instance(|it| it.metadata.name = Some("adas-desk".to_owned()))
    ));
    assert!(!was_created_by_server(&instance(|it| it.spec.uuid = None)));
}

#[test]
fn an_instance_without_the_label_was_not_created_by_the_server() {
    assert!(!was_created_by_server(&instance(|it| it.metadata.labels = None)));
    let other = [(meta::MANAGED.to_owned(), "no".to_owned())];
    assert!(!was_created_by_server(&instance(|it| it.metadata.labels = Some(other.into()))));
}

#[test]
fn an_adopted_instance_was_not_created_by_the_server() {
    let adopted = [(meta::ADOPTED.to_owned(), meta::TRUE.to_owned())];
    assert!(!was_created_by_server(&instance(|it| it.metadata.annotations = Some(adopted.into()))));
}
