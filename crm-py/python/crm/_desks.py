# Written by crm-core/tests/python.rs from the field tables; do not edit: CRM_UPDATE=1 cargo test rewrites it.
"""The signatures of `create` and `update` per desk, for type checkers; `crm.desk` holds the doing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, overload

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
    PartnerContact,
    PartnerRole,
    Rule,
    Target,
)
from crm.desk import Desk

if TYPE_CHECKING:
    from typing import Unpack

    from crm._fields import (
        CompanyFields,
        UserFields,
        TeamFields,
        TeamMemberFields,
        StageFields,
        LostReasonFields,
        TagFields,
        CampaignFields,
        MediumFields,
        SourceFields,
        RecurringPlanFields,
        PartnerFields,
        LeadFields,
        ActivityTypeFields,
        PartnerContactFields,
        PartnerRoleFields,
        RuleFields,
        TargetFields,
    )


class CompanyDesk(Desk[Company]):
    """Signatures of the desk of Company."""

    __slots__ = ()
    _kind = "company"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[CompanyFields]) -> Company: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Company]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Company, *, expected_version: int | None = ..., **fields: Unpack[CompanyFields]
        ) -> Company: ...
        @overload
        def update(
            self, id: Iterable[int | Company], *, expected_version: int | None = ..., **fields: Unpack[CompanyFields]
        ) -> list[Company]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class UserDesk(Desk[User]):
    """Signatures of the desk of User."""

    __slots__ = ()
    _kind = "user"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[UserFields]) -> User: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[User]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | User, *, expected_version: int | None = ..., **fields: Unpack[UserFields]
        ) -> User: ...
        @overload
        def update(
            self, id: Iterable[int | User], *, expected_version: int | None = ..., **fields: Unpack[UserFields]
        ) -> list[User]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class TeamDesk(Desk[Team]):
    """Signatures of the desk of Team."""

    __slots__ = ()
    _kind = "team"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[TeamFields]) -> Team: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Team]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Team, *, expected_version: int | None = ..., **fields: Unpack[TeamFields]
        ) -> Team: ...
        @overload
        def update(
            self, id: Iterable[int | Team], *, expected_version: int | None = ..., **fields: Unpack[TeamFields]
        ) -> list[Team]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class TeamMemberDesk(Desk[TeamMember]):
    """Signatures of the desk of TeamMember."""

    __slots__ = ()
    _kind = "team_member"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[TeamMemberFields]) -> TeamMember: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[TeamMember]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | TeamMember, *, expected_version: int | None = ..., **fields: Unpack[TeamMemberFields]
        ) -> TeamMember: ...
        @overload
        def update(
            self, id: Iterable[int | TeamMember], *, expected_version: int | None = ..., **fields: Unpack[TeamMemberFields]
        ) -> list[TeamMember]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class StageDesk(Desk[Stage]):
    """Signatures of the desk of Stage."""

    __slots__ = ()
    _kind = "stage"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[StageFields]) -> Stage: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Stage]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Stage, *, expected_version: int | None = ..., **fields: Unpack[StageFields]
        ) -> Stage: ...
        @overload
        def update(
            self, id: Iterable[int | Stage], *, expected_version: int | None = ..., **fields: Unpack[StageFields]
        ) -> list[Stage]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class LostReasonDesk(Desk[LostReason]):
    """Signatures of the desk of LostReason."""

    __slots__ = ()
    _kind = "lost_reason"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[LostReasonFields]) -> LostReason: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[LostReason]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | LostReason, *, expected_version: int | None = ..., **fields: Unpack[LostReasonFields]
        ) -> LostReason: ...
        @overload
        def update(
            self, id: Iterable[int | LostReason], *, expected_version: int | None = ..., **fields: Unpack[LostReasonFields]
        ) -> list[LostReason]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class TagDesk(Desk[Tag]):
    """Signatures of the desk of Tag."""

    __slots__ = ()
    _kind = "tag"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[TagFields]) -> Tag: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Tag]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Tag, *, expected_version: int | None = ..., **fields: Unpack[TagFields]
        ) -> Tag: ...
        @overload
        def update(
            self, id: Iterable[int | Tag], *, expected_version: int | None = ..., **fields: Unpack[TagFields]
        ) -> list[Tag]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class CampaignDesk(Desk[Campaign]):
    """Signatures of the desk of Campaign."""

    __slots__ = ()
    _kind = "campaign"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[CampaignFields]) -> Campaign: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Campaign]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Campaign, *, expected_version: int | None = ..., **fields: Unpack[CampaignFields]
        ) -> Campaign: ...
        @overload
        def update(
            self, id: Iterable[int | Campaign], *, expected_version: int | None = ..., **fields: Unpack[CampaignFields]
        ) -> list[Campaign]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class MediumDesk(Desk[Medium]):
    """Signatures of the desk of Medium."""

    __slots__ = ()
    _kind = "medium"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[MediumFields]) -> Medium: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Medium]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Medium, *, expected_version: int | None = ..., **fields: Unpack[MediumFields]
        ) -> Medium: ...
        @overload
        def update(
            self, id: Iterable[int | Medium], *, expected_version: int | None = ..., **fields: Unpack[MediumFields]
        ) -> list[Medium]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class SourceDesk(Desk[Source]):
    """Signatures of the desk of Source."""

    __slots__ = ()
    _kind = "source"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[SourceFields]) -> Source: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Source]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Source, *, expected_version: int | None = ..., **fields: Unpack[SourceFields]
        ) -> Source: ...
        @overload
        def update(
            self, id: Iterable[int | Source], *, expected_version: int | None = ..., **fields: Unpack[SourceFields]
        ) -> list[Source]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class RecurringPlanDesk(Desk[RecurringPlan]):
    """Signatures of the desk of RecurringPlan."""

    __slots__ = ()
    _kind = "recurring_plan"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[RecurringPlanFields]) -> RecurringPlan: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[RecurringPlan]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | RecurringPlan, *, expected_version: int | None = ..., **fields: Unpack[RecurringPlanFields]
        ) -> RecurringPlan: ...
        @overload
        def update(
            self, id: Iterable[int | RecurringPlan], *, expected_version: int | None = ..., **fields: Unpack[RecurringPlanFields]
        ) -> list[RecurringPlan]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class PartnerDesk(Desk[Partner]):
    """Signatures of the desk of Partner."""

    __slots__ = ()
    _kind = "partner"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[PartnerFields]) -> Partner: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Partner]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Partner, *, expected_version: int | None = ..., **fields: Unpack[PartnerFields]
        ) -> Partner: ...
        @overload
        def update(
            self, id: Iterable[int | Partner], *, expected_version: int | None = ..., **fields: Unpack[PartnerFields]
        ) -> list[Partner]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class LeadDesk(Desk[Lead]):
    """Signatures of the desk of Lead."""

    __slots__ = ()
    _kind = "lead"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[LeadFields]) -> Lead: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Lead]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Lead, *, expected_version: int | None = ..., **fields: Unpack[LeadFields]
        ) -> Lead: ...
        @overload
        def update(
            self, id: Iterable[int | Lead], *, expected_version: int | None = ..., **fields: Unpack[LeadFields]
        ) -> list[Lead]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class ActivityTypeDesk(Desk[ActivityType]):
    """Signatures of the desk of ActivityType."""

    __slots__ = ()
    _kind = "activity_type"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[ActivityTypeFields]) -> ActivityType: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[ActivityType]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | ActivityType, *, expected_version: int | None = ..., **fields: Unpack[ActivityTypeFields]
        ) -> ActivityType: ...
        @overload
        def update(
            self, id: Iterable[int | ActivityType], *, expected_version: int | None = ..., **fields: Unpack[ActivityTypeFields]
        ) -> list[ActivityType]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class PartnerContactDesk(Desk[PartnerContact]):
    """Signatures of the desk of PartnerContact."""

    __slots__ = ()
    _kind = "partner_contact"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[PartnerContactFields]) -> PartnerContact: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[PartnerContact]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | PartnerContact, *, expected_version: int | None = ..., **fields: Unpack[PartnerContactFields]
        ) -> PartnerContact: ...
        @overload
        def update(
            self, id: Iterable[int | PartnerContact], *, expected_version: int | None = ..., **fields: Unpack[PartnerContactFields]
        ) -> list[PartnerContact]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class PartnerRoleDesk(Desk[PartnerRole]):
    """Signatures of the desk of PartnerRole."""

    __slots__ = ()
    _kind = "partner_role"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[PartnerRoleFields]) -> PartnerRole: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[PartnerRole]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | PartnerRole, *, expected_version: int | None = ..., **fields: Unpack[PartnerRoleFields]
        ) -> PartnerRole: ...
        @overload
        def update(
            self, id: Iterable[int | PartnerRole], *, expected_version: int | None = ..., **fields: Unpack[PartnerRoleFields]
        ) -> list[PartnerRole]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class RuleDesk(Desk[Rule]):
    """Signatures of the desk of Rule."""

    __slots__ = ()
    _kind = "rule"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[RuleFields]) -> Rule: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Rule]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Rule, *, expected_version: int | None = ..., **fields: Unpack[RuleFields]
        ) -> Rule: ...
        @overload
        def update(
            self, id: Iterable[int | Rule], *, expected_version: int | None = ..., **fields: Unpack[RuleFields]
        ) -> list[Rule]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...


class TargetDesk(Desk[Target]):
    """Signatures of the desk of Target."""

    __slots__ = ()
    _kind = "target"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def create(self, records: None = None, /, **fields: Unpack[TargetFields]) -> Target: ...
        @overload
        def create(self, records: Iterable[Mapping[str, Any]], /) -> list[Target]: ...
        def create(self, records: Any = None, /, **fields: Any) -> Any: ...
        @overload  # type: ignore[override]
        def update(
            self, id: int | Target, *, expected_version: int | None = ..., **fields: Unpack[TargetFields]
        ) -> Target: ...
        @overload
        def update(
            self, id: Iterable[int | Target], *, expected_version: int | None = ..., **fields: Unpack[TargetFields]
        ) -> list[Target]: ...
        def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any: ...
