use std::net::Ipv4Addr;

use super::html;
use crate::{Listen, SizedArgs};

#[test]
fn the_page_shows_what_was_chosen_and_nothing_that_was_smuggled() {
    let page = html(&SizedArgs {
        listen: Listen { host: Ipv4Addr::LOCALHOST.into(), port: 0 },
        size: "large".into(),
        greeting: "<script>alert(1)</script>".into(),
    });
    assert!(page.contains(r#"data-parameter="size">large<"#));
    assert!(page.contains("&lt;script&gt;"));
    assert!(!page.contains("<script>"));
}
