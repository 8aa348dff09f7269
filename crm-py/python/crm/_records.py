# Written by crm-core/tests/python.rs from the field tables; do not edit: CRM_UPDATE=1 cargo test rewrites it.
"""One class per kind of record. Records are values: read their attributes, change them through their desk."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias, final

from crm._crm import Field, Record

PropertyValue: TypeAlias = str | bool | float | date


@final
class Company(Record):
    """A company of the host: owner of users, teams and deals. Company 1 exists from the start.

    `create` and `update` take: name, currency, country_code, zone, probability_policy.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "company"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Its name."""

    currency: Field[str] = Field()
    """Of its deals' amounts, ISO 4217. Fixed once a deal of the company has money."""

    country_code: Field[str | None] = Field()
    """Two letters, ISO 3166; helps to read phone numbers."""

    zone: Field[str | None] = Field()
    """Its time zone, IANA."""

    probability_policy: Field[Literal["blend", "stage", "manual", "model"] | None] = Field()
    """Whose number is the chance of its pending deals, unless their team says otherwise; empty: `blend`. Company 1 also speaks for deals without company."""


@final
class User(Record):
    """Someone who works with the pipeline.

    `create` and `update` take: name, login, email, role, company_id, company_ids, active, partner_id.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid, team_id.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "user"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """The person's name."""

    login: Field[str] = Field()
    """What names them at `session`; unique."""

    email: Field[str | None] = Field()
    """Where to write to them."""

    role: Field[Literal["own", "team", "all", "admin", "external", "sub_tree", "company"]] = Field()
    """What they may see."""

    company_id: Field[int | None] = Field()
    """Their company; empty: every company."""

    company_ids: Field[list[int]] = Field()
    """Further companies they may work in."""

    active: Field[bool] = Field()
    """An archived user cannot open a session nor own new deals, and is a member of no team."""

    team_id: Field[int | None] = Field()
    """Their main team: that of the oldest membership which goes on."""

    partner_id: Field[int | None] = Field()
    """Who an `external` user is, outside: they see what is of that partner's company."""


@final
class Team(Record):
    """A sales team. Deleting one leaves its leads, which belong to no team then.

    `create` and `update` take: name, sequence, user_id, member_ids, company_id, parent_id, use_leads, use_opportunities,
    assignment_filter, active, probability_policy, use_quotations, alias, assignment_optout.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid, assignment_max.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "team"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Its name."""

    sequence: Field[int] = Field()
    """Lower comes first."""

    user_id: Field[int | None] = Field()
    """Its leader."""

    member_ids: Field[list[int]] = Field()
    """Its members of today. Who is added joins as `teams().add_member` says, who is taken out has been one until today."""

    company_id: Field[int | None] = Field()
    """Its company; empty: shared by all."""

    parent_id: Field[int | None] = Field()
    """The team above it."""

    use_leads: Field[bool] = Field()
    """Whether it works on leads; a new team does. What it is asked to take and does not work on is refused."""

    use_opportunities: Field[bool] = Field()
    """Whether it works on opportunities; a new team does."""

    assignment_filter: Field[str | None] = Field()
    """Which leads it may be given, as a filter."""

    assignment_max: Field[int | None] = Field()
    """How many leads it may be given in 30 days: what its members may, together; empty: one of them has no limit."""

    active: Field[bool] = Field()
    """An archived team is not chosen by default."""

    probability_policy: Field[Literal["blend", "stage", "manual", "model"] | None] = Field()
    """Whose number is the chance of its pending deals; empty: what the team above it says, else their company."""

    use_quotations: Field[bool] = Field()
    """Whether it works on quotations."""

    alias: Field[str | None] = Field()
    """The name of its mailbox, such as `sales` or `sales@harbour.example`, in small letters; no other team has it."""

    assignment_optout: Field[bool] = Field()
    """Whether it takes no part in assignment."""


