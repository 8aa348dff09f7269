//! A small random world of records, in memory and in tables that are made out of the list of fields.

use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

use crate::base::field::{Nature as _, Properties, Record};
use crate::base::{
    Amount, Cell, Currency, Date, Field, LeadId, Place, Probability, RecordKind, RecurringPlanId,
    Result, StageId, Subject, TagId, TeamId, Timestamp, UserId, Value,
};
use crate::filter::{PropertyTypes, like};
use crate::record::{
    self, Lead, LeadKind, ProbabilityPolicy, ProbabilitySource, PropertyKind, RecurringPlan, Stage,
    Tag, Team, User, WonStatus,
};

const ORIGIN: &str = "Lead \"Ori`gin\\ é";

const HOUR: i64 = 3_600_000_000;
/// 2026-03-02T09:00:00Z, when the filters ask.
const NOW: i64 = 1_772_442_000_000_000;
const CREATED: i64 = NOW - 45 * HOUR;

/// Minor units: halves that go up and down, and what no 64 bits hold once it is multiplied by a chance.
const AMOUNTS: [i64; 14] = [
    0,
    1,
    3,
    5,
    10,
    100,
    1000,
    1001,
    10_005,
    100_100,
    1_000_000,
    1_000_004,
    12_345_678_901,
    999_999_999_999_999,
];

/// What stages say: team, stage, and both the chance and its ground as `said` reads them. A team has a row of its own for some stages.
const SAID: [(i64, i64, i64); 5] = [
    (0, 0, 300_000 * 8 + 1),
    (0, 1, 125_000 * 8 + 2),
    (0, 2, 333_349 * 8 + 2),
    (1, 1, 700_004 * 8 + 2),
    (1, 0, 999_900 * 8 + 1),
];

pub(super) struct Declared;

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
pub(super) struct World {
    pub(super) leads: Vec<Lead>,
    stages: Vec<Stage>,
    teams: Vec<Team>,
    tags: Vec<Tag>,
    plans: Vec<RecurringPlan>,
    users: Vec<User>,
}

pub(super) fn own<R: Record>(record: &R, field: &Field) -> Cell<'static> {
    let at = R::TABLE.fields.iter().position(|own| own.name == field.name).unwrap();
    (R::ACCESS[at].cell)(record).into_owned()
}

fn found<R: Record>(records: &[R], id: i64, field: &Field) -> Cell<'static> {
    let record = records.iter().find(|record| record.subject().id == id).unwrap();
    own(record, field)
}

