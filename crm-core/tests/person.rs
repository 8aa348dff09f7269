//! A person who is erased is in no byte of the file: neither by name, address or number, nor in any form in which these are compared.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use crm_core::{
    ActivityTypeId, Convert, Crm, CrmOptions, ErrorKind, Fields, Find, LeadId, Lost, Merge,
    Partner, PartnerId, PartnerMerge, PropertyDefinition, PropertyKind, RecordKind, Schedule,
    Session, UserRef, fields,
};
use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::{Map, Value as Json};

/// A file, removed at its end.
struct File(PathBuf);

impl File {
    fn new() -> Self {
        static USED: AtomicU32 = AtomicU32::new(0);
        let number = USED.fetch_add(1, Ordering::Relaxed);
        let name = format!("crm-person-{}-{number}.crm", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn open(&self) -> Crm {
        let options = CrmOptions { busy_timeout_ms: 50, ..CrmOptions::default() };
        Crm::open_with(self.0.to_str().unwrap(), &options).unwrap()
    }

    /// Those of these texts that stand in the file or its log, whatever their case.
    fn holds<'t>(&self, texts: &[&'t str]) -> Vec<&'t str> {
        let mut bytes = Vec::new();
        for ending in ["", "-wal", "-journal"] {
            let path = format!("{}{ending}", self.0.display());
            bytes.extend(std::fs::read(path).unwrap_or_default());
        }
        let all = String::from_utf8_lossy(&bytes).to_lowercase();
        texts.iter().copied().filter(|text| all.contains(&text.to_lowercase())).collect()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", self.0.display()));
        }
    }
}

/// The feed, replayed from nothing, gives the records that are there.
fn feed_is_whole(crm: &Crm, s: &Session) {
    let mut replayed: BTreeMap<(RecordKind, i64), Map<String, Json>> = BTreeMap::new();
    for entry in crm.feed(0, 10_000).unwrap() {
        let Some(subject) = entry.subject else { continue };
        let key = (subject.kind, subject.id);
        let plain = ["created", "changed", "posted"].iter().any(|verb| entry.event.ends_with(verb));
        if entry.event.ends_with("deleted") {
            replayed.remove(&key);
        } else if plain {
            let data: Json = serde_json::from_str(&entry.data).unwrap();
            let set = data["set"].as_object().cloned().unwrap_or_default();
            replayed.entry(key).or_default().extend(set);
        }
    }
    for kind in [RecordKind::Partner, RecordKind::Lead] {
        let all = Find::filter("active = true or active = false").unwrap();
        for row in s.desk(kind).find(&all).unwrap() {
            let told = &replayed[&(kind, row.id())];
            for field in row.table().shown().filter(|field| field.personal) {
                let is = crm_core::base::frame::json(row.get(field.name).unwrap());
                let is_empty = is.is_null() || is.as_object().is_some_and(Map::is_empty);
                let empty = Json::Null;
                let was_told = told.get(field.name).unwrap_or(&empty);
                assert!(
                    *was_told == is || is_empty && was_told.is_null(),
                    "{kind:?} {} {}",
                    row.id(),
                    field.name
                );
            }
        }
    }
}

/// What of a person stands nowhere afterwards.
const TRACES: [&str; 17] = [
    "Quenelda",
    "Zarathustra",
    "quenelda@ostrava.example",
    "old.zara@ostrava.example",
    "bücherwurm",
    "xn--bcherwurm",
    "170189900",
    "1 70 18 99 00",
    "DE987654321",
    "Kelpstrasse",
    "Ostravice",
    "Sprinkler",
    "crm-4711",
    "Quartermaster",
    "quenelda.login",
    "gardens",
    "hedgehog",
];

fn declare_hobby(s: &Session) {
    let hobby = PropertyDefinition::new(RecordKind::Lead, "Hobby", PropertyKind::Text);
    s.properties().declare(&hobby).unwrap();
}

