//! The Python classes of the records, their accepted fields and their desks' signatures, written from the field tables.
//!
//! `CRM_UPDATE=1 cargo test -p crm-core --test python` rewrites `crm-py/python/crm/_records.py`, `_fields.py` and `_desks.py`;
//! without it the test compares. They stand in the core's tests since they need the tables only, and no interpreter.

use std::fmt::Write as _;
use std::path::PathBuf;

use crm_core::base::{Field, FieldKind, RecordKind, Table};
use crm_core::record::table;

#[test]
fn the_python_classes_are_those_of_the_tables() {
    golden("_records.py", &records());
    golden("_fields.py", &fields());
    golden("_desks.py", &desks());
}

fn golden(name: &str, wanted: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crm-py/python/crm").join(name);
    if std::env::var_os("CRM_UPDATE").is_some() {
        std::fs::write(&path, wanted).expect("the package's folder can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let differ = "differs from the field tables; CRM_UPDATE=1 cargo test -p crm-core --test python rewrites it";
    assert!(found == wanted, "{} {differ}", path.display());
}

/// `lost_reason` as `LostReason`.
fn class(kind: RecordKind) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    kind.name().split('_').map(capital).collect()
}

/// A doc comment as lines of prose, indented and safe inside a docstring.
fn prose(doc: &str, indent: &str) -> String {
    let lines = doc.trim().split('\n').map(|line| line.trim().replace('\\', "\\\\"));
    lines.map(|line| line.replace("\"\"\"", "'''")).collect::<Vec<_>>().join(&format!("\n{indent}"))
}

/// Words in lines of at most 130 letters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line from the start");
        if line.len() + word.len() > 129 {
            lines.push(word.to_owned());
        } else {
            *line = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        }
    }
    lines.join("\n")
}

/// The doc comment as a docstring with its quotes.
fn docstring(doc: &str, indent: &str) -> String {
    let text = prose(doc, indent);
    if text.contains('\n') {
        let blank = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        format!("\"\"\"{blank}\n{indent}\"\"\"")
    } else {
        format!("\"\"\"{text}\"\"\"")
    }
}

fn kinds() -> impl Iterator<Item = (RecordKind, &'static Table)> {
    RecordKind::ALL.iter().map(|kind| (*kind, table(*kind)))
}

/// Those of which someone sets fields.
fn settable() -> impl Iterator<Item = (RecordKind, &'static Table)> {
    kinds().filter(|(_, table)| table.shown().any(|field| !field.system))
}

/// Those whose desks create, update and delete as every desk does; activities and messages have verbs of their own instead.
fn plain() -> impl Iterator<Item = RecordKind> {
    let own = [RecordKind::Activity, RecordKind::Message];
    RecordKind::ALL.iter().copied().filter(move |kind| !own.contains(kind))
}

fn literal(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("{word:?}")).collect();
    format!("Literal[{}]", quoted.join(", "))
}

/// What reading an attribute gives.
fn output(field: &Field) -> String {
    let plain = match field.kind {
        FieldKind::Bool => "bool".into(),
        FieldKind::Int | FieldKind::Ref(_) => "int".into(),
        FieldKind::Money | FieldKind::Percent => "Decimal".into(),
        FieldKind::Text => "str".into(),
        FieldKind::Choice(words) => literal(words),
        FieldKind::Date => "date".into(),
        FieldKind::Time => "datetime".into(),
        FieldKind::Ids(_) => return "list[int]".into(),
        FieldKind::Properties => return "dict[str, PropertyValue]".into(),
    };
    if field.nullable { plain + " | None" } else { plain }
}

/// What `create` and `update` take.
fn input(field: &Field) -> String {
    let (plain, empty) = match field.kind {
        FieldKind::Bool => ("bool".into(), false),
        FieldKind::Int => ("int".into(), false),
        FieldKind::Money | FieldKind::Percent => ("Number".into(), true),
        FieldKind::Text => ("str".into(), false),
        FieldKind::Choice(words) => (literal(words), false),
        FieldKind::Date => ("date".into(), false),
        FieldKind::Time => ("datetime".into(), false),
        FieldKind::Ref(kind) => (format!("int | {}", class(kind)), false),
        FieldKind::Ids(kind) => (format!("Iterable[int | {}]", class(kind)), true),
        FieldKind::Properties => ("Mapping[str, PropertyValue | None]".into(), true),
    };
    if field.nullable || empty { plain + " | None" } else { plain }
}

const HEAD: &str = "# Written by crm-core/tests/python.rs from the field tables; do not edit: CRM_UPDATE=1 cargo test rewrites it.\n";