@final
class TeamMember(Record):
    """A user's membership of a team, from a day on. One that ended is archived and kept; who comes back has a new one.

    `create` and `update` take: team_id, user_id, assignment_max, assignment_filter, active, date_start, date_end,
    assignment_filter_preferred, assignment_optout, absences, territory, languages, skill_ids.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "team_member"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    team_id: Field[int] = Field()
    """The team."""

    user_id: Field[int] = Field()
    """The user."""

    assignment_max: Field[int | None] = Field()
    """How many leads the member may be given in 30 days, 30 if it is not said. 0: none; empty: as many as there are."""

    assignment_filter: Field[str | None] = Field()
    """Which leads the member may be given, as a filter; `:me` is the member."""

    active: Field[bool] = Field()
    """Whether it goes on: it has no `date_end`. Archiving one ends it today."""

    date_start: Field[date | None] = Field()
    """The first day; today if it is not said."""

    date_end: Field[date | None] = Field()
    """The first day on which it was no more; empty: it goes on."""

    assignment_filter_preferred: Field[str | None] = Field()
    """Which of those leads the member is to be given before others are, as a filter."""

    assignment_optout: Field[bool] = Field()
    """Whether the member takes no part in assignment."""

    absences: Field[str | None] = Field()
    """When the member is away and given nothing: days as `2026-12-24/2027-01-02`, from the first to the day of return, with commas between several."""

    territory: Field[str | None] = Field()
    """Where the leads are that the member may be given: countries as `SE`, states as `US/CA`, beginnings of postal codes as `DE:80`, with commas between several; empty: anywhere. Who says most closely where a lead is comes before others."""

    languages: Field[str | None] = Field()
    """Which languages the member speaks, as `de` or `pt_BR`, with commas between several; empty: any."""

    skill_ids: Field[list[int]] = Field()
    """What the member knows about; none: anything. A lead's tag that is a skill of any member asks for one who has it."""


@final
class Stage(Record):
    """A step of the pipeline.

    `create` and `update` take: name, sequence, is_won, fold, requirements, team_ids, company_id, rotting_days, color.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "stage"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Its name."""

    sequence: Field[int] = Field()
    """Lower comes first, equal ones by id. A new stage has 1, so it comes among the first unless it is given another."""

    is_won: Field[bool] = Field()
    """Whether deals in it are won."""

    fold: Field[bool] = Field()
    """Whether a board shows it folded; a folded stage is never the default."""

    requirements: Field[str | None] = Field()
    """What must be done before a deal may leave it."""

    team_ids: Field[list[int]] = Field()
    """The teams that use it; none: every team."""

    company_id: Field[int | None] = Field()
    """Its company; empty: shared by all."""

    rotting_days: Field[int] = Field()
    """Days without a move after which a deal rots; 0: never."""

    color: Field[int] = Field()
    """A colour of the host's palette."""


@final
class LostReason(Record):
    """Why deals are lost.

    `create` and `update` take: name, sequence, is_cancellation, active.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "lost_reason"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """The reason in words."""

    sequence: Field[int] = Field()
    """Lower comes first."""

    is_cancellation: Field[bool] = Field()
    """Whether deals with it count as cancelled rather than lost."""

    active: Field[bool] = Field()
    """An archived reason is kept where it stands, and not offered."""


@final
class Tag(Record):
    """A label; labels form a tree.

    `create` and `update` take: name, color, parent_id.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "tag"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Its word."""

    color: Field[int] = Field()
    """A colour of the host's palette."""

    parent_id: Field[int | None] = Field()
    """The label above it."""


@final
class Campaign(Record):
    """A marketing effort.

    `create` and `update` take: name, active.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "campaign"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Its name."""

    active: Field[bool] = Field()
    """An archived one is not offered."""


@final
class Medium(Record):
    """A way of delivery, such as e-mail or banner.

    `create` and `update` take: name, active.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "medium"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Its name."""

    active: Field[bool] = Field()
    """An archived one is not offered."""


@final
class Source(Record):
    """Where someone came from, such as a search engine.

    `create` and `update` take: name, active.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "source"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Its name."""

    active: Field[bool] = Field()
    """An archived one is not offered."""


@final
class RecurringPlan(Record):
    """How often recurring revenue recurs.

    `create` and `update` take: name, number_of_months, sequence, active.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "recurring_plan"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Its name."""

    number_of_months: Field[int] = Field()
    """Months of one payment; 0 counts as 1."""

    sequence: Field[int] = Field()
    """Lower comes first."""

    active: Field[bool] = Field()
    """An archived one is not offered."""


