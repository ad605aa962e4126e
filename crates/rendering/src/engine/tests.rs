use std::time::{Duration, Instant};

use jiff::Timestamp;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::{limits::RENDER_TIMEOUT, value::*};

fn run(text: &str) -> Result<String, Fault> {
    let data = structure([
        ("Owner", "ada".into()),
        ("Items", Value::Array(vec![1.into(), 2.into(), 3.into()])),
        ("Map", Value::Map([("a".to_owned(), "x".into())].into())),
    ]);
    render(text, data, FixedInputs::new("seed", "test", Timestamp::UNIX_EPOCH))
}

#[track_caller]
fn fault(text: &str) -> Fault {
    match run(text) {
        Err(fault) => fault,
        Ok(output) => panic!("rendered {} bytes", output.len()),
    }
}

#[rstest]
#[case("{{ until 100000000 }}")]
#[case("{{ range 100000000 }}{{ end }}")]
#[case("{{ seq 1 100000000 }}")]
#[case(r#"{{ repeat 1000000000 "x" }}"#)]
#[case(r#"{{ repeat 1000000 "xyz" }}"#)]
#[case(r#"{{ indent 1000000 "a\nb" }}"#)]
#[case(r#"{{ $s := repeat 1000 "a" }}{{ $s = replace "a" $s $s }}{{ $s = replace "a" $s $s }}"#)]
#[case(r#"{{ $s := repeat 2000 "a" }}{{ regexReplaceAll "a" $s $s }}"#)]
#[case(r#"{{ $s := repeat 2000 "a" }}{{ join $s (splitList "" $s) }}"#)]
#[case(
    "{{ range until 10000 }}{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}{{ end }}"
)]
#[case(r#"{{ range until 10000 }}{{ $x := repeat 1000000 "x" }}{{ end }}"#)]
#[case(r#"{{ $s := "xx" }}{{ range until 100 }}{{ $s = print $s $s }}{{ end }}"#)]
#[case("{{ $l := list }}{{ range until 1000 }}{{ $l = list $l }}{{ end }}")]
#[case(r#"{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}"#)]
#[case(r#"{{ define "a" }}{{ template "b" }}{{ template "b" }}{{ end }}{{ define "b" }}{{ template "a" }}{{ template "a" }}{{ end }}{{ template "a" }}"#)]
#[case(r#"{{ range until 10000 }}{{ repeat 1000 "x" }}{{ end }}"#)]
#[case(r#"{{ regexFind "(((a{100}){100}){100}){100}" "a" }}"#)]
#[case(r#"{{ printf "%1000000000d" 1 }}{{ printf "%*d" 1000000000 1 | len | repeat 1000000000 }}"#)]
fn endless_and_huge_templates_end_within_the_timeout(#[case] text: &str) {
    let start = Instant::now();
    let fault = fault(text);
    assert!(start.elapsed() < RENDER_TIMEOUT + Duration::from_secs(2), "{fault:?}");
    assert!(fault.problem.len() < 500, "{}", fault.problem.len());
    assert!(!fault.problem.contains("engine failed"), "{fault:?}");
}

#[test]
fn long_lists_do_not_take_quadratic_time() {
    let start = Instant::now();
    let text = r#"{{ $l := until 10000 }}{{ range until 4 }}{{ $l = concat $l $l }}{{ end }}{{ uniq $l | len }} {{ without $l 1 2 | len }}"#;
    assert_eq!(run(text), Ok("10000 159968".into()));
    assert!(start.elapsed() < RENDER_TIMEOUT);
}

#[rstest]
#[case("(", ")", 101)]
#[case("(", ")", 100_000)]
fn deep_parentheses_are_refused(#[case] open: &str, #[case] close: &str, #[case] depth: usize) {
    let text = format!("{{{{ {}1{} }}}}", open.repeat(depth), close.repeat(depth));
    let fault = fault(&text);
    assert!(fault.problem.contains("parentheses") || fault.problem.contains("longer"), "{fault:?}");
}

#[test]
fn a_hundred_parentheses_are_fine() {
    let text = format!("{{{{ {}1{} }}}}", "(".repeat(100), ")".repeat(100));
    assert_eq!(run(&text), Ok("1".into()));
}

