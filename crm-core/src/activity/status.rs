//! How leads stand by what is to be done about them: what a board shows beside each card.

use std::collections::HashMap;

use crate::access;
use crate::base::{Cell, Date, FieldKind, Frame, Record as _, RecordKind, Result, Value, limit};
use crate::desk::query;
use crate::record::{ActivityState, Lead, SubjectKind};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// One line per lead, in the order of the ids.
pub(super) fn of_leads(tx: &Tx<'_>, ids: &[i64]) -> Result<Frame> {
    access::allow_inside("ask what is to be done", &tx.actor)?;
    let ids = query::distinct(ids)?;
    query::companies(tx, Lead::TABLE, &ids)?;
    let mut open: HashMap<i64, [Value; 4]> = HashMap::new();
    for chunk in ids.chunks(limit::CHUNK) {
        let params: [Cell<'_>; 4] = [
            SubjectKind::Lead.code().into(),
            id_list(chunk),
            tx.now.micros().into(),
            tx.actor.user_id.map(|user| user.0).into(),
        ];
        tx.each(include_str!("status.sql"), &params, |line| {
            let worst = usize::try_from(line.int(1)?).ok();
            let worst = worst.and_then(|at| ActivityState::WORDS.get(at)).copied();
            let day =
                |at: usize| line.int_or_null(at).map(|day| Value::from(day.map(Date::stored)));
            let values = [worst.into(), day(2)?, day(3)?, line.int(4)?.into()];
            open.insert(line.int(0)?, values);
            Ok(())
        })?;
    }
    let mut frame = Frame::new([
        ("lead_id", FieldKind::Ref(RecordKind::Lead)),
        ("activity_state", FieldKind::Text),
        ("date_deadline", FieldKind::Date),
        ("my_date_deadline", FieldKind::Date),
        ("activity_count", FieldKind::Int),
    ]);
    for id in ids {
        let nothing = || [Value::Null, Value::Null, Value::Null, Value::Int(0)];
        let known = open.remove(&id).unwrap_or_else(nothing);
        frame.push([Value::Int(id)].into_iter().chain(known));
    }
    Ok(frame)
}
