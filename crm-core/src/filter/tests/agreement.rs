//! SQL and memory answer alike, for random filters over random records; and both as three-valued logic says.

use std::cell::RefCell;

use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

use crate::base::field::{Nature as _, Properties, Record};
use crate::base::{
    Amount, Cell, Currency, Date, Field, LeadId, Place, Probability, RecordKind, Result, StageId,
    Subject, TagId, TeamId, Timestamp, UserId, Value,
};
use crate::filter::{Filter, Node, Params, PropertyTypes, Statement, like, resolve};
use crate::record::{
    self, Lead, LeadKind, ProbabilitySource, PropertyKind, Stage, Tag, Team, User, WonStatus,
};

const ORIGIN: &str = "Lead \"Ori`gin\\ é";

struct Declared;

impl PropertyTypes for Declared {
    fn property(&self, _: RecordKind, name: &str) -> Option<PropertyKind> {
        match name {
            ORIGIN => Some(PropertyKind::Text),
            "employees" => Some(PropertyKind::Number),
            "vip" => Some(PropertyKind::Boolean),
            "since" => Some(PropertyKind::Date),
            "size" => Some(PropertyKind::Selection),
            _ => None,
        }
    }
    fn names(&self, _: RecordKind) -> Vec<String> {
        Vec::new()
    }
}

#[derive(Debug, Clone, Default)]
struct World {
    leads: Vec<Lead>,
    stages: Vec<Stage>,
    teams: Vec<Team>,
    tags: Vec<Tag>,
    users: Vec<User>,
}

fn own<R: Record>(record: &R, field: &Field) -> Cell<'static> {
    let at = R::TABLE.fields.iter().position(|own| own.name == field.name).unwrap();
    (R::ACCESS[at].cell)(record).into_owned()
}

fn found<R: Record>(records: &[R], id: i64, field: &Field) -> Cell<'static> {
    let record = records.iter().find(|record| record.subject().id == id).unwrap();
    own(record, field)
}

impl World {
    fn linked(&self, of: Subject, field: &'static Field) -> Result<Cell<'static>> {
        Ok(match of.kind {
            RecordKind::Stage => found(&self.stages, of.id, field),
            RecordKind::Team => found(&self.teams, of.id, field),
            RecordKind::Tag => found(&self.tags, of.id, field),
            RecordKind::User => found(&self.users, of.id, field),
            _ => found(&self.leads, of.id, field),
        })
    }

    fn store(&self) -> Connection {
        let db = Connection::open_in_memory().unwrap();
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        db.create_scalar_function("crm_like", 3, flags, |call| {
            let text: Option<String> = call.get(0)?;
            let (pattern, insensitive): (String, bool) = (call.get(1)?, call.get(2)?);
            Ok(text.map(|text| like(&text, &pattern, insensitive)))
        })
        .unwrap();
        db.execute_batch(
            "CREATE TABLE lead_score (lead_id, automated_probability, probability_source)",
        )
        .unwrap();
        store(&db, &self.leads);
        store(&db, &self.stages);
        store(&db, &self.teams);
        store(&db, &self.tags);
        store(&db, &self.users);
        for lead in &self.leads {
            let machine = ProbabilitySource::Model.code();
            let row = [lead.id.0, lead.automated_probability.ppm(), machine];
            db.execute("INSERT INTO lead_score VALUES (?1, ?2, ?3)", row).unwrap();
        }
        db
    }
}

fn sql(cell: Cell<'_>) -> Sql {
    match cell {
        Cell::Null => Sql::Null,
        Cell::Int(number) => Sql::Integer(number),
        Cell::Real(number) => Sql::Real(number),
        Cell::Text(text) => Sql::Text(text.into_owned()),
    }
}

/// Makes a record's tables out of its fields and fills them.
fn store<R: Record>(db: &Connection, records: &[R]) {
    let table = R::TABLE.name;
    let at = |place: Place| -> Vec<&'static Field> {
        R::TABLE.fields.iter().filter(|field| field.place == place).collect()
    };
    let mut tables = vec![(table, "id".to_owned(), at(Place::Column))];
    for side in record::sides(R::TABLE) {
        if side != "lead_score" {
            tables.push((side, format!("{table}_id"), at(Place::Side(side))));
        }
    }
    for (table, key, fields) in tables {
        let fields: Vec<_> = fields.into_iter().filter(|field| field.name != "id").collect();
        let names: String = fields.iter().map(|field| format!(", \"{}\"", field.name)).collect();
        db.execute_batch(&format!("CREATE TABLE {table} ({key}{names})")).unwrap();
        let marks = ", ?".repeat(fields.len());
        for record in records {
            let id = Sql::Integer(record.subject().id);
            let cells =
                std::iter::once(id).chain(fields.iter().map(|field| sql(own(record, field))));
            let text = format!("INSERT INTO {table} VALUES (?{marks})");
            db.execute(&text, params_from_iter(cells)).unwrap();
        }
    }
    for field in R::TABLE.fields {
        let Place::Link(table, ours, theirs) = field.place else { continue };
        db.execute_batch(&format!("CREATE TABLE {table} ({ours}, {theirs})")).unwrap();
        for record in records {
            let Cell::Text(ids) = own(record, field) else { panic!("links are text") };
            for id in ids.split(',').filter(|id| !id.is_empty()) {
                let row = [record.subject().id.to_string(), id.to_owned()];
                let text = format!(
                    "INSERT INTO {table} VALUES (CAST(?1 AS INTEGER), CAST(?2 AS INTEGER))"
                );
                db.execute(&text, row).unwrap();
            }
        }
    }
}

