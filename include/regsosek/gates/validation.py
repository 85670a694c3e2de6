"""Running Great Expectations: relations in PostgreSQL, verdicts without a single value of the data.

Great Expectations takes seconds to import, so it is imported when a gate needs it, while PostgreSQL computes the
relations. Deliveries of one form version are judged together; a failed expectation is then laid to the deliveries
and villages whose rows break it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import NoneType
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from regsosek.codebook import TABLES, Version, load_codebook
from regsosek.gates.expectations import read_suite
from regsosek.gates.gx import import_gx
from regsosek.gates.page import page_path
from regsosek.gates.record import faults_of, record_result, tally
from regsosek.gates.relations import Relation, Row, fault_relation, locate, registry_relation
from regsosek.gates.result import Failure, GateResult
from regsosek.gates.verdict import Subject, Verdict
from regsosek.normalise.tables import ENTITY
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction, warehouse_url
from regsosek.warehouse.lease import Guard


class GateBrokenError(RuntimeError):
    """An expectation could not be evaluated: the gate cannot say anything about the data."""


def validate_delivery(
    settings: Settings, ids: list[int], id_jalan: str, *, guard: Guard | None = None, purpose: str = "regsosek"
) -> list[GateResult]:
    """Gate 1 on normalised deliveries whose faults are in ``ops.temuan`` and villages in ``ops.kiriman_desa``.

    Results are recorded in ``ops.gerbang``, which the gate's page is made of.

    Raises:
        GateBrokenError: an expectation could not be evaluated.
    """
    codebook = load_codebook()
    wanted: list[tuple[str, Version | None, Callable[[psycopg.Cursor], Relation]]] = [
        ("delivery/temuan", None, partial(fault_relation, ids=ids))
    ]
    for versi, group in _by_version(settings, ids, purpose).items():
        wanted += [
            (
                f"delivery/{ENTITY[table]}",
                versi,
                partial(registry_relation, codebook=codebook, table=table, versi=versi, ids=group),
            )
            for table in reversed(TABLES)  # the larger first
        ]
    verdicts = judge(settings, subjects_of(settings, wanted, purpose), purpose)
    with transaction(settings, purpose=purpose) as cursor:
        if guard is not None:
            guard(cursor)
        faults = faults_of(cursor, ids)
        page = page_path(settings, id_jalan, 1)
        results = [_result(cursor, page, each, verdicts, faults[each]) for each in ids]
        for result in results:
            concerned = [verdict for verdict in verdicts if verdict.concerns(int(result.id_kiriman or 0))]
            record_result(cursor, id_jalan, 1, result, tally(concerned))
    return results


def subjects_of(
    settings: Settings, wanted: list[tuple[str, Version | None, Callable[[psycopg.Cursor], Relation]]], purpose: str
) -> Iterator[Subject]:
    """Start to compute relations side by side, on connections of their own, and give each in turn.

    The first can be judged, and Great Expectations imported, while the others are being computed.
    """

    def compute(query: Callable[[psycopg.Cursor], Relation]) -> Relation:
        with transaction(settings, purpose=purpose) as cursor:
            return query(cursor)

    pool = ThreadPoolExecutor(max_workers=3)
    pending = [pool.submit(compute, query) for _, _, query in wanted]
    pool.shutdown(wait=False)
    return (
        Subject(suite, read_suite(suite, versi)["expectations"], relation.result())
        for (suite, versi, _), relation in zip(wanted, pending, strict=True)
    )


def judge(settings: Settings, subjects: Iterable[Subject], purpose: str) -> list[Verdict]:
    """Let Great Expectations judge every subject, on one connection of its own.

    Raises:
        GateBrokenError: an expectation could not be evaluated; names it, never what the database said.
    """
    context = import_gx().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    options = conninfo_to_dict(warehouse_url(settings)).get("options") or ""
    source = context.data_sources.add_postgres(
        "gudang",
        connection_string=re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", warehouse_url(settings)),
        # Relations are temporary tables: whoever reads them has to be on the connection that made them.
        kwargs={
            "pool_size": 1,
            "max_overflow": 0,
            "connect_args": {"application_name": purpose, "options": f"-c search_path=kandidat {options}".strip()},
        },
    )
    engine = source.get_execution_engine().engine
    try:
        with _built_once():
            return [
                verdict
                for number, subject in enumerate(subjects)
                for verdict in _judge_one(source, engine, subject, f"relasi_{number}")
            ]
    finally:
        engine.dispose()
        source.get_engine().dispose()


@contextmanager
def _built_once() -> Iterator[None]:
    """Build an expectation, its configuration and the id of a metric's arguments once, as long as this lasts.

    Great Expectations makes an expectation of its configuration nine times in a judgement and asks it for that again
    sixty times, and for the id of a metric's arguments fifty times an expectation, and builds them every time, which
    is most of what a judgement takes; nothing of it changes meanwhile.
    """
    from great_expectations.core.id_dict import IDDict  # noqa: PLC0415 - seconds
    from great_expectations.expectations.expectation import Expectation  # noqa: PLC0415 - seconds
    from great_expectations.expectations.expectation_configuration import (  # noqa: PLC0415 - seconds
        ExpectationConfiguration,
    )

    expectations: dict[int, tuple[Any, Any]] = {}  # with what each is made of, so that nothing else gets its id
    expectation_as_it_is: Any = ExpectationConfiguration.to_domain_obj
    configurations: dict[int, tuple[Any, Any]] = {}
    configuration_as_it_is: Any = Expectation.configuration
    ids: dict[tuple[Any, ...], Any] = {}
    id_as_it_is: Any = IDDict.to_id

    def to_domain_obj(self: Any) -> Any:
        if id(self) not in expectations:
            expectations[id(self)] = self, expectation_as_it_is(self)
        return expectations[id(self)][1]

    def configuration(self: Any) -> Any:
        if id(self) not in configurations:
            configurations[id(self)] = self, configuration_as_it_is.fget(self)
        return configurations[id(self)][1]

    def to_id(self: Any, id_keys: Any = None, id_ignore_keys: Any = None) -> Any:
        simple = id_keys is None and id_ignore_keys is None and all(type(v) in (str, NoneType) for v in self.values())
        if not simple:
            return id_as_it_is(self, id_keys, id_ignore_keys)
        key = (type(self), *self.items())
        if key not in ids:
            ids[key] = id_as_it_is(self)
        return ids[key]

    ExpectationConfiguration.to_domain_obj = to_domain_obj  # type: ignore[method-assign]
    Expectation.configuration = property(configuration)  # type: ignore[assignment, method-assign]
    IDDict.to_id = to_id  # type: ignore[method-assign]
    try:
        yield
    finally:
        ExpectationConfiguration.to_domain_obj = expectation_as_it_is  # type: ignore[method-assign]
        Expectation.configuration = configuration_as_it_is  # type: ignore[method-assign]
        IDDict.to_id = id_as_it_is  # type: ignore[method-assign]


def _judge_one(source: Any, engine: Any, subject: Subject, name: str) -> list[Verdict]:
    from great_expectations.core.expectation_suite import ExpectationSuite  # noqa: PLC0415 - seconds

    if subject.relation is not None:
        _upload(engine, subject.relation, name)
        asset = source.add_query_asset(name, f"select * from {name}")  # it is temporary: no catalogue lists it
    else:
        asset = source.add_table_asset(name, table_name=subject.table)  # of a query it would fetch all rows
    batch = asset.get_batch(asset.build_batch_request())
    numbered = [{**each, "meta": {"nomor": number}} for number, each in enumerate(subject.expectations)]
    suite = ExpectationSuite(name=subject.suite, expectations=numbered)
    # No values and no counts of values: neither is needed, and each would cost a query.
    results = batch.validate(suite, result_format={"result_format": "BOOLEAN_ONLY"}).results
    if len(results) != len(numbered):
        raise GateBrokenError(f"{subject.suite}: {len(results)} of {len(numbered)} expectations were evaluated.")
    verdicts = []
    for result in sorted(results, key=lambda each: each.expectation_config.meta["nomor"]):
        expectation = subject.expectations[result.expectation_config.meta["nomor"]]
        if result.exception_info.get("raised_exception"):
            raise GateBrokenError(f"{subject.suite}: {expectation['type']} could not be evaluated.")
        verdicts.append(Verdict(subject, expectation, bool(result.success)))
    return verdicts


def _upload(engine: Any, relation: Relation, name: str) -> None:
    """Put the relation into a temporary table on the engine's only connection."""
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind))
        for column, kind in zip(relation.columns, relation.types, strict=True)
    ]
    target = sql.Identifier(name)
    with engine.connect() as connection:
        raw: psycopg.Connection = connection.connection.dbapi_connection
        with raw.cursor() as cursor:
            cursor.execute(sql.SQL("create temporary table {} ({})").format(target, sql.SQL(", ").join(columns)))
            with cursor.copy(sql.SQL("copy {} from stdin").format(target)) as copy:
                for row in relation.rows:
                    copy.write_row(row)
        raw.commit()