/// A person with everything that can be said of one; answers their card and a deal of theirs that was won.
fn person(s: &Session) -> (Partner, LeadId) {
    declare_hobby(s);
    let work = s.partners().create(fields! { name: "Harbour Works", is_company: true }).unwrap();
    let mut draft = fields! {
        name: "Quenelda \"Q\" Zarathustra",
        email: "Old.Zara@Ostrava.example",
        phone: "01 70 18 99 00",
        country_code: "FR",
        tax_id: "DE987654321",
        street: "Kelpstrasse 5",
        city: "Ostravice",
        function: "Quartermaster",
        comment: "likes gardens",
        parent_id: work.id,
    };
    draft.external_id = Some(("erp".to_owned(), "crm-4711".to_owned()));
    let card = s.partners().create(draft).unwrap();
    s.partners().update(card.id, fields! { email: "Quenelda <quenelda@ostrava.example>" }).unwrap();
    let more = fields! { partner_id: card.id, channel: "email", kind: "home", value: "info@Bücherwurm.example" };
    s.partner_contacts().create(more).unwrap();
    let address = fields! { name: "Quenelda, at home", parent_id: card.id, address_type: "private", street: "Kelpstrasse 7" };
    s.partners().create(address).unwrap();
    let outside = fields! { name: "Quenelda", login: "quenelda.login", role: "external", partner_id: card.id };
    s.users().create(outside).unwrap();
    let mut deal =
        fields! { name: "Sprinkler for Quenelda", partner_id: card.id, expected_revenue: 1_200 };
    deal.set("properties.Hobby", "hedgehog");
    let deal = s.leads().create(deal).unwrap();
    s.leads().update(deal.id, fields! { description: "gardens all over" }).unwrap();
    s.leads()
        .mark_lost(deal.id, &Lost { note: Some("Quenelda said no".into()), ..Lost::default() })
        .unwrap();
    s.leads().reopen(deal.id).unwrap();
    s.leads().mark_won(deal.id).unwrap();
    let call = Schedule {
        activity_type_id: ActivityTypeId(3),
        summary: Some("call Quenelda".into()),
        note: Some("about gardens".into()),
        ..Schedule::default()
    };
    let call = s.activities().schedule(deal.id, &call).unwrap();
    s.activities().done(call.id, Some("she likes the hedgehog")).unwrap();
    s.chatter().post(card.id, "Zarathustra spoke", false).unwrap();
    // A card and a deal that are the same, and one that is gone.
    let same = s
        .partners()
        .create(fields! { name: "Q. Zarathustra", phone: "+33 1 70 18 99 00" })
        .unwrap();
    let other = s.leads().create(fields! { name: "Sprinkler too", partner_id: same.id }).unwrap();
    s.partners().merge(&[card.id, same.id], &PartnerMerge::default()).unwrap();
    let third = s.leads().create(fields! { name: "Sprinkler three", partner_id: card.id }).unwrap();
    s.leads().merge(&[other.id, third.id], &Merge::default()).unwrap();
    let gone = s.leads().create(fields! { name: "Sprinkler gone", partner_id: card.id }).unwrap();
    s.leads().delete(gone.id).unwrap();
    // From their address, and nobody's customer.
    s.leads()
        .create(fields! { name: "Sprinkler by mail", email_from: "QUENELDA@ostrava.example" })
        .unwrap();
    // At the deal of whom they work for, and at a stranger's.
    let theirs = fields! {
        name: "Pump", partner_id: work.id, contact_name: "Quenelda", email_from: "quenelda@ostrava.example",
        description: "ask Quenelda",
    };
    s.leads().create(theirs).unwrap();
    let stranger =
        s.leads().create(fields! { name: "Crane", email_from: "bob@x.example" }).unwrap();
    s.chatter().post(stranger.id, "sent by Quenelda \"Q\" Zarathustra", false).unwrap();
    s.leads().update(stranger.id, fields! { referred: "(0033) 1-70-18-99-00" }).unwrap();
    (s.partners().get(card.id).unwrap(), deal.id)
}

fn erased(s: &Session, id: PartnerId) -> BTreeMap<String, (i64, i64)> {
    let done = s.partners().subject_erase(id, &[]).unwrap();
    done.records.into_iter().map(|of| (of.record, (of.erased, of.kept))).collect()
}

