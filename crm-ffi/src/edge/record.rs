//! The object behind a `crm_record`: one row, and the texts that were asked for, each kept until the record goes.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crm_core::base::frame::json;
use crm_core::{Error, Field, FieldKind, RecordKind, Result, Row, Table, Value};

use crate::edge::abi::{CRM_TYPE_DECIMAL, CRM_TYPE_TEXT, CrmMoney, CrmRecord, CrmStr};
use crate::edge::handle::Handle;
use crate::edge::text::Owned;
use crate::edge::value;

impl Handle for CrmRecord {
    type Object = RecordObject;
    const KIND: usize = 4;
    const NAME: &'static str = "crm_record";
}

/// One record.
#[derive(Debug)]
pub(crate) struct RecordObject {
    row: Row,
    /// By field number; made when the first text is asked for, since long lists are mostly read in part.
    texts: OnceLock<Box<[OnceLock<Owned>]>>,
    /// Names of the properties in order, and their values as text.
    properties: OnceLock<BTreeMap<String, (Owned, Owned)>>,
    json: OnceLock<Owned>,
}

impl From<Row> for RecordObject {
    fn from(row: Row) -> Self {
        Self { row, texts: OnceLock::new(), properties: OnceLock::new(), json: OnceLock::new() }
    }
}

/// The number of a shown field by its name; `type` is another name of a lead's `kind`.
pub(crate) fn number(table: &Table, name: &str) -> Result<u32> {
    let known = if name == "type" && table.kind == RecordKind::Lead { "kind" } else { name };
    let at = table.position(known).ok_or_else(|| table.unknown(name))?;
    u32::try_from(at).map_err(|_| Error::bug("a record with four billion fields"))
}

impl RecordObject {
    pub(crate) fn row(&self) -> &Row {
        &self.row
    }

    /// A shown field by its number.
    pub(crate) fn value(&self, number: u32) -> Result<(&'static Field, &Value)> {
        let at = number as usize;
        let table = self.row.table();
        let field = table.fields.get(at).filter(|field| !field.hidden);
        field.zip(self.row.values().get(at)).ok_or_else(|| {
            let message = format!("{} has no field number {number}", table.kind.name());
            Error::invalid("field", message)
        })
    }

    /// As [`Self::value`], if the field is of a type that the getter takes.
    pub(crate) fn typed(&self, number: u32, wanted: i32) -> Result<(&'static str, &Value)> {
        let (field, value) = self.value(number)?;
        value::fits(value::field_type(field.kind), wanted, field.name)?;
        Ok((field.name, value))
    }

    /// The number of a field by its name.
    pub(crate) fn number(&self, name: &str) -> Result<u32> {
        number(self.row.table(), name)
    }

    /// Keeps a field's text until the record goes.
    fn keep(&self, number: u32, text: impl FnOnce() -> Owned) -> CrmStr {
        let places = || self.row.values().iter().map(|_| OnceLock::new()).collect();
        self.texts.get_or_init(places)[number as usize].get_or_init(text).lend()
    }

    /// Text, or the word of a choice.
    pub(crate) fn text(&self, number: u32) -> Result<CrmStr> {
        let (name, value) = self.typed(number, CRM_TYPE_TEXT)?;
        let words = value::words(value, name)?;
        Ok(self.keep(number, || Owned::new(words)))
    }

    /// Money in major units, percent, whole numbers.
    pub(crate) fn decimal_text(&self, number: u32) -> Result<CrmStr> {
        let (name, value) = self.typed(number, CRM_TYPE_DECIMAL)?;
        let exact = value::exact(value, name)?;
        Ok(self.keep(number, || Owned::new(&exact.to_string())))
    }

    /// Money with its currency.
    pub(crate) fn money(&self, number: u32) -> Result<CrmMoney> {
        let (field, value) = self.value(number)?;
        if field.kind != FieldKind::Money {
            return Err(Error::invalid(field.name, format!("{} is no money", field.name)));
        }
        let amount = value::exact(value, field.name)?;
        let minor = i64::try_from(amount.mantissa());
        let decimals = i32::try_from(amount.scale());
        let too_big = || Error::bug(format!("{} has an impossible amount", field.name));
        let mut currency = [0; 4];
        for (place, letter) in currency
            .iter_mut()
            .zip(self.row.get("currency")?.as_text().unwrap_or_default().bytes().take(3))
        {
            *place = std::ffi::c_char::try_from(letter).unwrap_or_default();
        }
        Ok(CrmMoney {
            minor: minor.map_err(|_| too_big())?,
            decimals: decimals.map_err(|_| too_big())?,
            currency,
        })
    }

    /// Percent in parts per million.
    pub(crate) fn ppm(&self, number: u32) -> Result<i64> {
        let (field, value) = self.value(number)?;
        if field.kind != FieldKind::Percent {
            return Err(Error::invalid(field.name, format!("{} is no percentage", field.name)));
        }
        let mut percent = value::exact(value, field.name)?;
        percent.rescale(4);
        i64::try_from(percent.mantissa())
            .map_err(|_| Error::bug(format!("{} has an impossible percentage", field.name)))
    }

