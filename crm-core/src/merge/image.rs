//! What a record was, as text: every stored field by its name, so that later versions of the library read it too.
//!
//! What may identify a person stands in a text of its own, which an erasure can take away.

use serde_json::{Map, Value as Json};

use crate::base::field::{Place, changed_fields};
use crate::base::{Cell, Error, Record, Result};

/// Stored values by field.
pub(crate) type Image = Map<String, Json>;

/// Fields of the library's own that every record has and that a change counts up.
const STAMPS: [&str; 3] = ["version", "write_date", "write_uid"];

/// What stands in an image: stored fields, links, and what the machine says with its ground.
fn is_kept(field: &crate::base::Field) -> bool {
    matches!(field.place, Place::Column | Place::Side(_) | Place::Joined(_) | Place::Link(..))
        || field.name == "automated_source"
}

fn put(image: &mut Image, name: &str, cell: Cell<'_>) {
    let value = match cell {
        Cell::Null => Json::Null,
        Cell::Int(number) => number.into(),
        Cell::Real(number) => number.into(),
        Cell::Text(text) => text.into_owned().into(),
    };
    image.insert(name.to_owned(), value);
}

/// What a record is, whole.
pub(crate) fn of<R: Record>(record: &R) -> Image {
    let mut image = Image::new();
    for (field, access) in R::TABLE.fields.iter().zip(R::ACCESS) {
        if is_kept(field) && field.name != "id" {
            put(&mut image, field.name, (access.cell)(record));
        }
    }
    image
}

/// What `record` is of what differs between two states, its stamps and what the machine says of it.
pub(crate) fn of_difference<R: Record>(record: &R, before: &R, after: &R) -> Image {
    let changed: Vec<usize> = changed_fields(before, after).collect();
    let mut image = Image::new();
    for (at, field) in R::TABLE.fields.iter().enumerate() {
        let machine = matches!(field.place, Place::Joined(_)) || field.name == "automated_source";
        if changed.contains(&at) || machine || STAMPS.contains(&field.name) {
            put(&mut image, field.name, (R::ACCESS[at].cell)(record));
        }
    }
    image
}

/// Lets a record be what an image says; what the image does not know stays as it is.
pub(crate) fn onto<R: Record>(image: &Image, record: &mut R) -> Result<()> {
    for (field, access) in R::TABLE.fields.iter().zip(R::ACCESS) {
        let cell = match image.get(field.name) {
            None => continue,
            Some(Json::Null) => Cell::Null,
            Some(Json::String(text)) => Cell::from(text.as_str()),
            Some(Json::Number(number)) => match (number.as_i64(), number.as_f64()) {
                (Some(number), _) => Cell::Int(number),
                (None, number) => number.map_or(Cell::Null, Cell::Real),
            },
            Some(_) => return Err(unreadable(field.name)),
        };
        if !(access.read)(record, cell) {
            return Err(unreadable(field.name));
        }
    }
    Ok(())
}

fn unreadable(name: &str) -> Error {
    let message = format!("the {name} that a merge kept makes no sense");
    Error::storage(crate::base::error::storage_code::CORRUPT, message).with_field(name)
}

/// An image in two: what is told to all, and what may identify a person.
pub(crate) fn parted<R: Record>(image: Image) -> (Image, Image) {
    let personal = |name: &String| {
        R::TABLE.fields.iter().any(|field| field.name == name.as_str() && field.personal)
    };
    image.into_iter().partition(|(name, _)| !personal(name))
}
