"""What the organisation settles before anybody sells: people, products, pipelines, rates, holidays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sfa import ids
from sfa.demo.company import Company
from sfa.demo.days import spring_festival
from sfa.demo.leads import SOURCES
from sfa.demo.people import OWN, team_rows, user_rows
from sfa.demo.prices import settle_books, settle_taxes
from sfa.demo.products import PRODUCTS, product_rows
from sfa.demo.sheets import Words, said
from sfa.demo.ways import CLOSING, MADE, STANDARD, STANDARD_GUIDES, Way
from sfa.demo.writing import Ids, write
from sfa.finding import organisation
from sfa.models.pipeline import Pipeline as PipelineRow
from sfa.services import deals, pipelines, products, rates, records, settings, stages, users
from sfa.services.entry import Entered
from sfa.store.seed import DEFAULT_PIPELINE
from sfa.terms import StageKind

if TYPE_CHECKING:
    from sqlmodel import Session

NAME: Words = ("Chengyuan Flow Technology", "澄远流体技术")
_RATES = (("USD", 7_120_000, 7_080_000), ("EUR", 7_720_000, 7_810_000))
_HOLIDAYS: tuple[tuple[int, int, int, Words], ...] = (
    (1, 1, 1, ("New Year", "元旦")),
    (5, 1, 3, ("Labour Day", "劳动节")),
    (10, 1, 7, ("National Day", "国庆节")),
)
_SPRING: Words = ("Spring Festival", "春节")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline in the store; its stages in order, won and lost last."""

    id: str
    name: str
    stage_names: tuple[str, ...]
    stage_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the sales stand on: ids of users, products and the key accounts' book, each pipeline's stages."""

    users: Ids
    products: Ids
    ways: Mapping[str, Pipeline]
    key_book: str

    def pipeline_name(self, way: Way) -> str:
        """Return what a pipeline is called."""
        return self.ways[way.key].name

    def pipeline(self, way: Way) -> str:
        """Return a pipeline's id."""
        return self.ways[way.key].id

    def stage_names(self, way: Way) -> tuple[str, ...]:
        """Return what its stages are called, won and lost last."""
        return self.ways[way.key].stage_names

    def stage_ids(self, way: Way) -> tuple[str, ...]:
        """Return its stages' ids, won and lost last."""
        return self.ways[way.key].stage_ids


def set_up(session: Session, made: Company) -> Ground:
    """Settle everything in a new store."""
    today, language = made.year.today, made.language
    _settings(session, made)
    ways = {STANDARD.key: _standard(session, made)}
    for way in MADE:
        ways[way.key] = _pipeline(session, way, made)
    _rates(session, made)
    _calendar(session, made)
    _choices(session, made)
    records.raw(session)
    change = records.change_of(session)
    write(change, "team", team_rows(made.staff), today)
    found = write(change, "user", user_rows(made.staff), today)
    sold = write(change, "product", product_rows(language), today)
    session.expire_all()
    for product in PRODUCTS:
        products.set_cost(session, sold[product.code], str(product.cost), today=today)
    settle_taxes(session, made, sold)
    keys = settle_books(session, made, sold)
    return Ground(found, sold, ways, keys)


def _settings(session: Session, made: Company) -> None:
    connection = records.raw(session)
    # Ids of imported records come from the organisation's: the same seed gives the same references.
    settings.put(session, "organisation_id", ids.shared_id("demo company", str(made.seed)))
    settings.settle(session, "organisation_name", said(NAME, made.language))
    settings.settle(session, "currency", "CNY")
    own = organisation.local_user_id(connection)
    users.edit(session, own, Entered({"name": OWN[0]}), today=made.year.today)


def _stages_of(session: Session, pipeline_id: str) -> Pipeline:
    found = [each for kind in StageKind for each in deals.stages_of(session, pipeline_id, kind)]
    name = session.get_one(PipelineRow, pipeline_id).name
    return Pipeline(pipeline_id, name, tuple(each.name for each in found), tuple(each.id for each in found))


def _standard(session: Session, made: Company) -> Pipeline:
    """Return the pipeline of every store, with what this company does in its stages."""
    found = _stages_of(session, DEFAULT_PIPELINE)
    for stage, (ends, plays) in zip(found.stage_ids, STANDARD_GUIDES, strict=False):
        texts = {"exit_criteria": said(ends, made.language), "playbook": said(plays, made.language)}
        stages.edit(session, stage, Entered(dict(texts)), today=made.year.today)
    return found


def _pipeline(session: Session, way: Way, made: Company) -> Pipeline:
    today, language = made.year.today, made.language
    row = pipelines.create(session, Entered({"name": said(way.name, language)}), today=today)
    for step in way.steps:
        columns: dict[str, object] = {
            "pipeline_id": row.id,
            "name": said(step.name, language),
            "probability_pct": step.probability,
            "category": step.category.value,
            "exit_criteria": said(step.exit_criteria, language),
            "playbook": said(step.playbook, language),
        }
        stages.create(session, Entered(columns), today=today)
    for name, kind in CLOSING:
        columns = {"pipeline_id": row.id, "name": said(name, language), "kind": kind.value}
        stages.create(session, Entered(columns), today=today)
    return _stages_of(session, row.id)


def _rates(session: Session, made: Company) -> None:
    middle = made.year.first + timedelta(days=180)
    for currency, before, after in _RATES:
        for day, rate in ((made.year.first, before), (middle, after)):
            columns: dict[str, object] = {
                "from_currency": currency,
                "to_currency": "CNY",
                "effective_on": day,
                "rate_micros": rate,
            }
            rates.create(session, Entered(columns), today=made.year.today)


def _calendar(session: Session, made: Company) -> None:
    for year in (made.year.first.year, made.year.first.year + 1):
        for month, first, last, words in _HOLIDAYS:
            for number in range(first, last + 1):
                _free(session, date(year, month, number), said(words, made.language))
        for number in range(-1, 7):
            _free(session, spring_festival(year) + timedelta(days=number), said(_SPRING, made.language))


def _free(session: Session, day: date, name: str) -> None:
    records.create(session, "calendar", Entered({"day_on": day, "is_working": False, "name": name}))


def _choices(session: Session, made: Company) -> None:
    for position, source in enumerate(SOURCES):
        columns: dict[str, object] = {
            "list_name": "source",
            "value": said(source, made.language),
            "position": position,
        }
        records.create(session, "choice", Entered(columns))
