//! The language: what reads, what is refused and where, and that both forms are canonical.

mod agreement;
mod resolving;
mod world;

use super::*;
use crate::base::ErrorKind;

fn round(input: &str, expect: &str) {
    let filter = Filter::parse(input).unwrap_or_else(|error| panic!("{input}: {error}"));
    assert_eq!(filter.to_string(), expect, "{input}");
    assert_eq!(Filter::parse(expect).unwrap(), filter, "{expect}");
    assert_eq!(Filter::parse(&filter.to_json()).unwrap(), filter, "{}", filter.to_json());
}

#[test]
fn text_reads_into_its_canonical_form() {
    for (input, expect) in [
        ("a = 1", "a = 1"),
        ("a = 1.50 AND b != 'x' Or NOT c < -2", "a = 1.5 and b != \"x\" or not c < -2"),
        ("(((a = 1)))", "a = 1"),
        ("not not a = 1", "a = 1"),
        ("a = 1 and (b = 2 and c = 3)", "a = 1 and b = 2 and c = 3"),
        ("a = 1 and (b = 2 or c = 3)", "a = 1 and (b = 2 or c = 3)"),
        ("not (a = 1 or b = 2)", "not (a = 1 or b = 2)"),
        ("a in (1,2 , :me) and b not in :my_teams", "a in (1, 2, :me) and b not in (:my_teams)"),
        ("a in () or b is NOT null", "a in () or b is not null"),
        ("t any (3, 4) and t all (5) and t none (6)", "t any (3, 4) and t all (5) and t none (6)"),
        (r#"a like "50\%" and b ilike '\'\n'"#, r#"a like "50\\%" and b ilike "'\n""#),
        ("a not like 'x' and a not ilike 'y'", "a not like \"x\" and a not ilike \"y\""),
        ("properties.`Lead Origin` = 'Fair'", "properties.`Lead Origin` = \"Fair\""),
        ("properties.`a``b.c` is null", "properties.`a``b.c` is null"),
        ("properties.`origin` = 1", "properties.origin = 1"),
        ("a.b.properties.`3` >= :today", "a.b.properties.3 >= :today"),
        ("true or a = 1 and false", "true or a = 1 and false"),
        ("true or false", "true"),
        ("`Not` = 1 and `not` = 1", "`Not` = 1 and `not` = 1"),
        ("not true", "not true"),
        ("a = true and b = 123456789012345678901.5", "a = true and b = 123456789012345678901.5"),
        ("x = 0.1 or y = 1234567890123456.7", "x = 0.1 or y = 1234567890123456.7"),
    ] {
        round(input, expect);
    }
}

#[test]
fn json_is_canonical_with_keys_in_order() {
    let input = r#" {"and":[{"op":"ilike","value":"%fleet%","field":"name"},{"not":{"field":"date_deadline","op":"<","value":{"param":"today"}}}]}"#;
    let filter = Filter::parse(input).unwrap();
    let expect = r#"{"and":[{"field":"name","op":"ilike","value":"%fleet%"},{"not":{"field":"date_deadline","op":"<","value":{"param":"today"}}}]}"#;
    assert_eq!(filter.to_json(), expect);
    assert_eq!(filter.to_string(), "name ilike \"%fleet%\" and not date_deadline < :today");
    let teams = Filter::parse(r#"{"field":"team_id","op":"in","value":{"param":"my_teams"}}"#);
    assert_eq!(teams.unwrap(), Filter::parse("team_id in :my_teams").unwrap());
}

fn refused(input: &str, line: Option<(u64, u64)>, part: &str) {
    let error = Filter::parse(input).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Format, "{input}: {error}");
    assert!(error.message().contains(part), "{input}: {error}");
    assert_eq!(error.line(), line, "{input}: {error}");
}

#[test]
fn what_cannot_be_read_is_named_with_its_place() {
    for (input, line, part) in [
        ("", (1, 1), "empty"),
        ("a = null", (1, 5), "is null"),
        ("a\n  == 3", (2, 3), "written `=`"),
        ("a = 1 b", (1, 7), "`and`, `or` or the end"),
        ("a = (1", (1, 5), "a value"),
        ("a in 3", (1, 6), "a list such as `in (3, 4)`"),
        ("(a = 1", (1, 7), "`)`"),
        ("a", (1, 2), "a truth is asked with `a = true`"),
        ("a = 'x", (1, 5), "never closed"),
        ("a = 2026-03-02", (1, 5), "dates go in quotes"),
        ("a = :you", (1, 5), ":me, :today"),
        ("é = 1", (1, 1), "no meaning"),
        ("a = 'é' and ~", (1, 13), "no meaning"),
        (r"a = 'c:\dir'", (1, 8), "no escape"),
        ("properties.a.b = 1", (1, 1), "backticks"),
        ("properties.`a = 1", (1, 1), "open backtick"),
        ("a is true", (1, 6), "`null`"),
    ] {
        refused(input, Some(line), part);
    }
    refused("{\"and\":\n[}", Some((2, 2)), "expected value");
    for (input, part) in [
        (r#"{"field":"a","op":"~","value":1}"#, "is no operator"),
        (r#"{"field":"a","op":"=","value":null}"#, "is null"),
        (r#"{"field":"a","op":"="}"#, "needs a value"),
        (r#"{"field":"a","op":"in","value":1}"#, "needs a list"),
        (r#"{"field":"a","op":"is null","value":1}"#, "takes no value"),
        (r#"{"field":"a b","op":"=","value":1}"#, "names no field"),
        (r#"{"and":[],"or":[]}"#, "has no place"),
        (r#"{"and":[3]}"#, "is not a condition"),
    ] {
        refused(input, None, part);
    }
}

#[test]
fn limits_hold_while_reading() {
    let deep = |n: usize| format!("{}a = 1{}", "(".repeat(n), ")".repeat(n));
    assert!(Filter::parse(&deep(limit::FILTER_DEPTH)).is_ok());
    let alternating = |n: usize| {
        let half = n / 2;
        let json = format!(
            "{}{}{}",
            r#"{"and":[{"field":"a","op":"=","value":1},{"or":[{"field":"a","op":"=","value":1},"#
                .repeat(half),
            r#"{"field":"a","op":"in","value":[{"param":"me"}]}"#,
            "]}]}".repeat(half)
        );
        Filter::parse(&json)
    };
    let deepest = alternating(limit::FILTER_DEPTH - 2).unwrap();
    assert_eq!(Filter::parse(&deepest.to_json()).unwrap(), deepest);
    assert_eq!(Filter::parse(&deepest.to_string()).unwrap(), deepest);
    for input in [
        deep(30_000),
        "not ".repeat(15_000) + "a = 1",
        r#"{"not":"#.repeat(9_000),
        vec!["a = 1"; limit::FILTER_LEAVES + 1].join(" and "),
        format!("a in ({})", vec!["1"; limit::FILTER_LIST + 1].join(",")),
        format!("a = '{}'", "x".repeat(limit::FILTER_TEXT)),
        "a.b.c.d.e.f = 1".to_owned(),
    ] {
        let error = Filter::parse(&input).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    }
    let error = alternating(limit::FILTER_DEPTH).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
}

#[test]
fn filters_are_built_without_text() {
    for (filter, expect) in [
        (Filter::all([]), "true"),
        (Filter::any([]), "false"),
        (Filter::eq("user_id", None::<i64>), "user_id is null"),
        (Filter::is_in("user_id", [Some(7), None]), "user_id in (7) or user_id is null"),
        (Filter::is_in("stage_id", [1, 2]), "stage_id in (1, 2)"),
        (Filter::has_any("tag_ids", [3]), "tag_ids any (3)"),
        (
            Filter::not(Filter::eq("properties.`Lead Origin`", "Fair")),
            "not properties.`Lead Origin` = \"Fair\"",
        ),
        (Filter::eq("name", 0.5), "name = 0.5"),
    ] {
        assert_eq!(filter.to_string(), expect);
        assert_eq!(Filter::parse(&filter.to_json()).unwrap(), filter);
    }
}

#[test]
fn a_filter_knows_what_it_mentions() {
    let filter =
        Filter::parse("type = 'lead' and not (stage_id.is_won = true or name is null)").unwrap();
    for (field, expect) in [
        ("kind", true),
        ("type", true),
        ("stage_id", true),
        ("is_won", false),
        ("name", true),
        ("active", false),
    ] {
        assert_eq!(filter.mentions(field), expect, "{field}");
    }
}
