"""An embeddable CRM engine: leads, pipeline, scoring and forecasts in one file, no server.

Open a file, open a session as a user, and work at its desks:

>>> import crm
>>> from datetime import datetime, timezone
>>> monday = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
>>> with crm.open(":memory:") as db, db.session(now=monday) as s:
...     bakery = s.partners.create(name="Azure Bakery", is_company=True)
...     deal = s.leads.create(name="Fleet lease", partner_id=bakery, expected_revenue=12_000, probability=25)
...     forecast = s.forecast.weighted(by=["team_id"])
...     won = s.leads.mark_won(deal)
>>> [f"{row['weighted_revenue']:.2f}" for row in forecast]
['3000.00']
>>> won.won_status, won.date_closed == monday
('won', True)

Money and percent are `decimal.Decimal`, instants aware `datetime` in UTC, days `date`, empty is `None`. Everything that fails raises a
:class:`CrmError`. Every call releases the interpreter, so threads run side by side.
"""

from crm._crm import Record, __version__
from crm._records import (
    Activity,
    ActivityType,
    Campaign,
    Company,
    Lead,
    LostReason,
    Medium,
    Message,
    Partner,
    PartnerContact,
    PartnerRole,
    PropertyValue,
    RecurringPlan,
    Rule,
    Source,
    Stage,
    Tag,
    Target,
    Team,
    TeamMember,
    User,
)
from crm.access import Access, Why, WhyGround
from crm.activities import Activities, Chatter
from crm.assignment import Assigned, Assignment, AssignPlan
from crm.audit import Audit, AuditSeal, AuditState
from crm.csv import Csv, ImportReport
from crm.database import Crm, copy, open
from crm.desk import Desk, Filter
from crm.duplicates import Duplicate, DuplicateReason, Duplicates
from crm.exceptions import (
    BugError,
    CancelledError,
    ClosedError,
    ConflictError,
    CrmError,
    DeniedError,
    FormatError,
    HostError,
    InvalidError,
    LimitError,
    NotFoundError,
    StorageError,
)
from crm.frame import Frame
from crm.leads import Leads
from crm.merged import Merged
from crm.session import Atomic, Properties, Property, Session, Settings
from crm.study import Backtest, Explanation, Forecast, Forecasts, ScoreConfiguration, ScoreHealth, ScoreRun, Scores

__all__ = [
    "Access",
    "Activities",
    "Activity",
    "ActivityType",
    "AssignPlan",
    "Assigned",
    "Assignment",
    "Atomic",
    "Audit",
    "AuditSeal",
    "AuditState",
    "Backtest",
    "BugError",
    "Campaign",
    "CancelledError",
    "ClosedError",
    "Chatter",
    "Company",
    "ConflictError",
    "Crm",
    "CrmError",
    "Csv",
    "DeniedError",
    "Desk",
    "Duplicate",
    "DuplicateReason",
    "Duplicates",
    "Explanation",
    "Filter",
    "Forecast",
    "Forecasts",
    "FormatError",
    "Frame",
    "HostError",
    "ImportReport",
    "InvalidError",
    "Lead",
    "Leads",
    "LimitError",
    "LostReason",
    "Medium",
    "Merged",
    "Message",
    "NotFoundError",
    "Partner",
    "PartnerContact",
    "PartnerRole",
    "Properties",
    "Property",
    "PropertyValue",
    "Record",
    "RecurringPlan",
    "Rule",
    "Scores",
    "ScoreConfiguration",
    "ScoreHealth",
    "ScoreRun",
    "Session",
    "Settings",
    "Source",
    "Stage",
    "StorageError",
    "Tag",
    "Target",
    "Team",
    "TeamMember",
    "User",
    "Why",
    "WhyGround",
    "__version__",
    "copy",
    "open",
]
