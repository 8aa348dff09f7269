"""What becomes of a merge, of whatever kind of record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar, final

from crm._crm import Record

__all__ = ["Merged"]

R = TypeVar("R", bound=Record)


@final
@dataclass(frozen=True, slots=True)
class Merged(Generic[R]):
    """What became of a merge."""

    merge_id: int
    """By which it can be taken back."""
    head: R
    """The record that was kept."""
