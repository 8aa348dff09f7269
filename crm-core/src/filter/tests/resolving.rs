//! Names, types and values against the real tables; the SQL they become; what readers may ask of a resolved filter.

use crate::base::field::Record as _;
use crate::base::{Cell, Date, ErrorKind, RecordKind, Timestamp};
use crate::filter::{Filter, KeyTest, Order, Params, PropertyTypes, Resolved, Statement, resolve};
use crate::record::{Lead, PropertyKind, Team};

struct Declared;

impl PropertyTypes for Declared {
    fn property(&self, _: RecordKind, name: &str) -> Option<PropertyKind> {
        match name {
            "Lead Origin" => Some(PropertyKind::Text),
            "since" => Some(PropertyKind::Date),
            "vip" => Some(PropertyKind::Boolean),
            _ => None,
        }
    }
    fn names(&self, _: RecordKind) -> Vec<String> {
        ["Lead Origin", "since", "vip"].map(str::to_owned).into()
    }
}

fn params() -> Params {
    Params {
        me: Some(7),
        today: Date::new(2026, 3, 2).unwrap(),
        now: Timestamp::parse("2026-03-02T09:00:00Z").unwrap(),
        my_teams: vec![1, 2],
    }
}

fn resolved(input: &str) -> Resolved {
    let filter = Filter::parse(input).unwrap_or_else(|error| panic!("{input}: {error}"));
    resolve(&filter, Lead::TABLE, &params(), &Declared)
        .unwrap_or_else(|error| panic!("{input}: {error}"))
}

fn check(input: &str, expect: &str, cells: &[Cell<'static>], sides: &[&str]) {
    let mut statement = Statement::new(params().now);
    resolved(input).sql(&mut statement).unwrap();
    assert_eq!(statement.sql, expect, "{input}");
    assert_eq!(statement.params, cells, "{input}");
    assert_eq!(statement.sides, sides, "{input}");
}

#[test]
fn sql_is_what_indexes_serve() {
    let int = Cell::Int;
    let text = |text: &str| Cell::from(text.to_owned());
    check("active = true", "lead.active", &[], &[]);
    check("active != true and on_hold = false", "(NOT lead.active AND NOT lead.on_hold)", &[], &[]);
    check("type = 'opportunity'", "lead.kind = ?1", &[int(1)], &[]);
    check(
        "user_id = :me or user_id is null",
        "(lead.user_id = ?1 OR lead.user_id IS NULL)",
        &[int(7)],
        &[],
    );
    check("team_id in :my_teams", "lead.team_id IN (?1, ?2)", &[int(1), int(2)], &[]);
    check("priority > 1.5", "lead.priority > ?1", &[int(1)], &[]);
    check("expected_revenue > 0", "lead.expected_revenue > ?1", &[int(0)], &[]);
    check("date_deadline < :today", "lead.date_deadline < ?1", &[int(20_514)], &[]);
    check(
        "not (priority = 1 and city like 'B%')",
        "(lead.priority <> ?1 OR (lead_text.city IS NOT NULL AND NOT crm_like(lead_text.city, ?2, 0)))",
        &[int(1), text("B%")],
        &["lead_text"],
    );
    check(
        "stage_id.is_won = true",
        "(lead.stage_id IN (SELECT stage.id FROM stage WHERE stage.is_won))",
        &[],
        &[],
    );
    check(
        "tag_ids any (4, 3, 3)",
        "lead.id IN (SELECT lead_tag.lead_id FROM lead_tag WHERE lead_tag.tag_id IN (?1, ?2))",
        &[int(3), int(4)],
        &[],
    );
    check(
        "properties.`Lead Origin` = 'Fair'",
        "json_extract(lead_text.properties, ?1) = ?2",
        &[text("$.\"Lead Origin\""), text("Fair")],
        &["lead_text"],
    );
    check("user_id in () or tag_ids any () or tag_ids none ()", "(1 = 1)", &[], &[]);
    let mut statement = Statement::new(params().now);
    resolved("probability >= 50").sql(&mut statement).unwrap();
    assert_eq!((statement.params, statement.sides), (vec![int(500_000)], vec!["lead_score"]));
    let mut joined = Statement::new(params().now);
    joined.needs("lead_score");
    assert_eq!(joined.joins(Lead::TABLE), " LEFT JOIN lead_score ON lead_score.lead_id = lead.id");
}

#[test]
fn long_lists_of_ids_are_written_out() {
    let filter = Filter::is_in("user_id", 1..=500_i64);
    let resolved = resolve(&filter, Lead::TABLE, &params(), &()).unwrap();
    let mut statement = Statement::new(params().now);
    resolved.sql(&mut statement).unwrap();
    assert!(statement.params.is_empty() && statement.sql.ends_with(", 499, 500)"));
}

fn refused(input: &str, field: &str, part: &str) {
    let filter = Filter::parse(input).unwrap_or_else(|error| panic!("{input}: {error}"));
    let error = resolve(&filter, Lead::TABLE, &params(), &Declared).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "{input}: {error}");
    assert_eq!(error.field(), Some(field), "{input}: {error}");
    assert!(error.message().contains(part), "{input}: {error}");
}

