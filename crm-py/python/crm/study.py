"""What the library foresees: scores of single deals, forecasts of many."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast, final

from crm import _crm
from crm._progress import Progress, watching
from crm._records import Lead
from crm.desk import AnyFilter, AsOf, instant, text, words
from crm.frame import Frame

__all__ = ["Backtest", "Explanation", "Forecast", "Forecasts", "ScoreConfiguration", "ScoreHealth", "ScoreRun", "Scores"]


@final
@dataclass(frozen=True, slots=True)
class ScoreRun:
    """What a rescoring did."""

    run: int | None
    """Its number in the log of changed scores; none when nothing changed."""
    counted: int
    """Closed leads that were counted; 0 when only scores were computed."""
    before_start: int
    """Closed leads that were not, since they were created before the start date; 0 when only scores were computed."""
    scored: int
    """Pending leads that were scored."""
    changed: int
    """Those of which the score changed."""


@final
@dataclass(frozen=True, slots=True)
class ScoreConfiguration:
    """What the score looks at."""

    fields: list[str]
    """Fields that count, beside the stage."""
    start_date: date
    """Deals created from 00:00 UTC of this day on count."""
    is_default_start: bool
    """Whether nobody has configured that day."""
    model: str
    """`weighted`, `bayes`, `stage` or `base`."""


@final
class ScoreHealth(Frame):
    """Whether the evidence can be trusted: one row per configured field.

    `known` and `known_open` are the shares (0 to 1) of closed and open deals that have a value, `values` how many there are. `signal` is
    the share of the base rate's log loss that the field takes away by itself: 0 says nothing, 1 knows the outcome. `drift` is how far the
    newest quarter of the outcomes has other values (population stability index). `filled_after_closing` is the share of values that
    were filled in with the closing or after it, `filled_after_creation` of those that were not there when the deal was created,
    `changed_after_creation` of those that were not there or were others.
    `findings` names what is to be looked at, joined by ``;``: `nearly_perfect`, `filled_after_closing`, `filled_after_creation`,
    `changed_after_creation`, `mostly_missing`, `no_signal`, `drift`.

    `summary` is a dict: `model`, `outcomes`, `won`, `before_start`, `outcomes_needed`, `won_needed`, `lost_needed`, `won_lately`,
    `won_before` (shares won of the newest quarter, and before).
    """

    __slots__ = ("summary",)

    def __init__(self, native: _crm.Columns, summary: dict[str, Any], /) -> None:
        super().__init__(native)
        self.summary = summary


@final
class Explanation(Frame):
    """Why a deal has its score: one row per value of the deal, with `variable`, `value`, `log_odds`, `share`, `won_count`,
    `lost_count`, `bin`, `points`, `is_changed`.

    `bin` is that of a number or date under `weighted`, by its bounds (``10 .. 20``, 20 left out); `points` is by how many percentage points
    `probability` is higher than if this value alone weighed nothing, so these do not add up. A value that was never met weighs nothing.
    `is_changed`: the deal said something else when it was created, and is judged by deals that were changed to the same.

    Log-odds add up: those of the base and of the rows together are those of `raw`, the chance (0 to 1) before recalibration.
    `probability` (percent) is what it is recalibrated to; under the model `bayes` the two are the same. `automated_probability` is what
    was stored last, and `is_stale` whether that is another chance, which `recompute` would store.

    `policy` says which of `manual_probability` (what was typed; None: nothing), `automated_probability` and `stage_probability` is the
    deal's own `probability` while it is pending: `blend` (typed, else automated), `stage`, `manual` (typed, else the stage's) or `model`.
    `automated_source` and `stage_source` say what the stored numbers rest on: `none` before anything was counted (for stages, which
    `rebuild` and `recompute` count: before the first of those), `base`, `stage`, `model`, of closed deals `outcome`.
    """

    __slots__ = (
        "automated_probability",
        "automated_source",
        "base",
        "base_log_odds",
        "is_stale",
        "lead_id",
        "manual_probability",
        "policy",
        "probability",
        "raw",
        "source",
        "stage_probability",
        "stage_source",
    )

    def __init__(
        self,
        native: _crm.Columns,
        /,
        *,
        lead_id: int,
        probability: Decimal,
        automated_probability: Decimal,
        is_stale: bool,
        manual_probability: Decimal | None,
        stage_probability: Decimal,
        policy: str,
        source: str,
        base: float,
        base_log_odds: float,
        raw: float,
        automated_source: str,
        stage_source: str,
    ) -> None:
        super().__init__(native)
        self.lead_id = lead_id
        self.probability = probability
        self.automated_probability = automated_probability
        self.is_stale = is_stale
        self.manual_probability = manual_probability
        self.stage_probability = stage_probability
        self.policy = policy
        self.source = source
        self.base = base
        self.base_log_odds = base_log_odds
        self.raw = raw
        self.automated_source = automated_source
        self.stage_source = stage_source


@final
class Backtest(Frame):
    """What would have been said of closed deals: one row per prediction with `lead_id`, `predicted_at`, `probability`, `base_rate`
    (percent), `outcome` (`won` or `lost`), `closed_at`.

    `summary` has a row for the model, the running base rate and `bayes`: `model`, `count`, `past_unknown`, `won`, `log_loss`, `brier` and
    its parts (`reliability`, `resolution`, `uncertainty`, `within_variance`, `within_covariance`), `auc`, `ece`. `past_unknown` is
    how many predictions are for moments before the database was told of the deal, which an import brings with its dates: fields that
    the history does not keep counted as they were told first. `reliability` has the model's ten bins: `count`, `predicted`, `observed`
    (0 to 1).
    """

    __slots__ = ("reliability", "summary")

    def __init__(self, native: _crm.Columns, summary: Frame, reliability: Frame, /) -> None:
        super().__init__(native)
        self.summary = summary
        self.reliability = reliability


@final
class Forecast(Frame):
    """A forecast: one row per group × currency × bucket; `totals` is one row per currency."""

    __slots__ = ("totals",)

    def __init__(self, native: _crm.Columns, totals: Frame, /) -> None:
        super().__init__(native)
        self.totals = totals


@final
class Scores:
    """How probable it is that a deal is won, learned from those that were closed.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     s.score.configure(fields=["country_code", "tag_ids"])
    ...     deals = s.leads.create([{"name": f"Deal {n}", "country_code": "FR"} for n in range(3)])
    ...     won = s.leads.mark_won(deals[:2])
    ...     run = s.score.rebuild()
    ...     len(s.score.frequencies()) > 0
    True
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    def configure(
        self,
        fields: Iterable[str] | None = None,
        start_date: date | None = None,
        model: Literal["bayes", "weighted", "stage", "base"] | None = None,
    ) -> None:
        """Chooses the fields to learn from (``[]``: the stage alone), the first day to learn from, and the model; what is omitted stays.
        Scores of open deals are stale until `recompute` or `rebuild`, and change one by one as deals are written.

        A new database uses `weighted`: field weights learn as deals close, and the chances are recalibrated. `bayes` is the compatible
        model; `stage` and `base` look at the stage alone and at nothing.
        """
        _crm.configure_score(self._native, words(fields), start_date, model)

    def configuration(self) -> ScoreConfiguration:
        """What is configured.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     s.score.configure(fields=["country_code"])
        ...     now = s.score.configuration()
        >>> now.model, now.fields, now.is_default_start
        ('weighted', ['country_code'], True)
        """
        return ScoreConfiguration(**_crm.score_configuration(self._native))

    def parameters(self) -> dict[str, Any]:
        """What the model has learnt, as JSON has it: every weight, bin edge and level; `bayes` has counts only, see `frequencies`.

        `slope` is what a number adds at its last bin, and takes away at its first; bins between are evenly spaced. It is in log-odds
        of the value expert, as the values' `weight`, which is as it counts now.
        """
        return cast("dict[str, Any]", json.loads(_crm.score_parameters(self._native)))

    def health(self, progress: Progress = None) -> ScoreHealth:
        """Examines the evidence: what is missing, says nothing, says too much or came too late, and how many outcomes are needed. For
        administrators.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     s.score.configure(fields=["country_code"])
        ...     health = s.score.health()
        >>> health["field"], health.summary["outcomes_needed"]
        (['country_code'], 30)
        """
        with watching(progress) as move:
            rows, summary = _crm.score_health(self._native, move)
        return ScoreHealth(rows, Frame(summary).to_pylist()[0])

    def rebuild(self, progress: Progress = None) -> ScoreRun:
        """Counts the closed deals afresh and rescores the open ones."""
        with watching(progress) as move:
            return ScoreRun(**_crm.rebuild_score(self._native, move))

    def recompute(self, progress: Progress = None) -> ScoreRun:
        """Rescores the open deals with the counts as they are."""
        with watching(progress) as move:
            return ScoreRun(**_crm.recompute_score(self._native, move))

    def backtest(
        self,
        fields: Iterable[str] | None = None,
        start: date | None = None,
        at: Literal["created", "stage_entry"] | str | int = "created",
        model: Literal["bayes", "weighted", "stage", "base"] | None = None,
        progress: Progress = None,
    ) -> Backtest:
        """Replays history: what would have been said of closed deals, each at its moment and by what was known then, also of
        fields that were filled in since.

        `at` is when chances are asked for: ``"created"``, ``"stage_entry"``, or so many days before closing (``30`` or
        ``"30_days_before_close"``). `fields` and `model` are tried without being configured; predictions before `start` are left out.
        Nothing is changed. For administrators.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     won = s.leads.mark_won(s.leads.create([{"name": f"Deal {n}"} for n in range(3)]))
        ...     report = s.score.backtest(model="base")
        >>> len(report), report.summary["model"], report.summary["log_loss"][0] > 0
        (3, ['base', 'base_rate', 'bayes'], True)
        """
        is_days = isinstance(at, int) and not isinstance(at, bool)
        moments = f"{at}_days_before_close" if is_days else at if isinstance(at, str) else repr(at)
        with watching(progress) as move:
            rows, summary, reliability = _crm.backtest_score(self._native, words(fields), start, moments, model, move)
        return Backtest(rows, Frame(summary), Frame(reliability))

    def predict(self, filter: AnyFilter = None, as_of: AsOf = None, progress: Progress = None) -> Frame:
        """What is said of pending deals without storing it: `lead_id`, `predicted_at`, `probability` (percent), `source`.

        `as_of` is a moment of the past, or 00:00 UTC of a day: deals are judged by what was known of them then and by the outcomes that
        were known; the filter reads what the history keeps as of then, anything else as it is now. Those that were closed or not there yet
        are left out. With a moment it is what a rebuild then would say: bins of numbers may be others than those of the live scores.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     bakery, bank = s.leads.create([{"name": "Bakery"}, {"name": "Bank"}])
        ...     won = s.leads.mark_won(bakery)
        ...     [(row["lead_id"] == bank.id, row["probability"]) for row in s.score.predict('name ilike "b%"')]
        [(True, Decimal('66.6667'))]
        """
        with watching(progress) as move:
            return _crm.predict_score(self._native, text(filter), instant(as_of), move)

    def frequencies(self) -> Frame:
        """What was counted: `team_id`, `variable`, `value`, `won_count`, `lost_count`.

        Both counts are deals and a tenth, as the model `bayes` reads them, and `bayes` alone adds up stages: under other models a deal counts
        at the stage in which it was closed. Of numbers and dates under `weighted`, values are bins.
        """
        return _crm.score_frequencies(self._native)

    def explain(self, lead_id: int | Lead) -> Explanation:
        """Why a deal has its score: what each of its values weighs. No rows where the base rate alone speaks (`source` is `base`): no
        value had a part in the chance."""
        columns, facts = _crm.explain_score(self._native, lead_id)
        return Explanation(columns, **facts)

    def nearest(self, lead_id: int | Lead) -> Frame:
        """The ten closed deals most like a deal by the configured fields, of the 10,000 newest: `lead_id`, `likeness` (0 to 1), `shared`
        (names of fields joined by ``;``), `outcome` (`won` or `lost`), `closed_at`. A shared value counts the more the rarer it is;
        likeness 1 shares every value that the deal has and that was ever counted.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     s.score.configure(fields=["country_code"])
        ...     rental, racks, deal = s.leads.create([{"name": "Deal", "country_code": code} for code in ("FR", "DE", "FR")])
        ...     won = s.leads.mark_won([rental, racks])
        ...     [(row["lead_id"] == rental.id, row["shared"], row["outcome"]) for row in s.score.nearest(deal)]
        [(True, 'country_code', 'won')]
        """
        return _crm.nearest_deals(self._native, lead_id)

    def __repr__(self) -> str:
        return "<crm.Scores>"


