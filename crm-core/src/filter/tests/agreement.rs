//! SQL and memory answer alike, for random filters over random records; and both as three-valued logic says.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::sample::select;
use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use super::world::{Declared, maybe, own, sql, world};
use crate::base::{Date, Place, Record as _, Timestamp};
use crate::filter::{Filter, Node, Params, Statement, resolve};
use crate::record::Lead;

type Choices = Vec<&'static str>;

const EQUAL: [&str; 2] = ["=", "!="];
const ORDERED: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];

/// A condition on one of these fields, with one value or a list.
fn on(fields: Choices, ops: Choices, values: Choices) -> impl Strategy<Value = String> {
    let list = proptest::collection::vec(select(values.clone()), 0..4);
    let one = (select(fields.clone()), select(ops), select(values))
        .prop_map(|(field, op, value)| format!("{field} {op} {value}"));
    let many = (select(fields), select(vec!["in", "not in"]), list)
        .prop_map(|(field, op, values)| format!("{field} {op} ({})", values.join(", ")));
    prop_oneof![2 => one, 1 => many]
}

fn leaf() -> impl Strategy<Value = String> {
    let origin = "properties.`Lead \"Ori``gin\\ é`";
    let texts = vec![
        "name",
        "city",
        "currency",
        "stage_id.name",
        "tag_ids.name",
        "team_id.user_id.name",
        "tag_ids.parent_id.name",
        "stage_id.team_ids.name",
        origin,
    ];
    let patterns = vec![
        "'%fleet%'",
        "'fleet%'",
        "'_leet'",
        "'%E'",
        "'50\\%'",
        "'ÜN%'",
        "'%'",
        "''",
        "'%l_e%s%'",
        "'%\\\\\\\\'",
    ];
    let likes = (
        select(texts.clone()),
        select(vec!["like", "ilike", "not like", "not ilike"]),
        select(patterns),
    )
        .prop_map(|(field, op, value)| format!("{field} {op} {value}"));
    let numbers = vec![
        "0",
        "1",
        "1.5",
        "2",
        "10",
        "10.005",
        "10.01",
        "100.1",
        "1000",
        "-3",
        "12.5",
        "33.3333",
        "33.33333",
        "50",
        "100",
        "79000000000000000000000000000",
    ];
    let columns = vec![
        "name",
        "city",
        "user_id",
        "stage_id",
        "stage_id.name",
        "stage_id.company_id",
        "team_id.parent_id",
        "team_id.parent_id.user_id",
        "tag_ids",
        "tag_ids.parent_id",
        "stage_id.team_ids",
        "date_deadline",
        "manual_probability",
        "day_close",
        "is_rotting",
        "properties",
        "properties.vip",
        "properties.since",
        "expected_revenue",
        "stage_id.team_ids.parent_id",
    ];
    let nulls = (select(columns), select(vec!["is null", "is not null"]))
        .prop_map(|(field, op)| format!("{field} {op}"));
    let listed =
        proptest::collection::vec(select(vec!["1", "2", "3", "4", ":me", ":my_teams"]), 0..4);
    let links = (
        select(vec!["tag_ids", "stage_id.team_ids", "team_id.member_ids", "tag_ids.id"]),
        select(vec!["any", "all", "none"]),
        listed,
    )
        .prop_map(|(field, op, ids)| match field {
            "tag_ids.id" => format!("tag_ids.id in ({})", ids.join(", ")),
            _ => format!("{field} {op} ({})", ids.join(", ")),
        });
    let truths = vec![
        "active",
        "stage_id.is_won",
        "properties.vip",
        "is_rotting",
        "is_automated_probability",
    ];
    let refs =
        vec!["user_id", "stage_id", "team_id.parent_id", "tag_ids.parent_id", "team_id.user_id"];
    let amounts = vec![
        "priority",
        "probability",
        "automated_probability",
        "manual_probability",
        "expected_revenue",
        "expected_revenue",
        "prorated_revenue",
        "recurring_revenue_monthly",
        "day_open",
        "day_close",
        "rotting_days",
        "stage_id.sequence",
        "properties.employees",
    ];
    let days = vec!["'2026-03-01'", "'2026-03-02'", ":today"];
    let moments = vec!["'2026-03-02T09:00:00Z'", "'2026-03-02T11:00:00+01:00'", ":now"];
    prop_oneof![
        on(
            texts,
            ORDERED.into(),
            vec!["'fleet'", "'Fleet lease'", "'EUR'", "''", "'a\\\"b'", "'Ünï\\\\'"]
        ),
        likes,
        on(amounts, ORDERED.into(), numbers),
        on(truths, EQUAL.into(), vec!["true", "false"]),
        on(refs, EQUAL.into(), vec!["1", "2", "3", ":me"]),
        on(vec!["id"], ORDERED.into(), vec!["1", "3", "5"]),
        on(vec!["type", "kind"], EQUAL.into(), vec!["'lead'", "'opportunity'"]),
        on(vec!["won_status"], EQUAL.into(), vec!["'pending'", "'won'", "'lost'"]),
        on(vec!["probability_source"], EQUAL.into(), vec!["'model'", "'manual'", "'outcome'"]),
        on(vec!["properties.size"], EQUAL.into(), vec!["'small'", "'big'"]),
        on(vec!["date_deadline", "properties.since"], ORDERED.into(), days),
        on(vec!["date_open"], ORDERED.into(), moments),
        nulls,
        links,
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    leaf()
        .prop_map(|text| Filter::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}")))
        .prop_recursive(4, 16, 4, |inner| {
            let several = proptest::collection::vec(inner.clone(), 0..4);
            prop_oneof![
                several.clone().prop_map(Filter::all),
                several.prop_map(Filter::any),
                inner.prop_map(Filter::not),
            ]
        })
}

/// Kleene's logic, leaf by leaf.
fn kleene(node: &Node, leaf: &dyn Fn(Node) -> bool) -> Option<bool> {
    let fold = |parts: &[Node], wins: bool| {
        let mut result = Some(!wins);
        for part in parts {
            match kleene(part, leaf) {
                Some(truth) if truth == wins => return Some(wins),
                None => result = None,
                Some(_) => {}
            }
        }
        result
    };
    match node {
        Node::All(parts) => fold(parts, false),
        Node::Any(parts) => fold(parts, true),
        Node::Not(part) => kleene(part, leaf).map(|truth| !truth),
        Node::Leaf(_) if leaf(node.clone()) => Some(true),
        Node::Leaf(_) => leaf(Node::not(node.clone())).then_some(false),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sql_and_memory_agree(
        world in world(),
        filters in proptest::collection::vec(filter(), 1..25),
        me in maybe(3),
    ) {
        let params = Params {
            me,
            today: Date::new(2026, 3, 2).unwrap(),
            now: Timestamp::parse("2026-03-02T09:00:00Z").unwrap(),
            my_teams: vec![1, 2],
        };
        let db = world.store();
        for filter in filters {
            prop_assert_eq!(&Filter::parse(&filter.to_string()).unwrap(), &filter);
            prop_assert_eq!(&Filter::parse(&filter.to_json()).unwrap(), &filter);
            let met = RefCell::new(Vec::new());
            let ask = |filter: &Filter, lead: &Lead| {
                let resolved = resolve(filter, Lead::TABLE, &params, &Declared).unwrap();
                resolved.matches_record(lead, &mut |of, field| world.linked(of, field)).unwrap()
            };
            for lead in &world.leads {
                let holds = ask(&filter, lead);
                // A condition, its opposite and emptiness share the world out among them.
                let mut apart = true;
                filter.0.each_leaf(&mut |leaf| {
                    let asked = Filter(Node::Leaf(leaf.clone()));
                    let opposite = Filter::not(asked.clone());
                    let null = Filter::is_null(&leaf.path.to_string());
                    let unknown = asked.to_string().contains("_ids") || asked.to_string().contains(":me");
                    let answers = [asked, opposite, null].map(|filter| ask(&filter, lead));
                    apart &= !(answers[0] && answers[1]) && (unknown || answers.contains(&true));
                });
                prop_assert!(apart, "{} on {:?}", filter, lead);
                let expect = kleene(&filter.0, &|node| ask(&Filter(node), lead));
                prop_assert_eq!(holds, expect == Some(true), "{} by logic, on {:?}", filter, lead);
                if holds {
                    met.borrow_mut().push(lead.id.0);
                }
            }
            let mut statement = Statement::new(params.now);
            resolve(&filter, Lead::TABLE, &params, &Declared).unwrap().sql(&mut statement).unwrap();
            let joins = statement.joins(Lead::TABLE);
            let text = format!("SELECT lead.id FROM lead{joins} WHERE {} ORDER BY lead.id", statement.sql);
            let mut prepared = db.prepare(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            let rows = prepared.query_map(params_from_iter(statement.params.into_iter().map(sql)), |row| row.get(0));
            let ids = rows.unwrap().collect::<rusqlite::Result<Vec<i64>>>().unwrap();
            prop_assert_eq!(ids, met.into_inner(), "{}\n{}", filter, text);
        }
        // What is computed is the same number in SQL, to the minor unit.
        for field in Lead::TABLE.fields.iter().filter(|field| matches!(field.place, Place::Computed(_))) {
            let mut statement = Statement::new(params.now);
            let column = statement.column(Lead::TABLE, field).unwrap();
            let text = format!("SELECT {column} FROM lead{} ORDER BY lead.id", statement.joins(Lead::TABLE));
            let mut prepared = db.prepare(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            let rows = prepared.query_map(params_from_iter(statement.params.into_iter().map(sql)), |row| row.get(0));
            let told = rows.unwrap().collect::<rusqlite::Result<Vec<Sql>>>().unwrap();
            let read = world.leads.iter().map(|lead| sql(own(lead, field))).collect::<Vec<_>>();
            prop_assert_eq!(told, read, "{}", field.name);
        }
    }
}
