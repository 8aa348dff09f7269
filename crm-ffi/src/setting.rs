//! Settings of the database.

use std::sync::Arc;

use crm_core::base::frame::json;
use crm_core::{Error, FieldKind, Frame, Value};

use crate::desk::nothing;
use crate::edge::abi::{CrmError, CrmFrame, CrmSession, CrmStatus, CrmStr};
use crate::edge::{Out, guard, take, text};

/// Every setting: a table with the columns `name` and `value` (as text; truths are `true` and `false`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_setting_all(
    session: *const CrmSession,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        let mut frame = Frame::new([("name", FieldKind::Text), ("value", FieldKind::Text)]);
        for (name, value) in take(session)?.settings().all()? {
            let value = match value {
                Value::Null | Value::Text(_) => value,
                other => Value::Text(json(&other).to_string()),
            };
            frame.push([name.into(), value]);
        }
        out.hand(Arc::new(frame.into()));
        Ok(())
    })
}

/// A setting that is a truth.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_setting_get_bool(
    session: *const CrmSession,
    name: CrmStr,
    out: *mut bool,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let (out, name) = (Out::at(out, "out")?, text(name, "name")?);
        match take(session)?.settings().get(name)? {
            Value::Bool(truth) => out.give(truth),
            other => {
                let message = format!("{name} is {}, not a truth value", other.type_name());
                return Err(Error::invalid(name, message));
            }
        }
        Ok(())
    })
}

/// Changes a setting that is a truth.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_setting_set_bool(
    session: *const CrmSession,
    name: CrmStr,
    value: bool,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, |session| session.settings().set(text(name, "name")?, value))
}

/// Changes a setting that is a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_setting_set_text(
    session: *const CrmSession,
    name: CrmStr,
    value: CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, |session| {
        session.settings().set(text(name, "name")?, text(value, "value")?)
    })
}