    fn map(&self) -> Result<&BTreeMap<String, Value>> {
        match self.row.get("properties")? {
            Value::Map(map) => Ok(map),
            _ => Err(Error::bug("properties without names")),
        }
    }

    /// The property of that name; emptiness when the record has none.
    pub(crate) fn property(&self, name: &str) -> Result<&Value> {
        Ok(self.map()?.get(name).unwrap_or(&Value::Null))
    }

    fn properties(&self) -> Result<&BTreeMap<String, (Owned, Owned)>> {
        let map = self.map()?;
        Ok(self.properties.get_or_init(|| {
            let kept = map.iter().map(|(name, value)| {
                (name.clone(), (Owned::new(name), Owned::new(value.as_text().unwrap_or_default())))
            });
            kept.collect()
        }))
    }

    /// How many properties have a value.
    pub(crate) fn property_count(&self) -> Result<usize> {
        Ok(self.map()?.len())
    }

    /// The name of the property at that place, in alphabetical order.
    pub(crate) fn property_name(&self, at: usize) -> Result<CrmStr> {
        let properties = self.properties()?;
        let (name, _) = properties
            .values()
            .nth(at)
            .ok_or_else(|| value::outside("property", at, properties.len()))?;
        Ok(name.lend())
    }

    /// The text of the property of that name.
    pub(crate) fn property_text(&self, name: &str) -> Result<CrmStr> {
        value::words(self.property(name)?, name)?;
        Ok(self.properties()?.get(name).map_or(CrmStr::default(), |(_, text)| text.lend()))
    }

    /// The whole record as a JSON object.
    pub(crate) fn json(&self) -> CrmStr {
        let write = || {
            let fields = self.row.table().fields.iter().zip(self.row.values());
            let shown = fields.filter(|(field, _)| !field.hidden);
            let object: serde_json::Map<_, _> =
                shown.map(|(field, value)| (field.name.to_owned(), json(value))).collect();
            Owned::new(&serde_json::Value::Object(object).to_string())
        };
        self.json.get_or_init(write).lend()
    }
}

/// The row as a shared object.
pub(crate) fn shared(row: Row) -> Arc<RecordObject> {
    Arc::new(row.into())
}

#[cfg(test)]
mod tests {
    use crm_core::{Amount, Record as _, record::Lead};

    use super::*;
    use crate::edge::text::text;

    fn lead() -> RecordObject {
        let mut lead = Lead {
            name: "Fleet lease".into(),
            expected_revenue: Amount(1_250_000),
            ..Lead::default()
        };
        lead.properties.0.insert("Seats".into(), Value::Float(40.0));
        lead.properties.0.insert("Fuel".into(), Value::from("electric"));
        lead.row().into()
    }

    fn at(name: &str) -> u32 {
        lead().number(name).unwrap()
    }

    #[test]
    fn texts_are_kept_and_ended() {
        let lead = lead();
        let name = lead.text(at("name")).unwrap();
        assert_eq!(text(name, "").unwrap(), "Fleet lease");
        assert_eq!(lead.text(at("name")).unwrap().data, name.data, "asked twice, kept once");
        assert_eq!(text(lead.text(at("won_status")).unwrap(), "").unwrap(), "pending");
        assert_eq!(text(lead.text(at("email_from")).unwrap(), "").unwrap(), "");
    }

    #[test]
    fn money_has_its_currency_and_its_decimals() {
        let money = lead().money(at("expected_revenue")).unwrap();
        assert_eq!((money.minor, money.decimals), (1_250_000, 2));
        assert_eq!(money.currency.map(|letter| u8::try_from(letter).unwrap()), *b"EUR\0");
        let lead = lead();
        let decimal = lead.decimal_text(at("expected_revenue")).unwrap();
        assert_eq!(text(decimal, "").unwrap(), "12500.00");
        assert!(lead.text(at("date_deadline")).is_err(), "of the wrong type, though empty");
        assert!(lead.money(at("probability")).is_err() && lead.ppm(at("color")).is_err());
        assert_eq!(lead.ppm(at("probability")).unwrap(), 0);
    }

    #[test]
    fn properties_are_read_by_name() {
        let lead = lead();
        assert_eq!(lead.property_count().unwrap(), 2);
        assert_eq!(text(lead.property_name(0).unwrap(), "").unwrap(), "Fuel");
        assert_eq!(text(lead.property_text("Fuel").unwrap(), "").unwrap(), "electric");
        assert_eq!(lead.property("Seats").unwrap(), &Value::Float(40.0));
        assert!(lead.property_text("Seats").is_err() && lead.property_name(2).is_err());
        assert!(lead.property("Doors").unwrap().is_null());
    }

    #[test]
    fn hidden_fields_keep_their_numbers_and_their_secrets() {
        let lead = lead();
        let fields = lead.row().table().fields;
        let hidden = fields.iter().position(|field| field.hidden).unwrap();
        let hidden = u32::try_from(hidden).unwrap();
        assert!(lead.value(hidden).is_err() && lead.value(u32::MAX).is_err());
        let json = lead.json();
        let json: serde_json::Value = serde_json::from_str(text(json, "").unwrap()).unwrap();
        assert_eq!(json["expected_revenue"], "12500.00");
        assert!(json.get("plan_months").is_none());
    }
}