def _result(
    cursor: psycopg.Cursor, page: Path, id_kiriman: int, verdicts: list[Verdict], faults: list[Failure]
) -> GateResult:
    """Lay what failed to one delivery: its rows break it, or it is about no row at all."""
    known = {fault.aturan for fault in faults}
    failures: list[Failure] = []
    success = True
    for verdict in verdicts:
        if verdict.success or not verdict.concerns(id_kiriman):
            continue
        broken = verdict.broken_rows()
        own = [row for row in broken if row[0] == id_kiriman]
        if own or not broken:
            success = success and not verdict.shuts
            if verdict.name not in known:
                failures.append(verdict.failure(_counts(cursor, verdict, id_kiriman, own)))
    return GateResult(id_kiriman, success, (*failures, *faults), page)


def _counts(cursor: psycopg.Cursor, verdict: Verdict, id_kiriman: int, rows: list[Row]) -> dict[str | None, int]:
    """Records per village: counted in the registry where an answer is wrong, else as the relation says."""
    relation, condition = verdict.subject.relation, verdict.unmet()
    if relation is None or condition is None or relation.name not in ENTITY.values():
        return verdict.counts(rows)
    return {village: count for _, village, count in locate(cursor, relation.name, condition, [id_kiriman])}


def _by_version(settings: Settings, ids: list[int], purpose: str) -> dict[Version, list[int]]:
    with transaction(settings, purpose=purpose) as cursor:
        rows = cursor.execute(
            """
            select versi, array_agg(id_kiriman order by id_kiriman) from ops.kiriman
            where id_kiriman = any(%s) group by 1
            """,
            (ids,),
        ).fetchall()
    return dict(rows)
