//! Declaring custom fields.

use crm_core::{
    Error, FieldKind, Frame, PropertyDefinition, PropertyKind, RecordKind, Result, TeamId, Value,
};

use crate::catalog;
use crate::desk::{nothing, table};
use crate::edge::abi::{CrmError, CrmFrame, CrmSession, CrmStatus};
use crate::edge::option::{CrmPropertyOptions, init, known_bits, read};
use crate::edge::{array, optional_text, text, texts};

/// Fills the options with what they are unless said otherwise; pass `sizeof *options`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_property_options_init(
    options: *mut CrmPropertyOptions,
    struct_size: usize,
) {
    init(options, struct_size);
}

fn draft(given: *const CrmPropertyOptions) -> Result<PropertyDefinition> {
    let given = read(given)?;
    known_bits(u64::from(given.reserved), 0, "reserved")?;
    let word = text(given.value_type, "value_type")?;
    let kind = PropertyKind::from_word(word).ok_or_else(|| {
        let message = format!("value_type: {word:?} is none of {}", PropertyKind::WORDS.join(", "));
        Error::invalid("value_type", message)
    })?;
    let name = text(given.name, "name")?;
    let mut draft = PropertyDefinition::new(catalog::kind(given.kind)?, name, kind);
    draft.label = optional_text(given.label, "label")?.map(str::to_owned);
    let choices = texts(given.choices, given.choice_count, "choices")?;
    draft.options = choices.map(|choice| choice.map(str::to_owned)).collect::<Result<_>>()?;
    let teams = array(given.team_ids, given.team_count, "team_ids")?;
    draft.team_ids = teams.iter().copied().map(TeamId).collect();
    Ok(draft)
}

/// Declares a custom field of leads or partners. Declaring it again changes label, teams and choices, of which none may be missing, and
/// leaves what is omitted; another type, or a missing choice, is `CRM_E_CONFLICT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_property_declare(
    session: *const CrmSession,
    options: *const CrmPropertyOptions,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, |session| {
        session.properties().declare(&draft(options)?)?;
        Ok(())
    })
}

/// The custom fields of a kind of record: a table with the columns `name`, `type`, `label`, `choices` (a JSON array), `team_ids`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_property_list(
    session: *const CrmSession,
    kind: i32,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let mut frame = Frame::new([
            ("name", FieldKind::Text),
            ("type", FieldKind::Text),
            ("label", FieldKind::Text),
            ("choices", FieldKind::Text),
            ("team_ids", FieldKind::Ids(RecordKind::Team)),
        ]);
        for known in session.properties().list(catalog::kind(kind)?)? {
            frame.push([
                known.name.into(),
                known.kind.word().into(),
                known.label.into(),
                serde_json::Value::from(known.options).to_string().into(),
                Value::Ids(known.team_ids.iter().map(|team| team.0).collect()),
            ]);
        }
        Ok(frame)
    })
}