fn words() -> impl Strategy<Value = String> {
    select(vec!["fleet", "Fleet lease", "FLEET", "", "50%", "50x", "Ünï\\", "ünÏ", "a\"b", "Zeta"])
        .prop_map(str::to_owned)
}

fn maybe(most: i64) -> impl Strategy<Value = Option<i64>> {
    prop_oneof![Just(None), (1..=most).prop_map(Some)]
}

fn ids(most: i64) -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::btree_set(1..=most, 0..3).prop_map(|ids| ids.into_iter().collect())
}

fn properties() -> impl Strategy<Value = Properties> {
    let number = select(vec![0.0, -1.0, 1.5, 3.0, 10.005, 1e16]);
    let size = select(vec!["small", "big"]);
    (of(words()), of(number), of(any::<bool>()), of(20_512..20_517_i64), of(size)).prop_map(
        |(origin, employees, vip, since, size)| {
            let values = [
                (ORIGIN, origin.map(Value::from)),
                ("employees", employees.map(Value::Float)),
                ("vip", vip.map(Value::Bool)),
                ("since", since.map(|days| Value::Date(Date::stored(days)))),
                ("size", size.map(Value::from)),
            ];
            let given =
                values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
            Properties(given.collect())
        },
    )
}

prop_compose! {
    fn lead()(
        name in words(),
        (city, user_id, team_id, stage_id) in (of(words()), maybe(3), maybe(3), maybe(3)),
        tags in ids(4),
        (revenue, code) in (select(vec![0, 1, 10, 100, 1000, 1001, 10_005, 100_100, 1_000_000]), select(vec!["EUR", "JPY", "KWD", "CLF", "CHF"])),
        (machine, manual) in (select(vec![0, 125_000, 333_333, 1_000_000]), of(select(vec![0, 125_000, 500_000]))),
        (won, active, opportunity, priority) in (0..3_usize, any::<bool>(), any::<bool>(), 0..4_i64),
        (deadline, opened) in (of(20_512..20_517_i64), of(0..3_i64)),
        properties in properties(),
    ) -> Lead {
        let mut lead = Lead {
            name,
            city,
            user_id: user_id.map(UserId),
            team_id: team_id.map(TeamId),
            stage_id: stage_id.map(StageId),
            tag_ids: tags.into_iter().map(TagId).collect(),
            expected_revenue: Amount(revenue),
            currency: Currency::new(code).unwrap(),
            automated_probability: Probability::from_ppm(machine).unwrap(),
            manual_probability: manual.map(|ppm| Probability::from_ppm(ppm).unwrap()),
            probability_source: ProbabilitySource::Model,
            won_status: WonStatus::ALL[won],
            active,
            kind: LeadKind::ALL[usize::from(opportunity)],
            priority,
            date_deadline: deadline.map(Date::stored),
            date_open: opened.map(|hour| Timestamp::stored(1_772_442_000_000_000 + hour * 3_600_000_000)),
            properties,
            ..Lead::default()
        };
        lead.derive(Timestamp::default());
        lead
    }
}

prop_compose! {
    fn world()(
        leads in proptest::collection::vec(lead(), 1..10),
        stages in proptest::collection::vec((words(), 0..3_i64, any::<bool>(), ids(3)), 3),
        teams in proptest::collection::vec((words(), maybe(3), maybe(3), ids(3)), 3),
        tags in proptest::collection::vec((words(), maybe(4)), 4),
        users in proptest::collection::vec(words(), 3),
    ) -> World {
        let mut world = World { leads, ..World::default() };
        for (id, lead) in (1..).zip(&mut world.leads) {
            lead.id = LeadId(id);
        }
        for (id, (name, sequence, is_won, team_ids)) in (1..).zip(stages) {
            let team_ids = team_ids.into_iter().map(TeamId).collect();
            world.stages.push(Stage { id: StageId(id), name, sequence, is_won, team_ids, ..Stage::default() });
        }
        for (id, (name, user_id, parent_id, members)) in (1..).zip(teams) {
            let (user_id, parent_id) = (user_id.map(UserId), parent_id.map(TeamId));
            let member_ids = members.into_iter().map(UserId).collect();
            world.teams.push(Team { id: TeamId(id), name, user_id, parent_id, member_ids, ..Team::default() });
        }
        for (id, (name, parent_id)) in (1..).zip(tags) {
            world.tags.push(Tag { id: TagId(id), name, parent_id: parent_id.map(TagId), ..Tag::default() });
        }
        for (id, name) in (1..).zip(users) {
            world.users.push(User { id: UserId(id), name, ..User::default() });
        }
        world
    }
}

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
    let truths = vec!["active", "stage_id.is_won", "properties.vip"];
    let refs =
        vec!["user_id", "stage_id", "team_id.parent_id", "tag_ids.parent_id", "team_id.user_id"];
    let amounts = vec![
        "priority",
        "probability",
        "automated_probability",
        "manual_probability",
        "expected_revenue",
        "expected_revenue",
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
            let mut statement = Statement::new();
            resolve(&filter, Lead::TABLE, &params, &Declared).unwrap().sql(&mut statement).unwrap();
            let joins = statement.joins(Lead::TABLE);
            let text = format!("SELECT lead.id FROM lead{joins} WHERE {} ORDER BY lead.id", statement.sql);
            let mut prepared = db.prepare(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            let rows = prepared.query_map(params_from_iter(statement.params.into_iter().map(sql)), |row| row.get(0));
            let ids = rows.unwrap().collect::<rusqlite::Result<Vec<i64>>>().unwrap();
            prop_assert_eq!(ids, met.into_inner(), "{}\n{}", filter, text);
        }
    }
}
