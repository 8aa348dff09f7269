# Written by crm-core/tests/python.rs from the field tables; do not edit: CRM_UPDATE=1 cargo test rewrites it.
"""What `create` and `update` take, for type checkers: one `TypedDict` per kind of record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias, TypedDict

from crm._records import (
    Company,
    User,
    Team,
    TeamMember,
    Stage,
    LostReason,
    Tag,
    Campaign,
    Medium,
    Source,
    RecurringPlan,
    Partner,
    Lead,
    ActivityType,
    Activity,
    Message,
    PartnerContact,
    PartnerRole,
    Rule,
    Target,
    PropertyValue,
)

Number: TypeAlias = Decimal | int | float | str


class CompanyFields(TypedDict, total=False):
    """Fields of a company that can be set."""

    external_id: tuple[str, str]
    name: str
    currency: str
    country_code: str | None
    zone: str | None
    probability_policy: Literal["blend", "stage", "manual", "model"] | None


class UserFields(TypedDict, total=False):
    """Fields of a user that can be set."""

    external_id: tuple[str, str]
    name: str
    login: str
    email: str | None
    role: Literal["own", "team", "all", "admin", "external", "sub_tree", "company"]
    company_id: int | Company | None
    company_ids: Iterable[int | Company] | None
    active: bool
    partner_id: int | Partner | None


class TeamFields(TypedDict, total=False):
    """Fields of a team that can be set."""

    external_id: tuple[str, str]
    name: str
    sequence: int
    user_id: int | User | None
    member_ids: Iterable[int | User] | None
    company_id: int | Company | None
    parent_id: int | Team | None
    use_leads: bool
    use_opportunities: bool
    assignment_filter: str | None
    active: bool
    probability_policy: Literal["blend", "stage", "manual", "model"] | None
    use_quotations: bool
    alias: str | None
    assignment_optout: bool


class TeamMemberFields(TypedDict, total=False):
    """Fields of a team member that can be set."""

    external_id: tuple[str, str]
    team_id: int | Team
    user_id: int | User
    assignment_max: int | None
    assignment_filter: str | None
    active: bool
    date_start: date | None
    date_end: date | None
    assignment_filter_preferred: str | None
    assignment_optout: bool
    absences: str | None
    territory: str | None
    languages: str | None
    skill_ids: Iterable[int | Tag] | None


class StageFields(TypedDict, total=False):
    """Fields of a stage that can be set."""

    external_id: tuple[str, str]
    name: str
    sequence: int
    is_won: bool
    fold: bool
    requirements: str | None
    team_ids: Iterable[int | Team] | None
    company_id: int | Company | None
    rotting_days: int
    color: int


class LostReasonFields(TypedDict, total=False):
    """Fields of a lost reason that can be set."""

    external_id: tuple[str, str]
    name: str
    sequence: int
    is_cancellation: bool
    active: bool


class TagFields(TypedDict, total=False):
    """Fields of a tag that can be set."""

    external_id: tuple[str, str]
    name: str
    color: int
    parent_id: int | Tag | None


class CampaignFields(TypedDict, total=False):
    """Fields of a campaign that can be set."""

    external_id: tuple[str, str]
    name: str
    active: bool


class MediumFields(TypedDict, total=False):
    """Fields of a medium that can be set."""

    external_id: tuple[str, str]
    name: str
    active: bool


class SourceFields(TypedDict, total=False):
    """Fields of a source that can be set."""

    external_id: tuple[str, str]
    name: str
    active: bool


class RecurringPlanFields(TypedDict, total=False):
    """Fields of a recurring plan that can be set."""

    external_id: tuple[str, str]
    name: str
    number_of_months: int
    sequence: int
    active: bool


class PartnerFields(TypedDict, total=False):
    """Fields of a partner that can be set."""

    external_id: tuple[str, str]
    name: str
    is_company: bool
    parent_id: int | Partner | None
    address_type: Literal["contact", "invoice", "delivery", "private", "other"]
    is_customer: bool
    is_supplier: bool
    function: str | None
    email: str | None
    phone: str | None
    mobile: str | None
    website: str | None
    street: str | None
    street2: str | None
    city: str | None
    zip: str | None
    state_code: str | None
    country_code: str | None
    lang: str | None
    user_id: int | User | None
    company_id: int | Company | None
    comment: str | None
    properties: Mapping[str, PropertyValue | None] | None
    active: bool
    tax_id: str | None
    tag_ids: Iterable[int | Tag] | None
    referrer_id: int | Partner | None


class LeadFields(TypedDict, total=False):
    """Fields of a lead that can be set."""

    external_id: tuple[str, str]
    name: str
    kind: Literal["lead", "opportunity"]
    type: Literal["lead", "opportunity"]
    company_id: int | Company | None
    currency: str
    partner_id: int | Partner | None
    user_id: int | User | None
    team_id: int | Team | None
    stage_id: int | Stage | None
    priority: int
    tag_ids: Iterable[int | Tag] | None
    expected_revenue: Number | None
    recurring_revenue: Number | None
    recurring_plan_id: int | RecurringPlan | None
    probability: Number | None
    manual_probability: Number | None
    on_hold: bool
    forecast_category: Literal["pipeline", "best_case", "commit", "closed", "omitted"]
    date_deadline: date | None
    lost_reason_id: int | LostReason | None
    campaign_id: int | Campaign | None
    medium_id: int | Medium | None
    source_id: int | Source | None
    country_code: str | None
    state_code: str | None
    lang: str | None
    color: int
    partner_name: str | None
    contact_name: str | None
    function: str | None
    email_from: str | None
    email_cc: str | None
    phone: str | None
    mobile: str | None
    website: str | None
    street: str | None
    street2: str | None
    city: str | None
    zip: str | None
    referred: str | None
    description: str | None
    properties: Mapping[str, PropertyValue | None] | None


class ActivityTypeFields(TypedDict, total=False):
    """Fields of a activity type that can be set."""

    external_id: tuple[str, str]
    name: str
    summary: str | None
    sequence: int
    category: Literal["other", "todo", "email", "call", "meeting", "document"]
    icon: str | None
    decoration: Literal["warning", "danger"] | None
    subject_kind: Literal["lead", "partner"] | None
    delay_count: int
    delay_unit: Literal["days", "weeks", "months"]
    delay_from: Literal["previous_activity", "completion"]
    chaining_type: Literal["suggest", "trigger"]
    triggered_next_type_id: int | ActivityType | None
    suggested_next_type_ids: Iterable[int | ActivityType] | None
    default_user_id: int | User | None
    default_note: str | None
    active: bool


class ActivityFields(TypedDict, total=False):
    """Fields of a activity that can be set."""

    external_id: tuple[str, str]
    activity_type_id: int | ActivityType
    summary: str | None
    note: str | None
    date_deadline: date
    user_id: int | User | None


class PartnerContactFields(TypedDict, total=False):
    """Fields of a partner contact that can be set."""

    external_id: tuple[str, str]
    partner_id: int | Partner
    channel: Literal["email", "phone"]
    kind: Literal["work", "home", "mobile", "billing", "other"]
    value: str
    is_primary: bool


class PartnerRoleFields(TypedDict, total=False):
    """Fields of a partner role that can be set."""

    external_id: tuple[str, str]
    partner_id: int | Partner
    role: Literal["prospect", "customer", "supplier", "partner", "former"]
    date_start: date | None
    date_end: date | None


class RuleFields(TypedDict, total=False):
    """Fields of a rule that can be set."""

    external_id: tuple[str, str]
    name: str
    record: Literal["lead", "partner"] | None
    role: Literal["own", "team", "all", "admin", "external", "sub_tree", "company"] | None
    user_id: int | User | None
    filter: str
    use_read: bool
    use_create: bool
    use_update: bool
    use_delete: bool
    active: bool
    field_names: str | None


class TargetFields(TypedDict, total=False):
    """Fields of a target that can be set."""

    external_id: tuple[str, str]
    name: str | None
    team_id: int | Team | None
    user_id: int | User | None
    metric: str
    amount: Number | None
    count: int | None
    currency: str
    date_from: date | None
    date_to: date | None
    actual_amount: Number | None
    actual_count: int | None
    date_actual: datetime | None
    active: bool