@final
class Partner(Record):
    """A person or a company outside, with an address and how to reach them.

    `create` and `update` take: name, is_company, parent_id, address_type, is_customer, is_supplier, function, email, phone, mobile,
    website, street, street2, city, zip, state_code, country_code, lang, user_id, company_id, comment, properties, active, tax_id,
    tag_ids, referrer_id.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid, email_normalized, phone_normalized,
    tax_id_normalized, email_state, phone_state, date_erased.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "partner"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Their name."""

    is_company: Field[bool] = Field()
    """A company rather than a person."""

    parent_id: Field[int | None] = Field()
    """The company or person they belong to."""

    address_type: Field[Literal["contact", "invoice", "delivery", "private", "other"]] = Field()
    """What this card's address is for."""

    is_customer: Field[bool] = Field()
    """Offered as one who buys from us; since when they do, their roles say."""

    is_supplier: Field[bool] = Field()
    """Offered as one who sells to us."""

    function: Field[str | None] = Field()
    """Their position."""

    email: Field[str | None] = Field()
    """As they wrote it."""

    email_normalized: Field[str | None] = Field()
    """The address alone, in its comparable form; kept by the library."""

    phone: Field[str | None] = Field()
    """As they wrote it."""

    mobile: Field[str | None] = Field()
    """As they wrote it."""

    phone_normalized: Field[str | None] = Field()
    """The first readable number in E.164; kept by the library."""

    website: Field[str | None] = Field()
    """Their page."""

    street: Field[str | None] = Field()
    """Street and number."""

    street2: Field[str | None] = Field()
    """More of the street."""

    city: Field[str | None] = Field()
    """The town."""

    zip: Field[str | None] = Field()
    """Postal code."""

    state_code: Field[str | None] = Field()
    """State or region, free."""

    country_code: Field[str | None] = Field()
    """Two letters, ISO 3166."""

    lang: Field[str | None] = Field()
    """Their language, such as `fr_FR`."""

    user_id: Field[int | None] = Field()
    """Who looks after them."""

    company_id: Field[int | None] = Field()
    """Whose partner they are; empty: everybody's."""

    comment: Field[str | None] = Field()
    """Notes."""

    properties: Field[dict[str, PropertyValue]] = Field()
    """Declared custom values by name."""

    active: Field[bool] = Field()
    """An archived partner is hidden."""

    tax_id: Field[str | None] = Field()
    """Tax number, as written."""

    tax_id_normalized: Field[str | None] = Field()
    """The tax number alone, in its comparable form; kept by the library."""

    email_state: Field[Literal["correct", "incorrect"] | None] = Field()
    """Whether the e-mail can be one; kept by the library."""

    phone_state: Field[Literal["correct", "incorrect"] | None] = Field()
    """Whether the phone number can be one; kept by the library."""

    tag_ids: Field[list[int]] = Field()
    """Its labels."""

    referrer_id: Field[int | None] = Field()
    """Who recommended them: a customer, or a colleague's card."""

    date_erased: Field[datetime | None] = Field()
    """When who they were was erased; empty: it was not."""


