"""What `progress=` may be: None, True, a callable or a progress bar; the native half wants one callable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Protocol, TypeAlias, runtime_checkable


@runtime_checkable
class Bar(Protocol):
    """A progress bar such as tqdm's."""

    def update(self, n: int, /) -> object:
        """Moves it on by `n`."""


Progress: TypeAlias = Callable[[int, int], object] | Bar | bool | None
"""`None` or `False`: none. `True`: tqdm if it is installed. A callable gets `(done, total)`; returning `False` cancels."""


@contextmanager
def watching(progress: Progress) -> Iterator[Callable[[int, int], object] | None]:
    """The callable for the native half; a bar of our own is closed when the work has ended."""
    if progress is None or progress is False:
        yield None
    elif progress is True:
        bar = _tqdm()
        try:
            yield _moves(bar) if bar is not None else None
        finally:
            if bar is not None:
                bar.close()
    elif isinstance(progress, Bar):
        yield _moves(progress)
    elif callable(progress):
        yield progress
    else:
        raise TypeError("progress is None, True, a callable (done, total), or an object with update(n)")


def _tqdm() -> Any:
    """A bar of tqdm, if it is installed."""
    try:
        return import_module("tqdm.auto").tqdm()
    except ImportError:
        return None


def _moves(bar: Any) -> Callable[[int, int], object]:
    before = 0

    def move(done: int, total: int) -> None:
        nonlocal before
        if total and getattr(bar, "total", total) != total:
            bar.total = total
        bar.update(done - before)
        before = done

    return move
