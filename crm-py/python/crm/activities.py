"""What is to be done about leads and partners, and what is said about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from crm import _crm
from crm._records import Activity, ActivityType, Lead, Message, Partner, User
from crm.desk import Reader, unicode
from crm.frame import Frame

if TYPE_CHECKING:
    from typing import Unpack

    from crm._fields import ActivityFields

__all__ = ["Activities", "Chatter"]

About: TypeAlias = int | Lead | Partner
One: TypeAlias = int | Activity
Many: TypeAlias = Iterable[int | Activity]
Ids: TypeAlias = list[int]


class Activities(Reader[Activity]):
    """What is to be done about leads and partners by a day, or was done. Whoever sees a record sees its activities.

    `find` leaves out what is done unless the filter mentions `state` or `date_done`; the next due comes first. `state` is `overdue`,
    `today`, `planned` or `done`, as of the session's moment, by the day in the zone of the assignee's company (company 1's without one).

    >>> import crm
    >>> from datetime import date, datetime, timezone
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
    >>> with crm.open(":memory:") as db, db.session(now=monday) as s:
    ...     deal = s.leads.create(name="Fleet lease")
    ...     call = s.activities.schedule("lead", deal, 3, summary="Ask for the fleet's size")
    ...     late = s.activities.schedule("lead", deal, 1, date(2026, 2, 27))
    ...     states = [(todo.date_deadline.isoformat(), todo.state) for todo in s.activities.find(f"lead_id = {deal.id}")]
    ...     done = s.activities.done(call, "forty vans")
    ...     s.activities.count(), s.activities.count('state = "done"'), s.chatter.list("lead", deal)["body"][-1]
    (1, 1, 'forty vans')
    >>> states, done.state
    ([('2026-02-27', 'overdue'), ('2026-03-04', 'planned')], 'done')
    """

    __slots__ = ()
    _kind = "activity"

    @overload
    def schedule(
        self,
        record: Literal["lead", "partner"],
        id: About,
        activity_type_id: int | ActivityType,
        date_deadline: date | None = None,
        user_id: int | User | None = None,
        summary: str | None = None,
        note: str | None = None,
    ) -> Activity: ...
    @overload
    def schedule(
        self,
        record: Literal["lead", "partner"],
        id: Iterable[About],
        activity_type_id: int | ActivityType,
        date_deadline: date | None = None,
        user_id: int | User | None = None,
        summary: str | None = None,
        note: str | None = None,
    ) -> list[Activity]: ...
    def schedule(
        self,
        record: str,
        id: Any,
        activity_type_id: int | ActivityType,
        date_deadline: date | None = None,
        user_id: int | User | None = None,
        summary: str | None = None,
        note: str | None = None,
    ) -> Any:
        """Schedules an activity about a lead or a partner, or the same about each of several, all or nothing.

        What is omitted is as the type says: the deadline today or later, its user (else the session's), its summary and its note.
        """
        summary, note = unicode("summary", summary), unicode("note", note)
        return _crm.schedule_activity(self._native, record, id, activity_type_id, date_deadline, user_id, summary, note)

    @overload
    def done(self, id: One, feedback: str | None = None) -> Activity: ...
    @overload
    def done(self, id: Many, feedback: str | None = None) -> list[Activity]: ...
    def done(self, id: Any, feedback: str | None = None) -> Any:
        """Says that it was done, and what came of it: a message tells it. Doing twice changes nothing.

        If its type triggers a next one, that is scheduled: `next_activity_id`; what it suggests is in `suggested_next_type_ids`.
        """
        return _crm.activity_done(self._native, id, unicode("feedback", feedback))

    @overload
    def reschedule(self, id: One, date_deadline: date) -> Activity: ...
    @overload
    def reschedule(self, id: Many, date_deadline: date) -> list[Activity]: ...
    def reschedule(self, id: Any, date_deadline: date) -> Any:
        """Gives it another day."""
        return _crm.reschedule_activity(self._native, id, date_deadline)

    def cancel(self, id: One | Many) -> None:
        """Takes it back: it was never to be done. What is done stays."""
        _crm.cancel_activity(self._native, id)

    @overload
    def update(self, id: One, *, expected_version: int | None = None, **fields: Unpack[ActivityFields]) -> Activity: ...
    @overload
    def update(self, id: Many, *, expected_version: int | None = None, **fields: Unpack[ActivityFields]) -> list[Activity]: ...
    def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any:
        """Changes `activity_type_id`, `summary`, `note`, `date_deadline` or `user_id` of what is still to be done."""
        return self._native.update(self._kind, id, fields, expected_version)

    def status(self, lead_ids: Iterable[int | Lead]) -> Frame:
        """How leads stand, one row each: `lead_id`; `activity_state`, the worst of what is to be done; `date_deadline`, the next;
        `my_date_deadline`, the next of the session's user; `activity_count`.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     deal = s.leads.create(name="Fleet lease")
        ...     call = s.activities.schedule("lead", deal, 2)
        ...     s.activities.status([deal]).to_pylist()[0]["activity_state"]
        'today'
        """
        return _crm.activity_status(self._native, lead_ids)


class Chatter(Reader[Message]):
    """What is said about leads and partners. Messages stay as they were posted. Whoever sees a record sees what was said about it.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     deal = s.leads.create(name="Fleet lease")
    ...     said = s.chatter.post("lead", deal, "They want the blue ones.", internal=True)
    ...     moved = s.leads.move_to(deal, 2)
    ...     told = [(row["message_type"], row["body"] or row["field"]) for row in s.chatter.list("lead", deal)]
    ...     s.chatter.get(said).internal, s.chatter.count('body ilike "%blue%"')
    (True, 1)
    >>> told
    [('change', None), ('comment', 'They want the blue ones.'), ('change', 'stage_id')]
    """

    __slots__ = ()
    _kind = "message"

    @overload
    def post(self, record: Literal["lead", "partner"], id: About, body: str, internal: bool = False) -> int: ...
    @overload
    def post(self, record: Literal["lead", "partner"], id: Iterable[About], body: str, internal: bool = False) -> Ids: ...
    def post(self, record: str, id: Any, body: str, internal: bool = False) -> Any:
        """Posts a message about a lead or a partner, or the same about each of several; answers its id. An internal one is for colleagues."""
        return _crm.post_message(self._native, record, id, unicode("body", body), internal)

    def list(self, record: Literal["lead", "partner"], id: About) -> Frame:
        """Everything about a lead or a partner in the order of time: messages, and for a lead one row per field that changed.

        `date`, `message_type` (`comment`, `notification`, `activity`, `lost`, or `change`) and `author_id` are there for all. A message
        has `message_id`, `internal` and `body`; one of an activity that was done also `activity_id`, `activity_type_id`, `summary`. A
        change has `subtype` (`created`, `won`, `lost`, `restored`, `stage`, `note`), `field`, `old_value` and `new_value`, as text.

        Changes are read from the history: of `user_id`, `team_id`, `stage_id`, `expected_revenue`, `recurring_revenue`, `partner_id`,
        `kind`, `won_status`, `lost_reason_id`, `active`. Names and addresses have none; the feed tells their changes.
        """
        return _crm.timeline(self._native, record, id)
