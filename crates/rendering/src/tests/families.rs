//! One table per family: Go's output for cases that are not in the corpus.

use super::{check, rendered};

#[test]
fn strings() {
    check(&[
        (r#"{{ abbrevboth 5 10 "1234 5678 9123" }}"#, "...5678..."),
        (r#"{{ abbrev 2 "hello" }}"#, "hello"),
        (r#"{{ cat "a" nil 1 .Claims.nope "b" }}"#, "a 1 b"),
        (r#"{{ trunc -3 "hello" }}"#, "llo"),
        (r#"{{ trunc -9 "hello" }}"#, "hello"),
        (r#"{{ trunc 2 "żółw" }}"#, "żó"),
        (r#"{{ substr 0 -1 "hello" }}"#, "hello"),
        (r#"{{ substr 2 99 "hello" }}"#, "llo"),
        (r#"{{ trimSuffix "-" "a-" }}{{ trimPrefix "-" "-b" }}"#, "ab"),
        (r#"{{ trimall "$" "$5$" }}"#, "5"),
        (r#"{{ replace " " "-" "I Am" }}"#, "I-Am"),
        (r#"{{ quote "a\"b" 1 nil true }}"#, r#""a\"b" "1" "true""#),
        (r#"{{ squote "a" 1 }}"#, "'a' '1'"),
        (r#"{{ nindent 1 "a\nb" }}"#, "\n a\n b"),
        (r#"{{ plural "one" "many" 1 }}"#, "one"),
        ("{{ hello }}", "Hello!"),
        (r#"{{ contains "ell" "hello" }}"#, "true"),
        (r#"{{ upper .Claims.nope }}|{{ trim .Claims.level }}"#, "|3"),
        (r#"{{ wrap 3 "longword a" }}"#, "longword\na"),
        (r#"{{ wrapWith 3 "/" "abcdefg h" }}"#, "abc/def/g h"),
    ]);
}

#[test]
fn cases_of_names() {
    check(&[
        (r#"{{ title "o'neil the-2nd" }}"#, "O'Neil The-2nd"),
        (r#"{{ untitle "Hello World" }}"#, "hello world"),
        (r#"{{ swapcase "aB c" }}"#, "Ab C"),
        (r#"{{ initials "First Try" }}"#, "FT"),
        (r#"{{ snakecase "HTTPServer" }} {{ snakecase "NoHTTPS" }}"#, "http_server no_https"),
        (
            r#"{{ snakecase "GO_PATH" }} {{ snakecase "GO PATH" }} {{ kebabcase "GO-PATH" }}"#,
            "go_path go_path go-path",
        ),
        (r#"{{ snakecase "http2xx" }} {{ snakecase "HTTP20xOK" }}"#, "http_2xx http_20x_ok"),
        (
            r#"{{ snakecase "Duration2m3s" }} {{ snakecase "Bld4Floor3rd" }}"#,
            "duration_2m3s bld4_floor_3rd",
        ),
        (r#"{{ camelcase "http_server" }} {{ camelcase "some words" }}"#, "HttpServer SomeWords"),
        (
            r#"{{ camelcase "_complex__case_" }} {{ camelcase "_camel_case" }}"#,
            "_Complex_Case_ _CamelCase",
        ),
        (
            r#"{{ camelcase "GOLANG_IS_GREAT" }} {{ camelcase "firstName" }}"#,
            "GolangIsGreat FirstName",
        ),
        (r#"{{ camelcase " complex -case " }}|{{ camelcase "a" }}"#, " Complex Case |A"),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("{{ chunk 2 (list 1 2 3) }}", "[[1 2] [3]]"),
        ("{{ uniq (list 1 1 2 1) }} {{ without (list 1 2 3) 1 3 }}", "[1 2] [2]"),
        ("{{ slice (list 1 2 3) 1 }} {{ slice (list 1 2 3) 1 2 }}", "[2 3] [2]"),
        ("{{ first (list) }}{{ rest (list) }}{{ initial (list 1) }}", "[][]"),
        ("{{ has 3 .Claims.list }} {{ has \"x\" .Claims.nope }}", "true false"),
        ("{{ reverse .Claims.list }} {{ sortAlpha .Claims.list }}", "[2 1 3] [1 2 3]"),
        ("{{ push (list 1) 2 }} {{ mustAppend (list 1) 2 }}", "[1 2] [1 2]"),
        (r#"{{ split "," "a,b" }}"#, "map[_0:a _1:b]"),
        (r#"{{ (splitn "," 2 "a,b,c")._1 }}"#, "b,c"),
        (r#"{{ splitList "" "ab" }}"#, "[a b]"),
        ("{{ toStrings (list 1 nil true) }}", "[1 true]"),
        (r#"{{ join "-" "alone" }}{{ join "-" .Claims.nope }}"#, "alone"),
    ]);
}

#[test]
fn maps() {
    check(&[
        (r#"{{ dict "a" 1 "b" }}"#, "map[a:1 b:]"),
        (
            r#"{{ merge (dict "a" 1 "n" (dict "x" 1)) (dict "a" 2 "b" 3 "n" (dict "y" 2)) }}"#,
            "map[a:1 b:3 n:map[x:1 y:2]]",
        ),
        (r#"{{ mergeOverwrite (dict "a" 1 "b" 1) (dict "a" 2) }}"#, "map[a:2 b:1]"),
        (r#"{{ merge (dict "a" "") (dict "a" "x") }}"#, "map[a:x]"),
        (
            r#"{{ pick (dict "a" 1 "b" 2) "a" "z" }} {{ omit (dict "a" 1 "b" 2) "a" }}"#,
            "map[a:1] map[b:2]",
        ),
        (r#"{{ dig "a" "b" "none" (dict "a" (dict "c" 1)) }}"#, "none"),
        (r#"{{ get (dict) "a" }}|{{ hasKey (dict "a" nil) "a" }}"#, "|true"),
        (
            r#"{{ values (dict "b" 2 "a" 1) }} {{ keys (dict "b" 2 "a" 1) (dict "c" 3) }}"#,
            "[1 2] [a b c]",
        ),
    ]);
}

/// Maps are references in Go; `engine::source` assigns a changed map to its variable.
#[test]
fn changes_to_the_map_of_a_variable_last() {
    check(&[
        (
            r#"{{ $d := dict }}{{ $_ := set $d "a" 1 }}{{- $_ = set $d "b" (list 1 | first) -}}{{ $d }}"#,
            "map[a:1 b:1]",
        ),
        (r#"{{ $d := dict "a" 1 }}{{ set $d "b" 2 }}{{ unset $d "a" }}"#, "map[a:1 b:2]map[b:2]"),
        (
            r#"{{ $d := dict }}{{ range $i := until 3 }}{{ $_ := set $d (print $i) $i }}{{ end }}{{ $d }}"#,
            "map[0:0 1:1 2:2]",
        ),
        (r#"{{ $d := dict }}{{ $_ := "v" | set $d "a|)" }}{{ $d }}"#, "map[a|):v]"),
        (r#"{{ $d := dict "a" 1 }}{{ $_ := merge $d (dict "b" 2) }}{{ $d }}"#, "map[a:1 b:2]"),
        (
            r#"{{ $d := dict "a" 1 }}{{ $e := set (deepCopy $d) "a" 2 }}{{ $d }}{{ $e }}"#,
            "map[a:1]map[a:2]",
        ),
    ]);
}

#[test]
fn math() {
    check(&[
        (
            "{{ addf 0.1 0.2 }} {{ divf 1 3 }} {{ mulf 1.1 1.1 }} {{ subf 0.3 0.1 }}",
            "0.3 0.3333333333333333 1.21 0.2",
        ),
        ("{{ add1 2 }} {{ add1f 1.5 }} {{ sub 1 3 }} {{ mod -7 3 }}", "3 2.5 -2 -1"),
        (
            r#"{{ int "0x1f" }} {{ int "017" }} {{ int "3.0" }} {{ int "3.5" }} {{ int 3.9 }}"#,
            "31 15 3 0 3",
        ),
        (r#"{{ int "-12" }} {{ int "" }} {{ int "--1" }} {{ int true }}"#, "-12 0 0 1"),
        ("{{ maxf 1.5 2 }} {{ minf 1.5 2 }} {{ biggest 1 }}", "2 1.5 1"),
        ("{{ round 2.5 0 }} {{ round 2.449 1 }} {{ floor -1.5 }} {{ ceil -1.5 }}", "3 2.4 -2 -1"),
        (
            "{{ seq 3 }}|{{ seq -2 }}|{{ seq 2 4 }}|{{ seq 4 2 }}|{{ seq 0 -2 -5 }}|{{ seq }}",
            "1 2 3|1 0 -1 -2|2 3 4|4 3 2|0 -2 -4|",
        ),
        ("{{ until -2 }} {{ untilStep 3 0 -2 }} {{ untilStep 0 3 0 }}", "[0 -1] [3 1] []"),
        ("{{ .Config.Values.big }} {{ mulf 1000000 2 }}", "1234567890123 2000000"),
        ("{{ floor 1e3 }} {{ float64 0.000001 }}", "1000 1e-06"),
    ]);
    for overflow in
        ["{{ add 9223372036854775807 1 }}", "{{ mod 1 0 }}", "{{ mul 9223372036854775807 2 }}"]
    {
        assert!(rendered(overflow).is_err(), "{overflow}");
    }
}

#[test]
fn choices_and_failures() {
    check(&[
        (r#"{{ coalesce "" nil 0 "x" }}{{ coalesce }}"#, "x"),
        ("{{ all 1 true }} {{ all 1 0 }} {{ any 0 1 }} {{ any }}", "true false true false"),
        (r#"{{ default "x" }} {{ "" | default "y" }} {{ 0 | default 5 }}"#, "x y 5"),
        (
            "{{ empty (list) }} {{ empty (dict) }} {{ empty 0.0 }} {{ empty false }}",
            "true true true true",
        ),
        (r#"{{ ternary "a" "b" .Claims.nope }} {{ eq 1 1 | ternary "a" "b" }}"#, "b a"),
        (r#"{{ required "need" "x" }}"#, "x"),
    ]);
    assert_eq!(rendered(r#"{{ fail "stop here" }}"#), Err("stop here".into()));
    assert_eq!(rendered(r#"{{ required "give a size" "" }}"#), Err("give a size".into()));
}

#[test]
fn types() {
    check(&[
        (
            r#"{{ kindOf nil }} {{ kindOf (dict) }} {{ kindOf true }} {{ kindOf 1 }}"#,
            "invalid map bool int",
        ),
        (
            r#"{{ typeOf 1.5 }} {{ typeOf (list) }} {{ typeOf "a" }} {{ typeOf (add 1 1) }}"#,
            "float64 []interface {} string int64",
        ),
        (
            r#"{{ typeIs "string" "a" }} {{ typeIsLike "*string" "a" }} {{ kindIs "map" (dict) }}"#,
            "true true true",
        ),
        (r#"{{ toString (list 1 2) }} {{ toString .Claims.nope }}"#, "[1 2] "),
        (r#"{{ deepEqual (dict "a" 1) (dict "a" 2) }}"#, "false"),
    ]);
}

#[test]
fn encodings_and_checksums() {
    check(&[
        (
            r#"{{ b32enc "ada" }} {{ b32dec "MFSGC===" }} {{ b64enc "ädä" }}"#,
            "MFSGC=== ada w6Rkw6Q=",
        ),
        (r#"{{ b64dec "YWRh\n" }}"#, "ada"),
        (
            r#"{{ sha256sum "ada" | trunc 8 }} {{ sha512sum "" | trunc 8 }} {{ adler32sum "ada" }}"#,
            "fdee430d cf83e135 38732071",
        ),
        (r#"{{ toJson (dict "b" (list 1 2.5 nil) "a" "x") }}"#, r#"{"a":"x","b":[1,2.5,null]}"#),
        (r#"{{ fromJson "no json" }}{{ (fromJson "[1,2]") }}"#, "[1 2]"),
        (r#"{{ toYaml (dict "b" (list 1 "two") "a" (dict)) }}"#, "a: {}\nb:\n- 1\n- two"),
        (r#"{{ (fromYaml "a:\n  b: 1").a.b }}"#, "1"),
    ]);
    assert!(rendered(r#"{{ mustFromJson "no json" }}"#).is_err());
}

#[test]
fn regular_expressions() {
    check(&[
        (r#"{{ regexMatch "^a.c$" "abc" }} {{ mustRegexMatch "x" "abc" }}"#, "true false"),
        (
            r#"{{ regexFindAll "[0-9]" "1a2b3" 2 }} {{ regexFindAll "[0-9]" "1a2b3" -1 }}"#,
            "[1 2] [1 2 3]",
        ),
        (r#"{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }}"#, "-W-xxW-"),
        (r#"{{ regexReplaceAllLiteral "a(x*)b" "-ab-axxb-" "${1}" }}"#, "-${1}-${1}-"),
        (r#"{{ regexSplit "z+" "pizza" -1 }} {{ regexSplit "z" "pizza" 2 }}"#, "[pi a] [pi za]"),
        (
            r#"{{ regexSplit "," ",a," -1 | len }} {{ regexSplit "a" "b" 0 | len }} {{ regexSplit "" "ab" -1 }}"#,
            "3 0 [a b]",
        ),
        (r#"{{ regexQuoteMeta "1.2-3" }}"#, r"1\.2-3"),
    ]);
    assert!(rendered(r#"{{ regexFind "(" "x" }}"#).unwrap_err().contains("regular expression"));
}

#[test]
fn versions() {
    check(&[
        (
            r#"{{ $v := semver "v1.2.3-beta.1+x" }}{{ $v.Major }} {{ $v.Prerelease }} {{ $v.Metadata }}"#,
            "1 beta.1 x",
        ),
        (
            r#"{{ semverCompare "^1.2.0" "1.9.9" }} {{ semverCompare "^1.2.0" "2.0.0" }} {{ semverCompare "^0.2.3" "0.3.0" }}"#,
            "true false false",
        ),
        (
            r#"{{ semverCompare "~1.2" "1.2.9" }} {{ semverCompare "~1.2.3" "1.3.0" }} {{ semverCompare "~1" "1.9.0" }}"#,
            "true false true",
        ),
        (
            r#"{{ semverCompare ">=1.2, <2 || 3.x" "3.4.5" }} {{ semverCompare ">= 1.2 < 2" "1.5" }}"#,
            "true true",
        ),
        (
            r#"{{ semverCompare "1.2 - 1.4.5" "1.4.5" }} {{ semverCompare "1.2.3" "1.2.3" }} {{ semverCompare "1.2" "1.2.7" }}"#,
            "true true true",
        ),
        (
            r#"{{ semverCompare ">=1.0.0" "1.5.0-rc1" }} {{ semverCompare ">=1.0.0-0" "1.5.0-rc1" }}"#,
            "false true",
        ),
        (
            r#"{{ semverCompare "*" "9.9.9" }} {{ semverCompare "!=1.2.3" "1.2.3" }} {{ semverCompare ">1.2" "1.2.5" }}"#,
            "true false false",
        ),
    ]);
    assert!(rendered(r#"{{ semver "one" }}"#).is_err());
}

#[test]
fn addresses_and_paths() {
    check(&[
        (
            r#"{{ $u := urlParse "https://u:p@h.x:1/a%20b?q=1#f" }}{{ $u.scheme }} {{ $u.userinfo }} {{ $u.host }} {{ $u.hostname }} {{ $u.path }} {{ $u.query }} {{ $u.fragment }}"#,
            "https u:p h.x:1 h.x /a b q=1 f",
        ),
        (
            r#"{{ (urlParse "mailto:a@b").opaque }} {{ (urlParse "/only/path").path }} {{ (urlParse "http://[::1]:8").hostname }}"#,
            "a@b /only/path ::1",
        ),
        (
            r#"{{ urlJoin (dict "scheme" "http" "host" "h:1" "path" "p" "query" "q=1" "fragment" "f" "userinfo" "u") }}"#,
            "http://u@h:1/p?q=1#f",
        ),
        (
            r#"{{ base "" }} {{ base "/" }} {{ base "a/" }} {{ dir "a" }} {{ dir "a/b/" }} {{ ext "a.tar.gz" }}"#,
            ". / a . a/b .gz",
        ),
        (
            r#"{{ clean "a//b/./../c" }} {{ clean "" }} {{ clean "../a" }} {{ osIsAbs "a" }}"#,
            "a/c . ../a false",
        ),
    ]);
}

/// The instance was created on Tuesday 5 March 2024 at 14:07:09 UTC.
#[test]
fn dates() {
    check(&[
        ("{{ now }}", "2024-03-05 14:07:09 +0000 UTC"),
        (r#"{{ now | date "Mon Jan _2 15:04:05 2006" }}"#, "Tue Mar  5 14:07:09 2024"),
        (
            r#"{{ now | date "2006-01-02T15:04:05Z07:00" }} {{ date "02/1/06 3:4PM" now }}"#,
            "2024-03-05T14:07:09Z 05/3/24 2:7PM",
        ),
        (
            r#"{{ date "15:04:05.000" 0 }} {{ htmlDate 86400 }} {{ date "Monday, January 2" now }}"#,
            "00:00:00.000 1970-01-02 Tuesday, March 5",
        ),
        (
            r#"{{ now | dateModify "-1h30m" | date "15:04" }} {{ now | date_modify "nonsense" | date "15:04" }}"#,
            "12:37 14:07",
        ),
        (r#"{{ dateInZone "15:04 -0700" now "Nowhere/Land" }}"#, "14:07 +0000"),
        (
            r#"{{ unixEpoch now }} {{ toDate "2006-01-02" "2017-12-31" | date "02/01/2006" }}"#,
            "1709647629 31/12/2017",
        ),
        (
            r#"{{ toDate "2006-01-02T15:04:05Z07:00" "2017-12-31T10:00:00+02:00" | unixEpoch }}"#,
            "1514707200",
        ),
        (
            r#"{{ toDate "2006-01-02T15:04:05Z07:00" "2017-12-31T10:00:00Z" | unixEpoch }}"#,
            "1514714400",
        ),
        (r#"{{ toDate "2006-01-02" "nonsense" }}"#, "0001-01-01 00:00:00 +0000 UTC"),
        (
            r#"{{ duration 95 }} {{ duration "3661" }} {{ duration 5 }} {{ ago (now | dateModify "-2m") }}"#,
            "1m35s 1h1m1s 5s 2m0s",
        ),
        (
            r#"{{ durationRound "2400h10m5s" }} {{ durationRound "26h" }} {{ durationRound "1.5s" }} {{ durationRound "x" }}"#,
            "3mo 1d 1s 0s",
        ),
    ]);
    assert!(rendered(r#"{{ mustToDate "2006" "x" }}"#).is_err());
    assert!(rendered(r#"{{ mustDateModify "x" now }}"#).is_err());
}

#[test]
fn random_functions_return_the_requested_form() {
    check(&[
        ("{{ randAlphaNum 12 | len }} {{ randBytes 6 | b64dec | len | lt 0 }}", "12 true"),
        (
            r#"{{ regexMatch "^[A-Za-z]{20}$" (randAlpha 20) }} {{ regexMatch "^[0-9]{20}$" (randNumeric 20) }}"#,
            "true true",
        ),
        (
            r#"{{ regexMatch "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" uuidv4 }}"#,
            "true",
        ),
        ("{{ $n := randInt 5 7 }}{{ and (ge $n 5) (lt $n 7) }} {{ shuffle \"aaa\" }}", "true aaa"),
    ]);
    assert_ne!(
        rendered("{{ randAlpha 16 }}"),
        rendered("{{ $_ := randAlpha 1 }}{{ randAlpha 16 }}")
    );
    assert!(rendered("{{ randInt 5 5 }}").is_err());
}

/// Running workloads use drawn passwords: every version must draw the same for a seed.
#[test]
fn a_seed_draws_the_same_in_every_version() {
    check(&[("{{ randAlphaNum 16 }} {{ randInt 0 1000 }}", "CHTse3bL7SBwuz1M 519")]);
}

#[test]
fn an_unavailable_function_gives_the_reason() {
    let of_environment = rendered(r#"{{ env "HOME" }}"#).unwrap_err();
    assert_eq!(
        of_environment,
        "env is not available: templates cannot read the server's environment"
    );
    for name in ["expandenv", "getHostByName", "genCA", "htpasswd", "bcrypt", "encryptAES"] {
        let problem = rendered(&format!(r#"{{{{ {name} "x" }}}}"#)).unwrap_err();
        assert!(problem.contains("is not available"), "{problem}");
    }
}

/// No function panics, with wrong arguments or without arguments.
#[test]
fn wrong_arguments_do_not_panic() {
    let arguments = [
        "",
        "nil",
        "(list)",
        "(dict)",
        "-1 -1 -1",
        r#""" "" """#,
        "9223372036854775807 -9223372036854775807 0",
        ". . .",
    ];
    for (name, _) in crate::sprig::functions() {
        for arguments in arguments {
            if let Err(problem) = rendered(&format!("{{{{ {name} {arguments} }}}}")) {
                assert!(!problem.contains("engine failed"), "{name} {arguments}");
            }
        }
    }
}
