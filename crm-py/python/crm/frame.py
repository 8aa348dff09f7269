"""Tables: what lists, forecasts, counts and histories come back as."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import pandas as _pandas  # type: ignore[import-not-found, import-untyped, unused-ignore]
    import polars as _polars  # type: ignore[import-not-found, import-untyped, unused-ignore]
    import pyarrow as _pyarrow  # type: ignore[import-not-found, import-untyped, unused-ignore]

    from crm import _crm

__all__ = ["Frame"]

_CHUNK = 1_000
_SHOWN_ROWS = 10
_SHOWN_COLUMNS = 12


class Frame:
    """A table of typed columns.

    pandas, polars, pyarrow, DuckDB and others read it through the Arrow C stream it offers, without copies of their own making:
    ``polars.DataFrame(frame)``, ``pyarrow.table(frame)``. It is a value: it outlives the session and the database.

    >>> import crm
    >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
    ...     s.tags.create([{"name": "Fleet"}, {"name": "Bakery"}])
    ...     frame = s.tags.frame(order="name", columns=["name", "color"])
    [Tag(id=1, name='Fleet'), Tag(id=2, name='Bakery')]
    >>> frame.columns, len(frame)
    (['name', 'color'], 2)
    >>> frame.to_pylist()
    [{'name': 'Bakery', 'color': 0}, {'name': 'Fleet', 'color': 0}]
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Columns, /) -> None:
        self._native = native

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order."""
        return self._native.names()

    def __len__(self) -> int:
        return len(self._native)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for start in range(0, len(self), _CHUNK):
            yield from self._native.rows(start, start + _CHUNK)

    @overload
    def __getitem__(self, key: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, key: slice) -> list[dict[str, Any]]: ...
    @overload
    def __getitem__(self, key: str) -> list[Any]: ...
    def __getitem__(self, key: int | slice | str) -> Any:
        """A row by number, rows by slice, or the values of a column by name."""
        if isinstance(key, str):
            names = self.columns
            if key not in names:
                raise KeyError(key)
            return self._native.column(names.index(key))
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if step == 1:
                return self._native.rows(start, max(start, stop))
            return [self[row] for row in range(start, stop, step)]
        row = key + len(self) if key < 0 else key
        if not 0 <= row < len(self):
            raise IndexError(key)
        return self._native.rows(row, row + 1)[0]

    def to_pylist(self) -> list[dict[str, Any]]:
        """The rows as a list of dicts: `Decimal`, aware `datetime`, `date`, `None`."""
        return self._native.rows(0, len(self))

    def to_pydict(self) -> dict[str, list[Any]]:
        """The columns as a dict of lists."""
        return {name: self._native.column(at) for at, name in enumerate(self.columns)}

    def to_arrow(self) -> _pyarrow.Table:
        """The table in pyarrow; imports it."""
        import pyarrow

        return pyarrow.table(self)

    def to_polars(self) -> _polars.DataFrame:
        """The table in polars; imports it, and needs no pyarrow."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> _pandas.DataFrame:
        """The table in pandas; imports it, and pyarrow if it is there. Money stays `Decimal`; ids may be missing and stay whole numbers."""
        import pandas

        try:
            import pyarrow
        except ImportError:
            return pandas.DataFrame(self.to_pydict(), columns=self.columns)
        types: dict[Any, Any] = {pyarrow.int64(): pandas.Int64Dtype(), pyarrow.bool_(): pandas.BooleanDtype()}
        return pyarrow.table(self).to_pandas(types_mapper=types.get)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A new Arrow C stream; any number of them may be read. The schema is always ours, as the protocol allows."""
        return self._native.stream()

    def __arrow_c_schema__(self) -> object:
        """The types of the columns as an Arrow C schema: ``pyarrow.schema(frame)``."""
        return self._native.schema()

    def __repr__(self) -> str:
        names = self.columns
        head = f"<crm.Frame: {len(self)} rows × {len(names)} columns>"
        if not len(self):
            return f"{head} {', '.join(names)}"
        shown = names[:_SHOWN_COLUMNS]
        rows = [[_cell(row[name]) for name in shown] for row in self[:_SHOWN_ROWS]]
        widths = [max(map(len, column)) for column in zip(shown, *rows, strict=True)]
        lines = [shown, *rows]
        text = ["  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
        if len(self) > _SHOWN_ROWS or len(names) > _SHOWN_COLUMNS:
            text.append("…")
        return "\n".join([head, *text])

    def _repr_html_(self) -> str:
        """The first rows as an HTML table, for notebooks; everything is escaped."""
        names = self.columns
        shown = names[:_SHOWN_COLUMNS]
        header = "".join(f"<th>{html.escape(name)}</th>" for name in shown)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_cell(row[name]))}</td>" for name in shown) + "</tr>"
            for row in self[:_SHOWN_ROWS]
        )
        size = f"{len(self)} rows × {len(names)} columns"
        return f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table><p>{size}</p>"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    text = text.replace("\n", " ")
    return text if len(text) <= 40 else text[:39] + "…"