#[test]
fn no_text_of_an_erased_person_is_in_the_file() {
    let file = File::new();
    let crm = file.open();
    let s = crm.session(None, None).unwrap();
    declare_hobby(&s);
    s.score()
        .configure(&crm_core::score::ScoreConfig {
            fields: Some(vec!["properties.Hobby".into(), "city".into()]),
            ..Default::default()
        })
        .unwrap();
    let (card, deal) = person(&s);
    s.score().rebuild(&mut crm_core::Progress::none()).unwrap();
    let seal = s.audit().seal().unwrap();
    let before: Vec<&str> = file.holds(&TRACES);
    assert_eq!(before.len(), TRACES.len(), "all of it stands there before");
    let told = s.partners().subject_export(card.id).unwrap().to_lowercase();
    for text in TRACES.iter().filter(|text| **text != "xn--bcherwurm") {
        assert!(told.contains(&text.to_lowercase()), "the export tells {text}");
    }

    let counts = erased(&s, card.id);
    assert_eq!(file.holds(&TRACES), Vec::<&str>::new());
    for (record, least) in [
        ("partner", 2),
        ("partner_contact", 3),
        ("lead", 5),
        ("message", 4),
        ("activity", 1),
        ("user", 1),
        ("merge", 2),
        ("external_id", 1),
        ("feed", 15),
    ] {
        assert!(counts[record].0 >= least, "{record}: {counts:?}");
    }
    let left = s.leads().get(deal).unwrap();
    assert_eq!((left.name.as_str(), left.won_status.word()), ("erased", "won"));
    assert_eq!(left.expected_revenue.0, 120_000);
    let stranger = s.leads().find(&Find::filter("name = \"Crane\"").unwrap()).unwrap();
    assert_eq!(
        (stranger[0].email_from.as_deref(), stranger[0].referred.as_deref()),
        (Some("bob@x.example"), None)
    );
    let pump = s.leads().find(&Find::filter("name = \"Pump\"").unwrap()).unwrap();
    assert_eq!(
        (pump[0].contact_name.as_deref(), pump[0].email_normalized.as_deref()),
        (None, None)
    );
    let mark = s.partners().get(card.id).unwrap();
    assert!(mark.date_erased.is_some() && !mark.active && mark.name == "erased");

    let state = s.audit().verify(Some((seal.seq, &seal.digest))).unwrap();
    assert_eq!((state.broken, state.problem), (None, None));
    assert!(state.erased > 10);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    feed_is_whole(&crm, &s);
    let merges = s.partners().merges(Some(card.id), None).unwrap();
    let refused = s.partners().unmerge(merges[0].merge_id).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert!(refused.message().contains("erased"), "{refused}");

    let entries = crm.feed(0, 10_000).unwrap();
    let last = entries.iter().rev().find(|entry| entry.event == "partner.erased").unwrap();
    assert!(last.data.contains("\"lead\":"), "{}", last.data);
    let again = erased(&s, card.id);
    assert!(again.values().all(|(erased, _)| *erased == 0), "{again:?}");
    assert_eq!(crm.feed(0, 10_000).unwrap().len(), entries.len(), "nothing more is told");
    crm.close();
    assert_eq!(file.holds(&TRACES), Vec::<&str>::new());
}

#[test]
fn a_conversions_key_goes_with_whose_lead_it_was() {
    let file = File::new();
    let crm = file.open();
    let s = crm.session(None, None).unwrap();
    let ada = s.partners().create(fields! { name: "Ada", email: "q@sec.example" }).unwrap().id;
    let convert = |email: &str, key: &str| {
        let lead = fields! { name: "Mail", kind: "lead", email_from: email };
        let lead = s.leads().create(lead).unwrap().id;
        let asked =
            Convert { create_partner: true, key: Some(key.to_owned()), ..Convert::default() };
        s.leads().convert(lead, &asked).unwrap();
    };
    convert("q@sec.example", "<CAF.1@sec.example>");
    convert("eve@other.example", "<CAF.2@other.example>");
    let told = erased(&s, ada);
    assert_eq!(told["conversion"], (1, 0));
    assert_eq!(file.holds(&["CAF.1@sec", "CAF.2@other"]), ["CAF.2@other"]);
}

