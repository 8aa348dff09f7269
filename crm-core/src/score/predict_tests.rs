//! Predictions without writing, as of now and of the past; what an explanation says beside the chance.

use super::{ScoreConfig, ScorePrediction};
use crate::base::{Date, ErrorKind, LeadId, Progress, Timestamp};
use crate::filter::Filter;
use crate::record::ProbabilitySource;
use crate::{Crm, Find, Lost, Session, fields};

/// 09:00 UTC on the n-th day.
fn clock(day: i64) -> Timestamp {
    Timestamp::parse("2026-03-02T09:00:00Z").unwrap().plus_days(day)
}

fn on(crm: &Crm, day: i64) -> Session {
    crm.session(None, Some(clock(day))).unwrap()
}

fn opened(model: &str) -> Crm {
    let crm = Crm::open(":memory:").unwrap();
    let fields = Some(vec!["lang".to_owned()]);
    let start_date = Some(Date::new(2026, 1, 1).unwrap());
    let config = ScoreConfig { fields, start_date, model: Some(model.to_owned()) };
    on(&crm, 0).score().configure(&config).unwrap();
    crm
}

fn lead(s: &Session, lang: &str) -> LeadId {
    s.leads().create(fields! { name: "Deal", lang: lang }).unwrap().id
}

fn close(s: &Session, lead: LeadId, won: bool) {
    if won {
        s.leads().mark_won(lead).unwrap();
    } else {
        s.leads().mark_lost(lead, &Lost::default()).unwrap();
    }
}

fn predict(s: &Session, filter: &str, as_of: Option<Timestamp>) -> Vec<ScorePrediction> {
    let filter = (!filter.is_empty()).then(|| Filter::parse(filter).unwrap());
    s.score().predict(filter.as_ref(), as_of, &mut Progress::none()).unwrap()
}

#[test]
fn of_the_past_those_are_asked_that_were_there_then() {
    let crm = opened("weighted");
    let deals: Vec<_> = (0..10).map(|_| lead(&on(&crm, 1), "fr")).collect();
    for (n, deal) in deals.iter().enumerate() {
        close(&on(&crm, 3), *deal, n < 3);
    }
    let s = on(&crm, 4);
    for filter in ["", "won_status = \"pending\"", "lang = \"fr\""] {
        assert_eq!(predict(&s, filter, Some(clock(2))).len(), 10, "{filter:?}");
    }
    assert_eq!(predict(&s, "won_status = \"lost\"", Some(clock(2))).len(), 0, "none was, then");
}

#[test]
fn what_is_predicted_now_is_what_a_recompute_stores() {
    for model in ["weighted", "bayes", "stage", "base"] {
        let crm = opened(model);
        let s = on(&crm, 1);
        let open: Vec<_> = (0..40).map(|n| lead(&s, ["fr", "de", "it"][n % 3])).collect();
        for n in 0..60 {
            let deal = lead(&s, ["fr", "de"][n % 2]);
            close(&s, deal, n % 2 == 0 || n % 7 == 0);
        }
        s.leads().archive(open[7]).unwrap();
        let before = crm.feed(0, 10_000).unwrap().len();
        let said = predict(&s, "", None);
        assert_eq!(crm.feed(0, 10_000).unwrap().len(), before, "nothing was written");
        assert_eq!(said.len(), 39);
        s.score().recompute(&mut Progress::none()).unwrap();
        let stored = s.leads().find(&Find { order: Some("id".into()), ..Find::default() }).unwrap();
        let pending = stored.iter().filter(|lead| open.contains(&lead.id));
        for (lead, said) in pending.zip(&said) {
            assert_eq!((lead.id, lead.automated_probability), (said.lead_id, said.probability));
            assert_eq!(lead.probability_source, said.source, "{model}");
        }
        let few = predict(&s, "lang = \"it\" and active in (true, false)", None);
        let ids: Vec<_> = few.iter().map(|row| row.lead_id).collect();
        let wanted: Vec<_> = open.iter().skip(2).step_by(3).copied().collect();
        assert_eq!(ids, wanted);
        assert_eq!(predict(&s, "won_status != \"pending\"", None), [], "{model}: it is known");
    }
}