@final
class Lead(Record):
    """A lead or an opportunity. It is *pending* until it is won or lost, and only verbs decide that: winning puts it in a won stage with probability 100, losing archives it with probability 0. While it is pending, `probability` is one of three numbers, as its team's policy has it.

    `create` and `update` take: name, kind, company_id, currency, partner_id, user_id, team_id, stage_id, priority, tag_ids,
    expected_revenue, recurring_revenue, recurring_plan_id, probability, manual_probability, on_hold, forecast_category,
    date_deadline, lost_reason_id, campaign_id, medium_id, source_id, country_code, state_code, lang, color, partner_name,
    contact_name, function, email_from, email_cc, phone, mobile, website, street, street2, city, zip, referred, description,
    properties.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid, automated_probability, is_automated_probability,
    probability_source, won_status, active, date_open, date_closed, date_conversion, date_last_stage_update, email_state, phone_state,
    email_normalized, phone_normalized, prorated_revenue, recurring_revenue_monthly, day_open, day_close, is_rotting, rotting_days,
    stage_probability.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "lead"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """What the deal is about; by default "<partner>'s opportunity"."""

    kind: Field[Literal["lead", "opportunity"]] = Field()
    """Unqualified lead or opportunity; omitted: opportunity, unless the setting `use_leads` is on."""

    type = kind
    """Another name of `kind`."""

    company_id: Field[int | None] = Field()
    """Whose deal it is; by default its team's company, else its user's, else its partner's."""

    currency: Field[str] = Field()
    """Of its amounts; by default its company's. Fixed once there is money."""

    partner_id: Field[int | None] = Field()
    """The customer."""

    user_id: Field[int | None] = Field()
    """The salesperson; omitted: the session's user."""

    team_id: Field[int | None] = Field()
    """The team; omitted: the salesperson's."""

    stage_id: Field[int | None] = Field()
    """Where it stands in the pipeline; omitted: the first stage its team can use that is neither folded nor won."""

    priority: Field[int] = Field()
    """0 low, 1 medium, 2 high, 3 very high."""

    tag_ids: Field[list[int]] = Field()
    """Its labels."""

    expected_revenue: Field[Decimal] = Field()
    """What the deal should bring, once."""

    recurring_revenue: Field[Decimal] = Field()
    """What the deal should bring per period of its plan."""

    recurring_plan_id: Field[int | None] = Field()
    """How often it recurs; none counts as monthly."""

    probability: Field[Decimal] = Field()
    """Chance of winning, by the policy of its team. Setting it sets `manual_probability`; `None` empties that."""

    manual_probability: Field[Decimal | None] = Field()
    """What a person typed; empty: nothing was. What the policy makes of it, `probability` says."""

    automated_probability: Field[Decimal] = Field()
    """What the configured model says."""

    is_automated_probability: Field[bool] = Field()
    """Whether `probability` is what the configured model says, compared at two decimals."""

    probability_source: Field[Literal["none", "base", "stage", "model", "manual", "outcome"]] = Field()
    """Where `probability` comes from."""

    won_status: Field[Literal["pending", "won", "lost"]] = Field()
    """Pending, won or lost."""

    active: Field[bool] = Field()
    """Shown; losing and archiving hide it."""

    on_hold: Field[bool] = Field()
    """Paused: left out of forecasts."""

    forecast_category: Field[Literal["pipeline", "best_case", "commit", "closed", "omitted"]] = Field()
    """How sure we are to see the money in time. A won lead is `closed`, a lost one `omitted`; reopened, it is again what it was."""

    date_deadline: Field[date | None] = Field()
    """When we expect to win."""

    date_open: Field[datetime | None] = Field()
    """When a salesperson was set."""

    date_closed: Field[datetime | None] = Field()
    """When it was won or lost."""

    date_conversion: Field[datetime | None] = Field()
    """When it became an opportunity."""

    date_last_stage_update: Field[datetime | None] = Field()
    """When it last changed its stage."""

    lost_reason_id: Field[int | None] = Field()
    """Why it was lost."""

    campaign_id: Field[int | None] = Field()
    """The marketing effort it came by."""

    medium_id: Field[int | None] = Field()
    """The way it came."""

    source_id: Field[int | None] = Field()
    """Where it came from."""

    country_code: Field[str | None] = Field()
    """Two letters, ISO 3166; folded to upper case."""

    state_code: Field[str | None] = Field()
    """State or region, free."""

    lang: Field[str | None] = Field()
    """The contact's language, such as `fr_FR`."""

    email_state: Field[Literal["correct", "incorrect"] | None] = Field()
    """Whether the e-mail can be one; kept by the library."""

    phone_state: Field[Literal["correct", "incorrect"] | None] = Field()
    """Whether the phone number can be one; kept by the library."""

    color: Field[int] = Field()
    """A colour of the host's palette."""

    partner_name: Field[str | None] = Field()
    """The customer's company name."""

    contact_name: Field[str | None] = Field()
    """Whom to talk to."""

    function: Field[str | None] = Field()
    """The contact's position."""

    email_from: Field[str | None] = Field()
    """The contact's e-mail, as written."""

    email_cc: Field[str | None] = Field()
    """Copied in incoming mail."""

    email_normalized: Field[str | None] = Field()
    """The address alone, in its comparable form; kept by the library."""

    phone: Field[str | None] = Field()
    """As written."""

    mobile: Field[str | None] = Field()
    """As written."""

    phone_normalized: Field[str | None] = Field()
    """The first readable number in E.164; kept by the library."""

    website: Field[str | None] = Field()
    """The customer's page."""

    street: Field[str | None] = Field()
    """Street and number."""

    street2: Field[str | None] = Field()
    """More of the street."""

    city: Field[str | None] = Field()
    """The town."""

    zip: Field[str | None] = Field()
    """Postal code."""

    referred: Field[str | None] = Field()
    """Who recommended us."""

    description: Field[str | None] = Field()
    """Notes."""

    properties: Field[dict[str, PropertyValue]] = Field()
    """Declared custom values by name."""

    prorated_revenue: Field[Decimal] = Field()
    """`expected_revenue × probability`, rounded to the minor unit."""

    recurring_revenue_monthly: Field[Decimal] = Field()
    """`recurring_revenue` per month, rounded to the minor unit."""

    day_open: Field[int | None] = Field()
    """Whole days from creation to assignment."""

    day_close: Field[int | None] = Field()
    """Whole days from creation to closing."""

    is_rotting: Field[bool] = Field()
    """An open opportunity that has not moved for longer than its stage allows."""

    rotting_days: Field[int] = Field()
    """Whole days since its last move, if it is rotting; else 0."""

    stage_probability: Field[Decimal] = Field()
    """What its stage says: how those fared that came so far, in its team, shrunk to all teams; as of the last recompute."""