@final
class Forecasts:
    """What open deals should bring.

    >>> import crm
    >>> from datetime import datetime, timezone
    >>> with crm.open(":memory:") as db, db.session(now=datetime(2026, 3, 2, 9, tzinfo=timezone.utc)) as s:
    ...     deal = s.leads.create(name="Fleet lease", expected_revenue=12_000, probability=25)
    ...     [(row["bucket"], f"{row['weighted_revenue']:.2f}") for row in s.forecast.weighted(by=["team_id"])]
    [('undated', '3000.00')]
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    def weighted(
        self,
        by: Iterable[Literal["month", "quarter", "team_id", "user_id", "stage_id", "company_id"]] = (),
        filter: AnyFilter = None,
        zone: str = "UTC",
        as_of: AsOf = None,
        axis: Literal["effective", "known"] = "effective",
    ) -> Forecast:
        """Expected and weighted revenue per group × currency × bucket (`won`, `open`, `overdue`, `undated`).

        `weighted_revenue` is exact, with at least the currency's decimals. `zone` is the IANA zone in which months and quarters begin and
        in which today ends: a deal is overdue once the day of its `date_deadline` is over there.

        With `as_of` it is the forecast of that instant, as `Leads.find` has it: what was won later is open, and that day decides what is
        overdue.

        >>> import crm
        >>> from datetime import datetime, timezone
        >>> march, april = (datetime(2026, month, 2, 9, tzinfo=timezone.utc) for month in (3, 4))
        >>> with crm.open(":memory:") as db:
        ...     with db.session(now=march) as s:
        ...         deal = s.leads.create(name="Fleet lease", expected_revenue=12_000, probability=25)
        ...     with db.session(now=april) as s:
        ...         won = s.leads.mark_won(deal)
        ...         [[(row["bucket"], row["weighted_revenue"]) for row in s.forecast.weighted(as_of=day)] for day in (march, april)]
        [[('undated', Decimal('3000.00'))], [('won', Decimal('12000.00'))]]
        """
        rows, totals = _crm.weighted_forecast(self._native, words(by) or [], text(filter), zone, instant(as_of), axis)
        return Forecast(rows, Frame(totals))

    def board(self, filter: AnyFilter = None, as_of: AsOf = None, axis: Literal["effective", "known"] = "effective") -> Frame:
        """What stands in each stage now, per currency: `stage_id`, `name`, `sequence`, `fold`, `is_won`, `currency`, `count` and amounts.

        Open stages show open deals, won stages won ones; empty ones stay. With `as_of`, what stood there at that instant, as `Leads.find`
        has it, in today's stages.
        """
        return _crm.board(self._native, text(filter), instant(as_of), axis)

    def __repr__(self) -> str:
        return "<crm.Forecasts>"