#[rstest]
#[case("{{ if true }}", "{{ end }}")]
#[case("{{ range .Items }}", "{{ end }}")]
#[case("{{ with 1 }}{{ else with 2 }}", "{{ end }}")]
#[case("{{ if false }}{{ else if false }}{{ else if false }}", "{{ end }}")]
#[case(r#"{{ block "b" . }}"#, "{{ end }}")]
#[case(r#"{{ define "b" }}"#, "{{ end }}")]
fn deep_blocks_are_refused(#[case] open: &str, #[case] close: &str) {
    for depth in [65, 1000] {
        let text = format!("{}{}", open.repeat(depth), close.repeat(depth));
        assert!(fault(&text).problem.contains("nest deeper"), "{open} {depth}");
    }
}

#[test]
fn a_chain_of_else_ifs_is_bounded_too() {
    let text = format!("{{{{ if false }}}}{}{{{{ end }}}}", "{{ else if false }}x".repeat(5000));
    assert!(fault(&text).problem.contains("nest deeper"));
    let text = format!("{{{{ if false }}}}{}{{{{ end }}}}", "{{ else if true }}x".repeat(60));
    assert_eq!(run(&text), Ok("x".into()));
}

/// Unusual spellings that the engine's lexer accepts do not bypass the limits.
#[rstest]
#[case("", "{{ else if(false) }}")]
#[case("", "{{ else if.Owner }}")]
#[case("{{-\t/* it's */}}", "{{ else if false }}")]
#[case("{{/*/ ' */}}", "{{ else if false }}")]
#[case("{{ if false }}{{ end\t-}}", "{{else\tif false}}")]
fn no_spelling_bypasses_the_limits(#[case] before: &str, #[case] link: &str) {
    let text = format!("{before}{{{{ if false }}}}{}{{{{ end }}}}", link.repeat(3000));
    assert!(fault(&text).problem.contains("nest deeper"));
}

#[test]
fn many_variables_render_within_the_timeout() {
    let start = Instant::now();
    let uses: String = (0..2400).map(|at| format!("{{{{$v{at}:=1}}}}{{{{$v0}}}}")).collect();
    assert_eq!(run(&uses).map(|output| output.len()), Ok(2400));
    assert!(start.elapsed() < RENDER_TIMEOUT);
    assert!(fault(&"{{1}}".repeat(20_000)).problem.contains("actions"));
}

#[test]
fn long_names_and_searches_end_within_the_timeout() {
    let start = Instant::now();
    let text = r#"{{ $l := repeat 400000 "_" }}{{ $s := repeat 400000 "a1" }}{{ print $l $s | camelcase | len }}
        {{ snakecase $s | len }} {{ wrap 1000 $s | len }} {{ regexFindAll ".*[^A-Z]|[A-Z]" (repeat 60000 "A") -1 | len }}"#;
    let _ = run(text);
    assert!(start.elapsed() < RENDER_TIMEOUT + Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn a_long_template_is_refused() {
    assert!(fault(&"x".repeat(200_000)).problem.contains("longer than 128 KiB"));
    assert_eq!(run(&"x".repeat(100_000)).map(|output| output.len()), Ok(100_000));
}

#[rstest]
#[case("a\n{{ if }}x{{ end }}", 2)]
#[case("a\n\n{{ nofunction }}", 3)]
#[case("a: 1\nb: {{ .Owner.first }}", 2)]
#[case("{{ if true }}\n{{ else with 1 }}\n{{ .Nope }}\n{{ end }}\n{{ .Nope }}", 5)]
#[case("{{ $d := dict }}\n{{ $_ := set $d \"a\" 1 }}\n{{ fail \"x\" }}", 3)]
fn an_error_names_its_line(#[case] text: &str, #[case] line: usize) {
    assert_eq!(fault(text).line, Some(line));
}

#[rstest]
#[case("{{ if true }}x", "add {{ end }}")]
#[case("{{ .Onwer }}", "no field \"Onwer\"")]
#[case("{{ uper .Owner }}", "no function \"uper\"")]
#[case("{{ lt 1 \"a\" }}", "int or toString")]
#[case("{{ .Owner", "unclosed action")]
fn an_error_says_what_to_change(#[case] text: &str, #[case] hint: &str) {
    let fault = fault(text);
    assert!(fault.problem.contains(hint), "{fault:?}");
}

#[rstest]
#[case("{{ with .Map.b }}a{{ else with .Map.a }}{{ . }}{{ else }}c{{ end }}", "x")]
#[case("{{ with 0 }}a{{- else with 0 -}} b {{- else -}} c {{- end -}} d", "cd")]
#[case("{{ with 0 }}{{ else with 0 }}{{ else with 7 }}{{ . }}{{ end }}{{ .Owner }}", "7ada")]
#[case("{{ range .Items }}{{ with 0 }}{{ else with . }}{{ . }}{{ end }}{{ end }}", "123")]
#[case("{{/* else with }} */}}a{{- /* x */ -}} b", "ab")]
#[case(r#"{{ "}}" }}{{ `}}"` }}{{ '"' }}{{ "\"}}" }}"#, "}}}}\"34\"}}")]
#[case("{{ eq 2.0 2 }} {{ lt 1.5 2 }} {{ gt 3 2.5 }}", "true true true")]
#[case(
    "{{ .Map.none }}{{ .Map.none.deeper }}{{ index .Map \"none\" }}{{ .Map.none | default \"-\" }}",
    "-"
)]
#[case("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2")]
fn the_engine_prints_what_go_prints(#[case] text: &str, #[case] want: &str) {
    assert_eq!(run(text), Ok(want.into()));
}