#[test]
fn what_is_held_stays_and_is_counted() {
    let file = File::new();
    let crm = file.open();
    let s = crm.session(None, None).unwrap();
    let (card, deal) = person(&s);
    let done = s.partners().subject_erase(card.id, &[RecordKind::Lead]).unwrap();
    let leads = done.records.iter().find(|of| of.record == "lead").unwrap();
    assert!(leads.erased == 0 && leads.kept >= 5, "{done:?}");
    assert_eq!(s.leads().get(deal).unwrap().name, "Sprinkler for Quenelda");
    assert_eq!(file.holds(&["Sprinkler", "Zarathustra spoke", "Kelpstrasse 7"]), ["Sprinkler"]);
    feed_is_whole(&crm, &s);
}

#[test]
fn a_reader_of_before_keeps_the_file_and_the_next_call_does_the_rest() {
    let file = File::new();
    let crm = file.open();
    let s = crm.session(None, None).unwrap();
    let (card, _) = person(&s);
    let reader = Connection::open(&file.0).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM lead").unwrap();
    let busy = s.partners().subject_erase(card.id, &[]).unwrap_err();
    assert_eq!((busy.code(), busy.is_retryable()), (701, true), "{busy}");
    assert_eq!(s.partners().get(card.id).unwrap().name, "erased", "it is erased by then");
    assert!(!file.holds(&TRACES).is_empty(), "the reader still holds it");
    reader.execute_batch("COMMIT").unwrap();
    let again = erased(&s, card.id);
    assert!(again.values().all(|(erased, _)| *erased == 0), "{again:?}");
    assert_eq!(file.holds(&TRACES), Vec::<&str>::new());
}

#[test]
fn who_was_deleted_can_be_erased_all_the_same() {
    let file = File::new();
    let crm = file.open();
    let s = crm.session(None, None).unwrap();
    let card = fields! { name: "Quenelda Zarathustra", email: "quenelda@ostrava.example", street: "Kelpstrasse 5" };
    let card = s.partners().create(card).unwrap();
    let lead = s.leads().create(fields! { name: "Crane" }).unwrap();
    s.chatter().post(lead.id, "Quenelda Zarathustra asks", false).unwrap();
    s.partners().delete(card.id).unwrap();
    let traces = ["Quenelda", "ostrava", "Kelpstrasse"];
    assert_eq!(file.holds(&traces), traces, "the feed remembers");
    assert!(s.partners().subject_export(card.id).unwrap().contains("Kelpstrasse"));
    let done = erased(&s, card.id);
    assert!(done["feed"].0 >= 2 && done["message"].0 == 1, "{done:?}");
    assert_eq!(file.holds(&traces), Vec::<&str>::new());
    assert!(erased(&s, card.id).values().all(|(erased, _)| *erased == 0));
}

