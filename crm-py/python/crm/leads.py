"""The desk of leads and opportunities: the verbs of the pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias, overload

from crm import _crm
from crm._desks import LeadDesk
from crm._records import Lead, LostReason, Partner, Stage, Team, User
from crm.frame import Frame
from crm.merged import Merged

__all__ = ["Leads"]

One: TypeAlias = int | Lead
Many: TypeAlias = Iterable[int | Lead]


class Leads(LeadDesk):
    """Leads and opportunities.

    Every verb takes one id or record and answers the record as stored, or takes several and answers a list: all or nothing.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     deal = s.leads.create(name="Fleet lease", expected_revenue=12_000)
    ...     won = s.leads.mark_won(deal)
    >>> won.won_status, won.probability, won.expected_revenue
    ('won', Decimal('100.0000'), Decimal('12000.00'))
    """

    __slots__ = ()

    @overload
    def mark_won(self, id: One) -> Lead: ...
    @overload
    def mark_won(self, id: Many) -> list[Lead]: ...
    def mark_won(self, id: Any) -> Any:
        """Wins: into the team's won stage, probability 100, closed now. A lost one is reopened first."""
        return _crm.mark_won(self._native, id)

    @overload
    def mark_lost(self, id: One, lost_reason_id: int | LostReason | None = None, note: str | None = None) -> Lead: ...
    @overload
    def mark_lost(self, id: Many, lost_reason_id: int | LostReason | None = None, note: str | None = None) -> list[Lead]: ...
    def mark_lost(self, id: Any, lost_reason_id: int | LostReason | None = None, note: str | None = None) -> Any:
        """Loses: archived, probability 0, closed now, with a reason and a note if given.

        The note is a message of the lead, see `Session.chatter`. It is also read in the feed: `note` in the `data` of the entry
        `lead.lost`, or of `lead.changed` if the lead was lost before.
        """
        return _crm.mark_lost(self._native, id, lost_reason_id, note)

    @overload
    def reopen(self, id: One) -> Lead: ...
    @overload
    def reopen(self, id: Many) -> list[Lead]: ...
    def reopen(self, id: Any) -> Any:
        """Undoes winning or losing: pending again; a lost lead is active again, an archived won one stays archived."""
        return _crm.reopen(self._native, id)

    @overload
    def archive(self, id: One) -> Lead: ...
    @overload
    def archive(self, id: Many) -> list[Lead]: ...
    def archive(self, id: Any) -> Any:
        """Hides it from lists; nothing else changes."""
        return _crm.archive(self._native, id)

    @overload
    def restore(self, id: One) -> Lead: ...
    @overload
    def restore(self, id: Many) -> list[Lead]: ...
    def restore(self, id: Any) -> Any:
        """Shows an archived one again; a lost one is reopened instead."""
        return _crm.restore(self._native, id)

    @overload
    def move_to(self, id: One, stage_id: int | Stage) -> Lead: ...
    @overload
    def move_to(self, id: Many, stage_id: int | Stage) -> list[Lead]: ...
    def move_to(self, id: Any, stage_id: int | Stage) -> Any:
        """Moves it to a stage; entering a won stage wins, leaving it reopens."""
        return _crm.move_to(self._native, id, stage_id)

    def claim(self, id: int | Lead) -> Lead:
        """Takes a lead that nobody has, for the session's user; `ConflictError` when somebody else has it. Of two at once one gets it.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     ada, lead = s.users.create(name="Ada"), s.leads.create(name="Fleet lease")
        ...     with db.session(user=ada) as hers:
        ...         hers.leads.claim(lead).user_id == ada.id
        True
        """
        claimed: Lead = _crm.claim(self._native, id)
        return claimed

    @overload
    def convert(
        self,
        id: One,
        partner_id: int | Partner | None = None,
        user_id: int | User | None = None,
        team_id: int | Team | None = None,
        *,
        create_partner: bool = False,
        user_ids: Iterable[int | User] | None = None,
        deduplicate: bool = False,
        force: bool = True,
        key: str | None = None,
    ) -> Lead: ...
    @overload
    def convert(
        self,
        id: Many,
        partner_id: int | Partner | None = None,
        user_id: int | User | None = None,
        team_id: int | Team | None = None,
        *,
        create_partner: bool = False,
        user_ids: Iterable[int | User] | None = None,
        deduplicate: bool = False,
        force: bool = True,
        key: str | None = None,
    ) -> list[Lead]: ...
    def convert(
        self,
        id: Any,
        partner_id: int | Partner | None = None,
        user_id: int | User | None = None,
        team_id: int | Team | None = None,
        *,
        create_partner: bool = False,
        user_ids: Iterable[int | User] | None = None,
        deduplicate: bool = False,
        force: bool = True,
        key: str | None = None,
    ) -> Any:
        """Makes opportunities of leads, all or none. Of several, archived, won and lost ones are left as they are; :meth:`plan_convert` says
        which. One that is named alone must be open: else it is an `InvalidError`.

        `partner_id` is the customer of all of them; with `create_partner` a lead without customer gets the one that it names, found by
        e-mail address, company or person, else created. `user_ids` take turns; without `force`, leads that have a salesperson keep them.
        With `deduplicate` leads are merged first with the open ones of the same address or customer, and answered once; :meth:`merges` tells
        how that is taken back. Done again under the
        same `key` it changes nothing, and answers the same leads.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     card = dict(name="Fleet lease", kind="lead", contact_name="Ada", email_from="ada@harbour.example")
        ...     leads = s.leads.create([card, card])
        ...     deals = s.leads.convert(leads, create_partner=True, deduplicate=True, key="mail 4711")
        ...     again = s.leads.convert(leads, create_partner=True, deduplicate=True, key="mail 4711")
        ...     customer = s.partners.get(deals[0].partner_id)
        >>> len(deals), deals[0].kind, customer.name, again == deals
        (1, 'opportunity', 'Ada', True)
        """
        return _crm.convert(self._native, id, partner_id, user_id, team_id, create_partner, user_ids, deduplicate, force, key)

    def plan_convert(
        self,
        ids: One | Many,
        partner_id: int | Partner | None = None,
        user_id: int | User | None = None,
        team_id: int | Team | None = None,
        *,
        create_partner: bool = False,
        user_ids: Iterable[int | User] | None = None,
        deduplicate: bool = False,
        force: bool = True,
    ) -> Frame:
        """What :meth:`convert` will do, a row per lead, then per duplicate that is merged; writes nothing.

        `what` is `convert`, `keep` (an opportunity already), `merge` (`into_id` takes its place), or `archived`, `won` or `lost` (left as it is);
        `customer` is `own`, `given`, `found` (`partner_id`), `created` (of `partner_name`) or `none`; `replaced` names what the lead
        says and its new customer's card says otherwise, which takes its place; `user_id` and `team_id` are those that it is given.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     ada = s.partners.create(name="Ada", email="ada@harbour.example")
        ...     deal = s.leads.create(name="Fleet lease", contact_name="Ada", email_from="ada@inland.example")
        ...     plan = s.leads.plan_convert([deal], partner_id=ada)
        >>> plan["customer"], plan["replaced"]
        (['given'], ['email_from'])
        """
        return _crm.plan_convert(self._native, ids, partner_id, user_id, team_id, create_partner, user_ids, deduplicate, force)

    @overload
    def assign_to(self, id: One, user_id: int | User | None, team_id: int | Team | None = None) -> Lead: ...
    @overload
    def assign_to(self, id: Many, user_id: int | User | None, team_id: int | Team | None = None) -> list[Lead]: ...
    def assign_to(self, id: Any, user_id: int | User | None, team_id: int | Team | None = None) -> Any:
        """Gives it to a salesperson, and to a team if given."""
        return _crm.assign_to(self._native, id, user_id, team_id)

    @overload
    def copy(self, id: One) -> Lead: ...
    @overload
    def copy(self, id: Many) -> list[Lead]: ...
    def copy(self, id: Any) -> Any:
        """A new pending one with the same customer, amounts and labels."""
        return _crm.copy(self._native, id)

    def partner_updates(self, ids: One | Many) -> Frame:
        """What leads would tell their customers if what they say of their contact were written again.

        A row for each that has a customer: `lead_id`, `partner_id`, `partner_email_update`, `partner_phone_update`. What is the same but
        for its writing, what is among the customer's contacts, and what cannot be read in the place of what can, is nothing new.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     ada = s.partners.create(name="Ada", email="ada@harbour.example")
        ...     lease = s.leads.create(name="Fleet lease", partner_id=ada)
        ...     next(iter(s.leads.partner_updates(lease)))["partner_email_update"]
        False
        """
        return _crm.partner_updates(self._native, ids)

    def history(self, id: One) -> Frame:
        """How it was: one row per state of the pipeline's fields, in the order in which they became known.

        `valid_from` and `valid_to` say when it held (a state that was replaced by a correction has no length), `known_at` when the file
        learned it. `manual_probability` is a person's; what the machine says is not part of it.
        """
        return _crm.history(self._native, id)

    def plan_merge(
        self, ids: Many, user_id: int | User | None = None, team_id: int | Team | None = None
    ) -> Frame:
        """What :meth:`merge` will do with these leads, in rows; writes nothing.

        `what` is `head` (the lead that is kept), `merged` (one that goes), `field` (what the kept lead will be, and in `record_id` of whom
        that is), `dropped` (what is not kept of whom), `moved` (`count` rows that hang on a lead and move) or `united` (rows of partners that
        become one with another). `name` is the field, or the table of the rows; `value` is text, lists and custom fields as JSON.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     one = s.leads.create(name="Fleet lease")
        ...     two = s.leads.create(name="Lease of a fleet", phone="+33 1 70 18 99 00")
        ...     plan = s.leads.plan_merge([one, two])
        >>> [(row["what"], row["record_id"], row["value"]) for row in plan if row["name"] in ("name", "phone")]
        [('field', 1, 'Fleet lease'), ('dropped', 2, 'Lease of a fleet'), ('field', 2, '+33 1 70 18 99 00')]
        """
        return _crm.plan_merge(self._native, ids, user_id, team_id)

    def merge(
        self, ids: Many, user_id: int | User | None = None, team_id: int | Team | None = None
    ) -> Merged[Lead]:
        """Makes one lead of several, as :meth:`plan_merge` says; their ids and external ids go on naming the one that is kept.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     one = s.leads.create(name="Fleet lease")
        ...     two = s.leads.create(name="Lease of a fleet", phone="+33 1 70 18 99 00")
        ...     merged = s.leads.merge([one, two])
        ...     found, into = s.leads.get(two), s.leads.merged_into(two)
        ...     conflicts = s.leads.unmerge(merged.merge_id)
        ...     back = s.leads.get(two)
        >>> merged.head.phone, found.id == one.id, into == one.id
        ('+33 1 70 18 99 00', True, True)
        >>> len(conflicts), back == two
        (0, True)
        """
        return Merged(*_crm.merge(self._native, ids, user_id, team_id))

    def merge_clusters(
        self, clusters: Iterable[Many], user_id: int | User | None = None, team_id: int | Team | None = None
    ) -> list[Merged[Lead]]:
        """Makes one lead of each of several sets, all or none. No lead is in two of them, so their order does not matter."""
        return [Merged(*one) for one in _crm.merge_clusters(self._native, clusters, user_id, team_id)]

    def unmerge(self, merge_id: int) -> Frame:
        """Takes a merge back: every lead is again what it was, with its id, version, history and what hung on it.

        What has changed since stays. Where the merge had changed the same, it is a conflict: a row with `record` (its kind), `record_id`, `field`, and what it was
        `before`, what was `merged` and what it is `now`. Taking back twice changes nothing.
        """
        return _crm.unmerge(self._native, merge_id)

    def merges(self, id: One | None = None, limit: int | None = None) -> Frame:
        """The merges that there were, the newest first and at most `limit`: those that a lead was part of, or of all leads.

        A row for each lead that was merged away: `merge_id`, `date`, `user_id`, `head_id` (the lead that was kept), `merged_id`, and
        `undone`, when it was taken back. What :meth:`convert` merged is among them.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     one, two = s.leads.create([dict(name="Fleet lease", kind="lead", email_from="ada@harbour.example")] * 2)
        ...     deal = s.leads.convert(one, deduplicate=True)
        ...     merge = next(iter(s.leads.merges(deal)))
        ...     conflicts = s.leads.unmerge(merge["merge_id"])
        ...     told = [row["undone"] is not None for row in s.leads.merges(two)]
        >>> (merge["head_id"], merge["merged_id"]) == (one.id, two.id), told
        (True, [True])
        """
        return _crm.merges(self._native, id, limit)

    def merged_into(self, id: One) -> int | None:
        """The lead that has the place of one that was merged away, through all merges since; `None` for one that stands for itself."""
        return _crm.merged_into(self._native, id)