#[test]
fn as_of_the_past_a_lead_has_the_chance_it_had() {
    for model in ["weighted", "bayes"] {
        let crm = opened(model);
        let (mut told, mut open) = (Vec::new(), Vec::new());
        for day in 1..=80_i64 {
            let s = on(&crm, day);
            if day > 5 {
                close(&s, open.remove(0), day % 3 == 0 || day % 5 == 0);
            }
            let deal = lead(&s, ["fr", "de", "it"][usize::try_from(day % 3).unwrap()]);
            let stored = s.leads().get(deal).unwrap();
            told.push((deal, clock(day), stored.automated_probability));
            open.push(deal);
        }
        let s = on(&crm, 100);
        for (deal, when, chance) in told {
            let said = predict(&s, "active in (true, false)", Some(when));
            let own = said.iter().find(|row| row.lead_id == deal).expect("it was open then");
            assert_eq!(own.probability, chance, "{model}, {deal}, {when}");
            assert_eq!(own.predicted_at, when);
        }
    }
}

#[test]
fn what_was_known_then_includes_what_was_taken_back_since() {
    let crm = opened("weighted");
    let (deal, won) = (lead(&on(&crm, 1), "fr"), lead(&on(&crm, 1), "fr"));
    close(&on(&crm, 3), won, true);
    on(&crm, 6).leads().reopen(won).unwrap();
    let s = on(&crm, 9);
    let as_of = |day| predict(&s, "", Some(clock(day)));
    let chances = |day| as_of(day).iter().map(|row| (row.lead_id, row.source)).collect::<Vec<_>>();
    let (none, base) = (ProbabilitySource::None, ProbabilitySource::Base);
    assert_eq!(chances(0), []);
    assert_eq!(chances(2), [(deal, none), (won, none)]);
    assert_eq!(chances(4), [(deal, base)], "the other one was won then");
    assert_eq!(chances(7), [(deal, none), (won, none)]);
    assert_eq!(predict(&s, "", None).len(), 2);
    let late = clock(10);
    let error = s.score().predict(None, Some(late), &mut Progress::none()).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some("as_of")));
    let mut stop = |_, _| false;
    let error = s.score().predict(None, None, &mut Progress::new(&mut stop)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn who_sees_few_leads_is_told_of_few() {
    let crm = opened("weighted");
    let s = on(&crm, 1);
    let ben = s.users().create(fields! { name: "Ben", login: "ben", role: "own" }).unwrap().id;
    let eve = s.users().create(fields! { name: "Eve", login: "eve", role: "own" }).unwrap().id;
    let own = s.leads().create(fields! { name: "Own", user_id: ben }).unwrap().id;
    s.leads().create(fields! { name: "Hers", user_id: eve }).unwrap();
    let ben = crm.session(Some("ben".into()), Some(clock(1))).unwrap();
    for as_of in [None, Some(clock(1))] {
        let said = predict(&ben, "", as_of);
        assert_eq!(said.iter().map(|row| row.lead_id).collect::<Vec<_>>(), [own]);
    }
}

#[test]
fn an_explanation_says_what_is_stored_and_leaves_a_lead_s_own_outcome_out() {
    for model in ["weighted", "bayes"] {
        let crm = opened(model);
        let s = on(&crm, 1);
        let (deal, first) = (lead(&s, "fr"), lead(&s, "fr"));
        close(&s, first, true);
        let why = s.score().explain(first).unwrap();
        assert_eq!(why.source, ProbabilitySource::None, "{model}: there was no other");
        assert!(!why.is_stale, "what is closed is not scored anew");
        close(&s, lead(&s, "fr"), false);
        if model == "weighted" {
            let why = s.score().explain(first).unwrap();
            assert!((why.base - 1.0 / 3.0).abs() < 1e-12, "one other, and lost");
            let why = s.score().explain(deal).unwrap();
            assert!(!why.is_stale, "one won, one lost: the stored half happens to hold");
            assert_eq!(why.probability, why.automated_probability);
            close(&s, lead(&s, "fr"), true);
        }
        let why = s.score().explain(deal).unwrap();
        assert!(why.is_stale && why.probability != why.automated_probability, "{model}");
        s.score().recompute(&mut Progress::none()).unwrap();
        let why = s.score().explain(deal).unwrap();
        assert_eq!((why.is_stale, why.probability), (false, why.automated_probability));
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    }
}