@final
class ActivityType(Record):
    """A kind of thing to do, such as a call: how long it takes to be due, and what follows.

    `create` and `update` take: name, summary, sequence, category, icon, decoration, subject_kind, delay_count, delay_unit,
    delay_from, chaining_type, triggered_next_type_id, suggested_next_type_ids, default_user_id, default_note, active.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "activity_type"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Its name."""

    summary: Field[str | None] = Field()
    """What a new activity's summary is, unless another is given."""

    sequence: Field[int] = Field()
    """Lower comes first. A new type has 10."""

    category: Field[Literal["other", "todo", "email", "call", "meeting", "document"]] = Field()
    """What sort of thing it is, for calendars and lists of hosts."""

    icon: Field[str | None] = Field()
    """The name of a picture that the host shows."""

    decoration: Field[Literal["warning", "danger"] | None] = Field()
    """That it marks something out of the ordinary."""

    subject_kind: Field[Literal["lead", "partner"] | None] = Field()
    """The only kind of record that it is for; empty: each."""

    delay_count: Field[int] = Field()
    """After how many units an activity is due."""

    delay_unit: Field[Literal["days", "weeks", "months"]] = Field()
    """Days, weeks or months."""

    delay_from: Field[Literal["previous_activity", "completion"]] = Field()
    """From when that is counted for an activity that follows another; any other's is counted from today."""

    chaining_type: Field[Literal["suggest", "trigger"]] = Field()
    """Whether what follows is proposed or scheduled."""

    triggered_next_type_id: Field[int | None] = Field()
    """What is scheduled when one is done, if `chaining_type` is `trigger`."""

    suggested_next_type_ids: Field[list[int]] = Field()
    """What is proposed when one is done, if `chaining_type` is `suggest`."""

    default_user_id: Field[int | None] = Field()
    """Who gets it unless someone else is named; empty: who schedules it."""

    default_note: Field[str | None] = Field()
    """What a new activity's note is, unless another is given."""

    active: Field[bool] = Field()
    """An archived type is kept where it stands, and not offered."""