#[test]
fn who_may_not_and_what_cannot_be_erased_is_refused() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    let ada = s.partners().create(fields! { name: "Ada" }).unwrap();
    let firm = s.partners().create(fields! { name: "Harbour", is_company: true }).unwrap();
    let refused = |error: crm_core::Error| (error.kind(), error.field().map(str::to_owned));
    let field = |name: &str| Some(name.to_owned());
    assert_eq!(
        refused(s.partners().subject_erase(firm.id, &[]).unwrap_err()),
        (ErrorKind::Invalid, field("is_company"))
    );
    assert_eq!(
        refused(s.partners().subject_export(firm.id).unwrap_err()),
        (ErrorKind::Invalid, field("is_company"))
    );
    assert_eq!(
        refused(s.partners().subject_erase(ada.id, &[RecordKind::Stage]).unwrap_err()),
        (ErrorKind::Invalid, field("holds"))
    );
    assert_eq!(
        s.partners().subject_erase(PartnerId(99), &[]).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let within = s.atomic(|s| s.partners().subject_erase(ada.id, &[]));
    assert_eq!(within.unwrap_err().kind(), ErrorKind::Conflict);
    let second = s.companies().create(fields! { name: "Abroad" }).unwrap();
    for (login, role, company) in [("all", "all", None), ("boss", "admin", Some(second.id))] {
        let user = fields! { name: login, login: login, role: role, company_id: company };
        let user = s.users().create(user).unwrap();
        let theirs = crm.session(Some(UserRef::Id(user.id)), None).unwrap();
        assert_eq!(
            theirs.partners().subject_erase(ada.id, &[]).unwrap_err().kind(),
            ErrorKind::Denied
        );
        assert_eq!(theirs.partners().subject_export(ada.id).unwrap_err().kind(), ErrorKind::Denied);
    }
    assert_eq!(s.partners().get(ada.id).unwrap().name, "Ada", "nothing was written");

    s.partners().subject_erase(ada.id, &[]).unwrap();
    let named = s.partners().update(ada.id, fields! { name: "Ada" }).unwrap_err();
    assert_eq!(refused(named), (ErrorKind::Invalid, field("name")));
    let contact = fields! { partner_id: ada.id, channel: "phone", value: "+33 1 70 18 99 00" };
    assert_eq!(
        refused(s.partner_contacts().create(contact).unwrap_err()),
        (ErrorKind::Invalid, field("partner_id"))
    );
    let bob = s.partners().create(fields! { name: "Bob" }).unwrap();
    let merged = s.partners().merge(&[bob.id, ada.id], &PartnerMerge::default()).unwrap_err();
    assert_eq!(refused(merged), (ErrorKind::Invalid, field("date_erased")));
    let lead = fields! { name: "Fleet lease", partner_id: ada.id, email_from: "new@x.example" };
    s.leads().create(lead).unwrap();
    assert_eq!(s.partners().get(ada.id).unwrap().email, None, "a lead tells them nothing");
}

#[test]
fn a_name_goes_however_others_spell_it() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    let card = fields! { name: "Jürgen Quxmann", email: "jq@gmail.com", tax_id: "136 695 976", country_code: "DE" };
    let card = s.partners().create(card).unwrap();
    let other = s.leads().create(fields! { name: "Lease of somebody else" }).unwrap();
    let tells = [
        "Jurgen Quxmann called",
        "Juergen Quxmann called",
        "ask Quxmann, Jürgen",
        "JÜRGEN   QUXMANN\nis back",
        "the house of\nQuxmann (Jurgen)",
        "jq@googlemail.com",
        "VAT DE136695976",
    ];
    for body in tells {
        s.chatter().post(other.id, body, false).unwrap();
    }
    s.chatter().post(other.id, "Jürgen Quxmeier, Quxmann & Co", false).unwrap();
    s.partners().subject_erase(card.id, &[]).unwrap();
    let said = s.chatter().find(&Find::all()).unwrap();
    let left: Vec<&str> = said.iter().filter_map(|message| message.body.as_deref()).collect();
    assert!(left.contains(&"Jürgen Quxmeier, Quxmann & Co"), "{left:?}");
    let still: Vec<&&str> = left.iter().filter(|body| tells.contains(*body)).collect();
    assert_eq!(still, Vec::<&&str>::new());
}

#[test]
fn what_others_have_too_stays_theirs() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    let shared =
        || fields! { name: "John Smith", email: "office@x.example", phone: "+33 1 70 18 99 00" };
    let (one, other) =
        (s.partners().create(shared()).unwrap(), s.partners().create(shared()).unwrap());
    let deal = s.leads().create(fields! { name: "For John Smith", partner_id: other.id }).unwrap();
    let note = s
        .chatter()
        .post(deal.id, "John Smith, office@x.example, called from 01 70 18 99 00", false)
        .unwrap();
    s.partners().subject_erase(one.id, &[]).unwrap();
    assert_eq!(s.partners().get(other.id).unwrap(), other);
    assert_eq!(s.leads().get(deal.id).unwrap(), deal);
    let said = s.chatter().find(&Find::all()).unwrap();
    assert_eq!(
        (said[0].id, said[0].body.as_deref()),
        (note, Some("John Smith, office@x.example, called from 01 70 18 99 00"))
    );
}