impl World {
    pub(super) fn linked(&self, of: Subject, field: &'static Field) -> Result<Cell<'static>> {
        Ok(match of.kind {
            RecordKind::Stage => found(&self.stages, of.id, field),
            RecordKind::Team => found(&self.teams, of.id, field),
            RecordKind::Tag => found(&self.tags, of.id, field),
            RecordKind::User => found(&self.users, of.id, field),
            _ => found(&self.leads, of.id, field),
        })
    }

    pub(super) fn store(&self) -> Connection {
        let db = Connection::open_in_memory().unwrap();
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        db.create_scalar_function("crm_like", 3, flags, |call| {
            let text: Option<String> = call.get(0)?;
            let (pattern, insensitive): (String, bool) = (call.get(1)?, call.get(2)?);
            Ok(text.map(|text| like(&text, &pattern, insensitive)))
        })
        .unwrap();
        db.execute_batch(
            "CREATE TABLE lead_score (lead_id, automated_probability, probability_source); \
             CREATE TABLE stage_chance (team_id, stage_id, ppm, source);",
        )
        .unwrap();
        for (team, stage, said) in SAID {
            let row = [team, stage, said / 8, said % 8];
            db.execute("INSERT INTO stage_chance VALUES (?1, ?2, ?3, ?4)", row).unwrap();
        }
        store(&db, &self.leads);
        store(&db, &self.stages);
        store(&db, &self.teams);
        store(&db, &self.tags);
        store(&db, &self.plans);
        store(&db, &self.users);
        for lead in &self.leads {
            let machine = ProbabilitySource::Model.code();
            let row = [lead.id.0, lead.automated_probability.ppm(), machine];
            db.execute("INSERT INTO lead_score VALUES (?1, ?2, ?3)", row).unwrap();
        }
        db
    }
}

pub(super) fn sql(cell: Cell<'_>) -> Sql {
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

pub(super) fn maybe(most: i64) -> impl Strategy<Value = Option<i64>> {
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
        (revenue, recurring, plan, code) in (select(AMOUNTS.to_vec()), select(AMOUNTS.to_vec()), maybe(4), select(vec!["EUR", "JPY", "KWD", "CLF", "CHF"])),
        (machine, manual) in (select(vec![0, 125_000, 333_333, 1_000_000]), of(select(vec![0, 125_000, 333_349, 500_000, 999_999]))),
        (won, active, opportunity, priority) in (0..3_usize, any::<bool>(), any::<bool>(), 0..4_i64),
        (deadline, opened, closed, moved) in (of(20_512..20_517_i64), of(0..3_i64), of(0..90_i64), of(0..200_i64)),
        properties in properties(),
        policy in select(ProbabilityPolicy::ALL.to_vec()),
    ) -> Lead {
        Lead {
            name,
            city,
            user_id: user_id.map(UserId),
            team_id: team_id.map(TeamId),
            stage_id: stage_id.map(StageId),
            tag_ids: tags.into_iter().map(TagId).collect(),
            expected_revenue: Amount(revenue),
            recurring_revenue: Amount(recurring),
            recurring_plan_id: plan.map(RecurringPlanId),
            create_date: Timestamp::stored(CREATED),
            date_closed: closed.map(|hours| Timestamp::stored(CREATED + hours * HOUR)),
            date_last_stage_update: moved.map(|hours| Timestamp::stored(NOW - hours * HOUR)),
            currency: Currency::new(code).unwrap(),
            automated_probability: Probability::from_ppm(machine).unwrap(),
            manual_probability: manual.map(|ppm| Probability::from_ppm(ppm).unwrap()),
            automated_source: ProbabilitySource::Model,
            probability_policy: policy,
            won_status: WonStatus::ALL[won],
            active,
            kind: LeadKind::ALL[usize::from(opportunity)],
            priority,
            date_deadline: deadline.map(Date::stored),
            date_open: opened.map(|hour| Timestamp::stored(NOW + hour * HOUR)),
            properties,
            ..Lead::default()
        }
    }
}

prop_compose! {
    pub(super) fn world()(
        leads in proptest::collection::vec(lead(), 1..10),
        stages in proptest::collection::vec((words(), 0..3_i64, any::<bool>(), ids(3), 0..6_i64), 3),
        teams in proptest::collection::vec((words(), maybe(3), maybe(3), ids(3)), 3),
        tags in proptest::collection::vec((words(), maybe(4)), 4),
        users in proptest::collection::vec(words(), 3),
    ) -> World {
        let mut world = World { leads, ..World::default() };
        for (id, lead) in (1..).zip(&mut world.leads) {
            lead.id = LeadId(id);
        }
        for (id, (name, sequence, is_won, team_ids, rotting_days)) in (1..).zip(stages) {
            let team_ids = team_ids.into_iter().map(TeamId).collect();
            world.stages.push(Stage { id: StageId(id), name, sequence, is_won, team_ids, rotting_days, ..Stage::default() });
        }
        for (id, (name, user_id, parent_id, members)) in (1..).zip(teams) {
            let (user_id, parent_id) = (user_id.map(UserId), parent_id.map(TeamId));
            let member_ids = members.into_iter().map(UserId).collect();
            world.teams.push(Team { id: TeamId(id), name, user_id, parent_id, member_ids, ..Team::default() });
        }
        for (id, (name, parent_id)) in (1..).zip(tags) {
            world.tags.push(Tag { id: TagId(id), name, parent_id: parent_id.map(TagId), ..Tag::default() });
        }
        for (id, months) in (1..).zip([0, 1, 7, 12]) {
            world.plans.push(RecurringPlan { id: RecurringPlanId(id), number_of_months: months, ..RecurringPlan::default() });
        }
        for lead in &mut world.leads {
            let plan = lead.recurring_plan_id.and_then(|id| world.plans.iter().find(|plan| plan.id == id));
            let stage = lead.stage_id.and_then(|id| world.stages.iter().find(|stage| stage.id == id));
            lead.plan_months = plan.map(|plan| plan.number_of_months);
            lead.stage_rotting_days = stage.map(|stage| stage.rotting_days);
            let place = (lead.team_id.map_or(0, |id| id.0), lead.stage_id.map_or(0, |id| id.0));
            let said = [place, (0, place.1), (0, 0)].into_iter().find_map(|place| {
                SAID.iter().find(|(team, stage, _)| (*team, *stage) == place)
            });
            lead.stage_said = said.unwrap().2;
            lead.derive(Timestamp::stored(NOW));
        }
        for (id, name) in (1..).zip(users) {
            world.users.push(User { id: UserId(id), name, ..User::default() });
        }
        world
    }
}