@final
class Activity(Record):
    """Something to do about a lead or a partner by a day, or done.

    `update` takes: activity_type_id, summary, note, date_deadline, user_id.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid, subject_kind, subject_id, lead_id, partner_id,
    date_done, feedback, next_activity_id, state, suggested_next_type_ids.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "activity"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    subject_kind: Field[Literal["lead", "partner"]] = Field()
    """The kind of record that it is about."""

    subject_id: Field[int] = Field()
    """The record that it is about."""

    lead_id: Field[int | None] = Field()
    """The lead that it is about, if it is one."""

    partner_id: Field[int | None] = Field()
    """The partner that it is about, if it is one."""

    activity_type_id: Field[int] = Field()
    """What sort of thing it is."""

    summary: Field[str | None] = Field()
    """What is to be done, in a line."""

    note: Field[str | None] = Field()
    """The same at length."""

    date_deadline: Field[date] = Field()
    """The day by which it is to be done."""

    user_id: Field[int | None] = Field()
    """Who is to do it."""

    date_done: Field[datetime | None] = Field()
    """When it was done."""

    feedback: Field[str | None] = Field()
    """What came of it."""

    next_activity_id: Field[int | None] = Field()
    """What was scheduled when it was done, by its type."""

    state: Field[Literal["overdue", "today", "planned", "done"]] = Field()
    """How urgent it is, by the day in the zone of the assignee's company; without one, company 1's, else UTC."""

    suggested_next_type_ids: Field[list[int]] = Field()
    """Types that its type proposes, once it is done."""


@final
class Message(Record):
    """Something said about a lead or a partner. It stays as it was posted.

    It stays as it was posted.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid, subject_kind, subject_id, lead_id, partner_id,
    message_type, internal, author_id, date, body, activity_id, origin_id, origin.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "message"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    subject_kind: Field[Literal["lead", "partner"]] = Field()
    """The kind of record that it is about."""

    subject_id: Field[int] = Field()
    """The record that it is about."""

    lead_id: Field[int | None] = Field()
    """The lead that it is about, if it is one."""

    partner_id: Field[int | None] = Field()
    """The partner that it is about, if it is one."""

    message_type: Field[Literal["comment", "notification", "activity", "lost"]] = Field()
    """Where it comes from."""

    internal: Field[bool] = Field()
    """Meant for colleagues only."""

    author_id: Field[int | None] = Field()
    """Who said it; nobody for the administrator session."""

    date: Field[datetime] = Field()
    """When."""

    body: Field[str | None] = Field()
    """What was said; an activity may be done without a word."""

    activity_id: Field[int | None] = Field()
    """The activity that was done."""

    origin_id: Field[int | None] = Field()
    """The lead or partner that it was said about, if that was merged into the one that it is about now."""

    origin: Field[str | None] = Field()
    """What that one was called."""


@final
class PartnerContact(Record):
    """One of the addresses or numbers by which a partner is reached. The partner's own `email`, `phone` and `mobile` are among them: what is written on either side is written on the other.

    `create` and `update` take: partner_id, channel, kind, value, is_primary.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid, normalized, state.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "partner_contact"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    partner_id: Field[int] = Field()
    """Who is reached."""

    channel: Field[Literal["email", "phone"]] = Field()
    """E-mail or phone."""

    kind: Field[Literal["work", "home", "mobile", "billing", "other"]] = Field()
    """What it is for."""

    value: Field[str] = Field()
    """As they wrote it."""

    normalized: Field[str | None] = Field()
    """The address alone in its comparable form, or the number in E.164; kept by the library."""

    state: Field[Literal["correct", "incorrect"] | None] = Field()
    """Whether it can be one; kept by the library."""

    is_primary: Field[bool] = Field()
    """The one that the partner's card names; of numbers its `phone`, else its `mobile`. Each channel has one, if it has any. Setting it true makes it the card's; to set it false, make another one primary."""


@final
class PartnerRole(Record):
    """What a partner is to us, from a day to a day. The same role twice at a time is refused.

    `create` and `update` take: partner_id, role, date_start, date_end.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "partner_role"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    partner_id: Field[int] = Field()
    """Who."""

    role: Field[Literal["prospect", "customer", "supplier", "partner", "former"]] = Field()
    """What."""

    date_start: Field[date | None] = Field()
    """The first day; empty: since nobody knows when."""

    date_end: Field[date | None] = Field()
    """The first day on which it is no more; empty: it goes on."""