/// A verb about a person, by three numbers.
fn act(s: &Session, cards: &mut Vec<PartnerId>, (verb, a, b): (u8, u8, u8)) {
    let card = cards[usize::from(a) % cards.len()];
    let texts = [
        "vexillum",
        "Vexillum Prabang",
        "x vexillum@prabang.example y",
        "+33 1 44 55 66 77",
        "Prabang \"V\" \\ 1",
    ];
    let text = texts[usize::from(b) % texts.len()];
    let leads = s.leads().find(&Find::filter("active = true or active = false").unwrap()).unwrap();
    let lead = leads.get(usize::from(b) % leads.len().max(1)).map(|lead| lead.id);
    let fields_of = |partner: bool| {
        let mut fields = Fields::new();
        let names: &[&str] = if partner {
            &[
                "name", "email", "phone", "mobile", "street", "city", "comment", "website",
                "tax_id", "function",
            ]
        } else {
            &[
                "name",
                "email_from",
                "phone",
                "mobile",
                "street",
                "city",
                "description",
                "email_cc",
                "contact_name",
                "referred",
                "partner_name",
            ]
        };
        fields.set(names[usize::from(a) % names.len()], text);
        fields
    };
    // What the state of things refuses is no matter here.
    let _ = match (verb % 14, lead) {
        (0, _) => s.partners().update(card, fields_of(true)).map(drop),
        (1, _) => s.partners().create(fields_of(true)).and_then(|new| {
            let merge = PartnerMerge { head_id: Some(cards[0]), user_id: None };
            s.partners().merge(&[cards[0], new.id], &merge).map(drop)
        }),
        (2 | 3, _) => {
            let mut fields = fields_of(false);
            if !fields.has("name") {
                fields.set("name", "deal");
            }
            fields.set("partner_id", card.0);
            s.leads().create(fields).map(drop)
        }
        (4, Some(lead)) => s.leads().update(lead, fields_of(false)).map(drop),
        (5, Some(lead)) => s.chatter().post(lead, text, b % 2 == 0).map(drop),
        (6, _) => s.chatter().post(card, text, false).map(drop),
        (7, Some(lead)) => {
            let call = Schedule {
                activity_type_id: ActivityTypeId(3),
                summary: Some(text.into()),
                ..Schedule::default()
            };
            s.activities().schedule(lead, &call).and_then(|call| match b % 3 {
                0 => s.activities().done(call.id, Some(text)).map(drop),
                1 => s.activities().cancel(call.id),
                _ => Ok(()),
            })
        }
        (8, Some(lead)) => s
            .leads()
            .mark_lost(lead, &Lost { note: Some(text.into()), ..Lost::default() })
            .map(drop),
        (9, Some(lead)) => s.leads().mark_won(lead).map(drop),
        (10, Some(lead)) => s.leads().delete(lead),
        (11, Some(lead)) if leads[0].id != lead => {
            s.leads().merge(&[lead, leads[0].id], &Merge::default()).map(drop)
        }
        (12, _) => {
            let contact =
                fields! { partner_id: card, channel: "email", value: "v.vexillum@prabang.example" };
            s.partner_contacts().create(contact).map(drop)
        }
        (13, _) => {
            let address = fields! { name: text, parent_id: cards[0], address_type: "invoice" };
            s.partners().create(address).map(|new| cards.push(new.id))
        }
        _ => s.audit().seal().map(drop),
    };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_done_with_a_person_none_of_it_names_them(
        acts in prop::collection::vec(any::<(u8, u8, u8)>(), 1..40),
    ) {
        let file = File::new();
        let crm = file.open();
        let s = crm.session(None, None).unwrap();
        let start = fields! { name: "Vexillum Prabang", email: "vexillum@prabang.example", phone: "+33 1 44 55 66 77" };
        let mut cards = vec![s.partners().create(start).unwrap().id];
        for one in acts {
            act(&s, &mut cards, one);
        }
        let seal = s.audit().seal().unwrap();
        s.partners().subject_erase(cards[0], &[]).unwrap();
        let left = file.holds(&["vexillum", "prabang", "144556677", "1 44 55 66 77"]);
        prop_assert!(left.is_empty(), "{left:?}");
        let state = s.audit().verify(Some((seal.seq, &seal.digest))).unwrap();
        prop_assert_eq!(state.problem, None);
        prop_assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
        feed_is_whole(&crm, &s);
    }
}