fn records() -> String {
    let mut out = format!(
        "{HEAD}\"\"\"One class per kind of record. Records are values: read their attributes, change them through their desk.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from datetime import date, datetime\n\
         from decimal import Decimal\n\
         from typing import ClassVar, Literal, TypeAlias, final\n\n\
         from crm._crm import Field, Record\n\n\
         PropertyValue: TypeAlias = str | bool | float | date\n"
    );
    for (kind, table) in kinds() {
        let names = |kept: bool| {
            let fields = table.shown().filter(|field| field.system == kept);
            fields.map(|field| field.name).collect::<Vec<_>>().join(", ")
        };
        let verbs = match kind {
            RecordKind::Activity => "`update` takes",
            _ => "`create` and `update` take",
        };
        let settable = match names(false) {
            none if none.is_empty() => "It stays as it was posted.".to_owned(),
            names => wrapped(&format!("{verbs}: {names}.")),
        };
        let kept = wrapped(&format!("Kept by the library: {}.", names(true)));
        let doc = docstring(&format!("{}\n\n{settable}\n\n{kept}", table.doc.trim()), "    ");
        write!(
            out,
            "\n\n@final\nclass {}(Record):\n    {doc}\n\n    __slots__ = ()\n    _kind: ClassVar[str] = {:?}\n",
            class(kind),
            kind.name()
        )
        .expect("a String takes everything");
        for field in table.shown() {
            let doc = docstring(field.doc, "    ");
            write!(out, "\n    {}: Field[{}] = Field()\n    {doc}\n", field.name, output(field))
                .expect("a String takes everything");
            if kind == RecordKind::Lead && field.name == "kind" {
                out += "\n    type = kind\n    \"\"\"Another name of `kind`.\"\"\"\n";
            }
        }
    }
    out += "\n\nCLASSES: dict[str, type[Record]] = {\n";
    for (kind, _) in kinds() {
        writeln!(out, "    {:?}: {},", kind.name(), class(kind))
            .expect("a String takes everything");
    }
    out + "}\n"
}

fn fields() -> String {
    let names: Vec<_> = kinds().map(|(kind, _)| class(kind)).collect();
    let mut out = format!(
        "{HEAD}\"\"\"What `create` and `update` take, for type checkers: one `TypedDict` per kind of record.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from collections.abc import Iterable, Mapping\n\
         from datetime import date, datetime\n\
         from decimal import Decimal\n\
         from typing import Literal, TypeAlias, TypedDict\n\n\
         from crm._records import (\n    {},\n    PropertyValue,\n)\n\n\
         Number: TypeAlias = Decimal | int | float | str\n",
        names.join(",\n    ")
    );
    for (kind, table) in settable() {
        let class = class(kind);
        write!(
            out,
            "\n\nclass {class}Fields(TypedDict, total=False):\n    \"\"\"Fields of a {} that can be set.\"\"\"\n\n    \
             external_id: tuple[str, str]\n",
            kind.name().replace('_', " ")
        )
        .expect("a String takes everything");
        for field in table.shown().filter(|field| !field.system) {
            writeln!(out, "    {}: {}", field.name, input(field))
                .expect("a String takes everything");
            if kind == RecordKind::Lead && field.name == "kind" {
                writeln!(out, "    type: {}", input(field)).expect("a String takes everything");
            }
        }
    }
    out
}

fn desks() -> String {
    let names: Vec<_> = plain().map(class).collect();
    let typed: Vec<_> = names.iter().map(|name| format!("{name}Fields")).collect();
    let mut out = format!(
        "{HEAD}\"\"\"The signatures of `create` and `update` per desk, for type checkers; `crm.desk` holds the doing.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from collections.abc import Iterable, Mapping\n\
         from typing import TYPE_CHECKING, Any, overload\n\n\
         from crm._records import (\n    {},\n)\n\
         from crm.desk import Desk\n\n\
         if TYPE_CHECKING:\n    from typing import Unpack\n\n    from crm._fields import (\n        {},\n    )\n",
        names.join(",\n    "),
        typed.join(",\n        ")
    );
    for kind in plain() {
        let record = class(kind);
        write!(
            out,
            r#"

class {record}Desk(Desk[{record}]):
    """Signatures of the desk of {record}."""

    __slots__ = ()
    _kind = {:?}

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[{record}Fields]) -> {record}: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[{record}]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | {record}, *, expected_version: int | None = ..., **fields: Unpack[{record}Fields]
        ) -> {record}: ...
        @overload
        def update(
            self, id: Iterable[int | {record}], *, expected_version: int | None = ..., **fields: Unpack[{record}Fields]
        ) -> list[{record}]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...
"#,
            kind.name()
        )
        .expect("a String takes everything");
    }
    out
}
