//! What a forecast answers: rows by group, currency and bucket, and a total per currency.
//!
//! Plain values with public fields, and the same as a [`Frame`]. Deliberately absent: arithmetic; see `weighted`.

use rust_decimal::Decimal;

use crate::base::error::{Error, Result};
use crate::base::{
    CompanyId, Currency, Date, FieldKind, Frame, RecordKind, StageId, TeamId, UserId, Value,
};
use crate::forecast::period::Period;

/// What a forecast can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ForecastKey {
    /// The calendar month of the deadline, or of closing.
    Month,
    /// The calendar quarter.
    Quarter,
    /// The team.
    TeamId,
    /// The salesperson.
    UserId,
    /// The stage.
    StageId,
    /// The company.
    CompanyId,
}

impl ForecastKey {
    /// Every key.
    pub const ALL: [Self; 6] =
        [Self::Month, Self::Quarter, Self::TeamId, Self::UserId, Self::StageId, Self::CompanyId];

    /// Its word at every door.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::TeamId => "team_id",
            Self::UserId => "user_id",
            Self::StageId => "stage_id",
            Self::CompanyId => "company_id",
        }
    }

    /// The key of that name.
    ///
    /// # Errors
    /// `Invalid` when there is none.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            Error::invalid(
                "by",
                format!("a forecast is not grouped by {name:?}; choose from {known}"),
            )
        })
    }

    pub(super) const fn period(self) -> Option<Period> {
        match self {
            Self::Month => Some(Period::Month),
            Self::Quarter => Some(Period::Quarter),
            _ => None,
        }
    }
}

/// Where a deal stands in a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ForecastBucket {
    /// Brought in.
    Won,
    /// Expected today or later.
    Open,
    /// Expected before today and still open.
    Overdue,
    /// Open, with no date.
    Undated,
}

impl ForecastBucket {
    /// Its word at every door.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Won => "won",
            Self::Open => "open",
            Self::Overdue => "overdue",
            Self::Undated => "undated",
        }
    }
}

/// One group × currency × bucket. What was not asked for is `None`, as is what its leads have not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastRow {
    /// First day of the period.
    pub period_start: Option<Date>,
    /// First day after it.
    pub period_end: Option<Date>,
    /// The team.
    pub team_id: Option<TeamId>,
    /// The salesperson.
    pub user_id: Option<UserId>,
    /// The stage.
    pub stage_id: Option<StageId>,
    /// The company.
    pub company_id: Option<CompanyId>,
    /// Of the amounts.
    pub currency: Currency,
    /// Won, open, overdue or undated.
    pub bucket: ForecastBucket,
    /// Leads.
    pub count: i64,
    /// Σ of their amounts, in major units.
    pub expected_revenue: Decimal,
    /// Σ of amount × chance, not rounded.
    pub weighted_revenue: Decimal,
}

/// All of one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastTotal {
    /// Of the amounts.
    pub currency: Currency,
    /// Leads.
    pub count: i64,
    /// Σ of their amounts, won ones included.
    pub expected_revenue: Decimal,
    /// Won, plus open, overdue and undated by their chances; rounded once, half to even, to the minor unit.
    pub weighted_revenue: Decimal,
}

/// A weighted forecast.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forecast {
    /// What it is grouped by.
    pub by: Vec<ForecastKey>,
    /// Ordered by group (nothing last), currency and bucket.
    pub rows: Vec<ForecastRow>,
    /// By currency.
    pub totals: Vec<ForecastTotal>,
}

impl Forecast {
    /// The rows as a table: `period_start` and `period_end` if asked for, the other keys, then currency, bucket and amounts.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut columns = Vec::new();
        for key in &self.by {
            match key {
                ForecastKey::Month | ForecastKey::Quarter => {
                    columns.push(("period_start", FieldKind::Date));
                    columns.push(("period_end", FieldKind::Date));
                }
                key => columns.push((key.name(), FieldKind::Ref(RecordKind::Lead))),
            }
        }
        columns.extend([
            ("currency", FieldKind::Text),
            ("bucket", FieldKind::Text),
            ("count", FieldKind::Int),
            ("expected_revenue", FieldKind::Money),
            ("weighted_revenue", FieldKind::Money),
        ]);
        let mut frame = Frame::new(columns.iter().copied());
        for row in &self.rows {
            frame.push(columns.iter().map(|(name, _)| row.value(name)));
        }
        frame
    }
}

impl ForecastRow {
    fn value(&self, column: &str) -> Value {
        match column {
            "period_start" => self.period_start.into(),
            "period_end" => self.period_end.into(),
            "team_id" => self.team_id.into(),
            "user_id" => self.user_id.into(),
            "stage_id" => self.stage_id.into(),
            "company_id" => self.company_id.into(),
            "currency" => self.currency.code().into(),
            "bucket" => self.bucket.word().into(),
            "count" => self.count.into(),
            "expected_revenue" => self.expected_revenue.into(),
            _ => self.weighted_revenue.into(),
        }
    }
}