#[test]
fn what_does_not_fit_is_named() {
    for (input, field, part) in [
        ("nmae = 'x'", "nmae", "did you mean \"name\"?"),
        ("stage_id.is_wn = true", "stage_id.is_wn", "did you mean \"is_won\"?"),
        ("properties.origin = 'x'", "properties.origin", "did you mean \"Lead Origin\"?"),
        ("tag_ids = 3", "tag_ids", "write `tag_ids any (3)`"),
        ("stage_id any (3)", "stage_id", "write `stage_id in (3)`"),
        ("stage_id = 'Won'", "stage_id", "by name: `stage_id.name = \"Won\"`"),
        ("stage_id < 3", "stage_id", "cannot be asked"),
        ("name.x = 3", "name.x", "is no link"),
        ("name = 3", "name", "wants a text in quotes, not 3"),
        ("won_status = 'win'", "won_status", "pending, won, lost"),
        ("active = 1", "active", "wants true or false, not 1"),
        ("priority = true", "priority", "wants a number, not true"),
        ("priority like '1'", "priority", "cannot be asked"),
        ("date_deadline = '2026-02-30'", "date_deadline", "not a date"),
        ("date_deadline > :now", "date_deadline", ":today"),
        ("create_date > '2026-03-02'", "create_date", "zone is required"),
        ("create_date > :today", "create_date", ":now"),
        ("user_id = :my_teams", "user_id", "write `in :my_teams`"),
        ("user_id = 1.5", "user_id", "wants an id"),
        ("is_rotting = 1", "is_rotting", "wants true or false"),
        ("properties = 'x'", "properties", "`properties.name`"),
        ("won_from_stage_id = 1", "won_from_stage_id", "has no field"),
        ("expected_revenue > 'much'", "expected_revenue", "wants a number"),
    ] {
        refused(input, field, part);
    }
    let far = Filter::eq("stage_id.company_id.id.id.id.id", 1);
    let error = resolve(&far, Lead::TABLE, &params(), &()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn nobody_equals_nothing() {
    let nobody = Params { me: None, ..params() };
    for (input, never) in [
        ("user_id = :me", true),
        ("user_id != :me", true),
        ("not user_id = :me", true),
        ("user_id in (:me)", true),
        ("user_id in (:me, 3)", false),
        ("user_id not in (:me, 3)", true),
        ("tag_ids is null", false),
    ] {
        let filter = Filter::parse(input).unwrap();
        let resolved = resolve(&filter, Lead::TABLE, &nobody, &()).unwrap();
        assert_eq!(resolved.is_never(), never, "{input}");
    }
}

#[test]
fn kept_counts_see_whether_they_can_answer() {
    let columns = ["company_id", "team_id", "user_id", "currency", "kind", "date_deadline"];
    let within = |values: &[i64], or_null| KeyTest::In { values: values.into(), or_null };
    for (input, expect) in [
        ("true", Some(vec![])),
        ("kind = 'opportunity'", Some(vec![(4, within(&[1], false))])),
        (
            "team_id in (2, 1) and (user_id = :me or user_id is null)",
            Some(vec![(1, within(&[1, 2], false)), (2, within(&[7], true))]),
        ),
        ("currency = 'EUR'", Some(vec![(3, KeyTest::Words(vec!["EUR".to_owned()]))])),
        ("not team_id = 3", Some(vec![(1, KeyTest::NotIn(vec![3]))])),
        ("date_deadline < :today", Some(vec![(5, KeyTest::Range(None, Some(20_513)))])),
        ("date_deadline is null", Some(vec![(5, KeyTest::IsNull)])),
        ("team_id = 1 or user_id = 2", None),
        ("team_id.name = 'x'", None),
        ("priority = 1", None),
    ] {
        assert_eq!(resolved(input).as_key_predicate(&columns), expect, "{input}");
    }
    let sight = resolved("(user_id = :me or team_id in :my_teams) and team_id.name ilike 'x%'");
    assert!(
        sight.only_uses(&columns)
            && !resolved("expected_revenue > 1").only_uses(&["expected_revenue"])
    );
    let mut statement = Statement::new(params().now);
    sight.sql_on("kept", &mut statement).unwrap();
    assert_eq!(
        statement.sql,
        "((kept.user_id = ?1 OR kept.team_id IN (?2, ?3)) AND \
         (kept.team_id IN (SELECT team.id FROM team WHERE crm_like(team.name, ?4, 1))))"
    );
}

#[test]
fn order_is_total_and_puts_nothing_last() {
    for (input, expect) in [
        ("id", "lead.id ASC"),
        ("priority desc", "lead.priority DESC, lead.id DESC"),
        ("id desc, name", "lead.id DESC"),
        ("type, DATE_deadline", ""),
        (
            "kind ASC , date_deadline DESC",
            "lead.kind ASC, lead.date_deadline DESC NULLS LAST, lead.id DESC",
        ),
        (
            "stage_id.sequence",
            "(SELECT linked.sequence FROM stage linked WHERE linked.id = lead.stage_id) ASC NULLS LAST, lead.id ASC",
        ),
    ] {
        let order = Order::parse(input, Lead::TABLE);
        let Ok(order) = order else {
            assert_eq!(expect, "", "{input}");
            continue;
        };
        let mut statement = Statement::new(params().now);
        order.sql(&mut statement).unwrap();
        assert_eq!(statement.sql, expect, "{input}");
    }
    for (input, kind) in [
        ("tag_ids", ErrorKind::Invalid),
        ("properties.x", ErrorKind::Invalid),
        ("nmae", ErrorKind::Invalid),
        ("name, name desc", ErrorKind::Invalid),
        ("name.x", ErrorKind::Invalid),
        ("stage_id.company_id.name", ErrorKind::Invalid),
        ("name up", ErrorKind::Format),
        ("", ErrorKind::Format),
        ("name,", ErrorKind::Format),
    ] {
        assert_eq!(Order::parse(input, Lead::TABLE).unwrap_err().kind(), kind, "{input}");
    }
    assert_eq!(Order::parse("id desc", Team::TABLE).unwrap().by_id_alone(), Some(true));
}