#[test]
fn the_seed_and_the_template_fix_the_random_numbers() {
    let draw = |seed: &str, name: &str| {
        let inputs = FixedInputs::new(seed, name, Timestamp::UNIX_EPOCH);
        render("{{ randAlphaNum 32 }}", Value::Nil, inputs)
    };
    assert_eq!(draw("a", "valuesTemplate"), draw("a", "valuesTemplate"));
    assert_ne!(draw("a", "valuesTemplate"), draw("b", "valuesTemplate"));
    assert_ne!(draw("a", "valuesTemplate"), draw("a", "manifests"));
}

/// Random actions made of the words of the template language.
fn template() -> impl Strategy<Value = String> {
    let word = prop::sample::select(
        "if else end range with define block template break continue ( ) | , := = $ $x .Owner .Items .Map.a . .. \
         \"a\" \"}}\" ` ' nil true 1 -1 2.5 0x_1 1e9 '\\n' \\ set $d dict list until repeat indent print printf \
         \"%d\" \"%*.*f\" index len slice add div regexReplaceAll \"(a*)*\" toJson toYaml fromJson merge now date \
         wrap substr trunc abbrev é 🦀"
            .split(' ')
            .collect::<Vec<_>>(),
    );
    let action = (prop::collection::vec(word, 0..8), any::<[bool; 3]>()).prop_map(
        |(words, [left, right, apart])| {
            let (left, right) =
                (if left { "{{- " } else { "{{" }, if right { " -}}" } else { "}}" });
            format!("{left}{}{right}", words.join(if apart { " " } else { "" }))
        },
    );
    let text =
        prop::sample::select(vec!["", " ", "x", "\n", "{", "}", "}}", "{{", "é", "{{/*", "*/}}"]);
    prop::collection::vec(prop_oneof![3 => action, 1 => text.prop_map(str::to_owned)], 0..12)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic_or_hang(text in "\\PC{0,120}") {
        check_ends(&text)?;
    }

    #[test]
    fn no_template_makes_it_panic_or_hang(text in template()) {
        check_ends(&text)?;
    }

    /// The prepared text has the lines of the author's text.
    #[test]
    fn rewriting_keeps_lines(text in template()) {
        if let Ok(prepared) = source::prepare(&text) {
            prop_assert_eq!(prepared.matches('\n').count(), text.matches('\n').count());
        }
    }
}

fn check_ends(text: &str) -> Result<(), TestCaseError> {
    let start = Instant::now();
    if let Err(fault) = run(text) {
        prop_assert!(!fault.problem.contains("engine failed"), "{:?}", fault);
    }
    prop_assert!(start.elapsed() < RENDER_TIMEOUT + Duration::from_secs(2));
    Ok(())
}