@final
class Rule(Record):
    """What must hold of a lead or a partner for somebody below admin to do something with it. Rules narrow what a role gives and never widen it: all that speak of somebody hold together.

    `create` and `update` take: name, record, role, user_id, filter, use_read, use_create, use_update, use_delete, active,
    field_names.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "rule"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str] = Field()
    """Its name, which refusals tell."""

    record: Field[Literal["lead", "partner"] | None] = Field()
    """Of which records it speaks, `lead` or `partner`; what hangs on these goes with them."""

    role: Field[Literal["own", "team", "all", "admin", "external", "sub_tree", "company"] | None] = Field()
    """Of users with this role, not `admin`."""

    user_id: Field[int | None] = Field()
    """Of this user, instead of a role; without both it speaks of everybody below admin."""

    filter: Field[str] = Field()
    """What must hold, as a filter; `:me`, `:today`, `:now` and `:my_teams` are those of who asks. Empty with `field_names`."""

    use_read: Field[bool] = Field()
    """Whether it must hold of what they read; what they do not read is not there for them."""

    use_create: Field[bool] = Field()
    """Whether it must hold of what they create, once it is there."""

    use_update: Field[bool] = Field()
    """Whether it must hold of what they change, before and after."""

    use_delete: Field[bool] = Field()
    """Whether it must hold of what they delete."""

    active: Field[bool] = Field()
    """An archived rule narrows nothing."""

    field_names: Field[str | None] = Field()
    """Instead of a filter: fields of all such records, apart by commas, `properties.x` among them. With `use_read` they read as empty and cannot be asked for; with `use_read`, `use_create` or `use_update` they are not given to new or old records."""


@final
class Target(Record):
    """What a team, somebody, or somebody in a team is to reach from a day to a day.

    `create` and `update` take: name, team_id, user_id, metric, amount, count, currency, date_from, date_to, actual_amount,
    actual_count, date_actual, active.

    Kept by the library: id, version, create_date, write_date, create_uid, write_uid.
    """

    __slots__ = ()
    _kind: ClassVar[str] = "target"

    id: Field[int] = Field()
    """Row number, given by the library."""

    version: Field[int] = Field()
    """From 1; every change adds 1. Give it to `update` to be told when someone was faster."""

    create_date: Field[datetime] = Field()
    """When it was created."""

    write_date: Field[datetime] = Field()
    """When it last changed."""

    create_uid: Field[int | None] = Field()
    """Who created it; nobody for the administrator session."""

    write_uid: Field[int | None] = Field()
    """Who last changed it."""

    name: Field[str | None] = Field()
    """What it is called."""

    team_id: Field[int | None] = Field()
    """The team; with a user that user's deals in the team alone."""

    user_id: Field[int | None] = Field()
    """The person; without a team all their deals."""

    metric: Field[str] = Field()
    """What is measured: `won_revenue` and `won_count` are reckoned of deals won; any other name, such as `invoiced`, is fed by the host."""

    amount: Field[Decimal | None] = Field()
    """The goal in `currency`; a target has an amount or a count."""

    count: Field[int | None] = Field()
    """The goal as a whole number."""

    currency: Field[str] = Field()
    """Of its amounts, ISO 4217; if it is not said, that of the team's company, else the user's."""

    date_from: Field[date | None] = Field()
    """The first day."""

    date_to: Field[date | None] = Field()
    """The last day, included."""

    actual_amount: Field[Decimal | None] = Field()
    """What was reached, as the host fed it last; empty: nobody did, so it is unknown."""

    actual_count: Field[int | None] = Field()
    """The same of a target that counts."""

    date_actual: Field[datetime | None] = Field()
    """As of when that was fed; the moment of feeding if it is not said."""

    active: Field[bool] = Field()
    """An archived target may overlap others."""


CLASSES: dict[str, type[Record]] = {
    "company": Company,
    "user": User,
    "team": Team,
    "team_member": TeamMember,
    "stage": Stage,
    "lost_reason": LostReason,
    "tag": Tag,
    "campaign": Campaign,
    "medium": Medium,
    "source": Source,
    "recurring_plan": RecurringPlan,
    "partner": Partner,
    "lead": Lead,
    "activity_type": ActivityType,
    "activity": Activity,
    "message": Message,
    "partner_contact": PartnerContact,
    "partner_role": PartnerRole,
    "rule": Rule,
    "target": Target,
}
