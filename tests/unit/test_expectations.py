"""The suites follow from codebook, rules and contracts, and Great Expectations reads them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict

import pytest

from regsosek.codebook import TABLES, VERSIONS, Table, load_codebook
from regsosek.gates.expectations import (
    EXPECTATIONS,
    REGISTRY_CHECKS,
    generated_files,
    mart_key,
    mart_models,
    read_suite,
)
from regsosek.gates.gx import import_gx
from regsosek.normalise.tables import ENTITY, columns
from regsosek.rules import all_rules


def suite_names() -> list[str]:
    return sorted(path.relative_to(EXPECTATIONS).with_suffix("").as_posix() for path in EXPECTATIONS.rglob("*.json"))


def test_checked_in_suites_are_current() -> None:
    files = generated_files()
    assert {path: path.read_text(encoding="utf-8") for path in files} == files
    assert set(EXPECTATIONS.rglob("*")) - {path for path in EXPECTATIONS.iterdir() if path.is_dir()} == set(files)


@pytest.mark.parametrize("name", suite_names())
def test_great_expectations_reads_every_suite(name: str) -> None:
    import_gx()
    from great_expectations.core.expectation_suite import ExpectationSuite  # noqa: PLC0415

    text = (EXPECTATIONS / f"{name}.json").read_text(encoding="utf-8")
    raw = json.loads(text)
    loaded = ExpectationSuite(**raw)
    assert len(loaded.expectations) == len(raw["expectations"]) > 0
    for expectation, written in zip(loaded.expectations, raw["expectations"], strict=True):
        assert expectation.configuration.type == written["type"]
        assert expectation.configuration.severity == written["severity"]
    assert '"id"' not in text


def test_what_no_suite_has_is_executed_when_it_is_used() -> None:
    """dbt looks for the file of every module there is; a village's gate must not pay for plots of distributions."""
    script = """
import inspect, sys
from regsosek.gates.gx import import_gx
import_gx()
inspect.stack()
print("altair.vegalite" in sys.modules, "scipy.stats._stats_py" in sys.modules)
import altair, scipy.stats.distributions
print(altair.Chart.__name__, scipy.stats.norm.mean())
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False", "False", "Chart", "0.0"]


@pytest.mark.parametrize("table", TABLES)
def test_every_item_has_its_domain_in_both_versions(table: Table) -> None:
    codebook = load_codebook()
    for versi in VERSIONS:
        domains = defaultdict(list)
        for each in read_suite(f"delivery/{ENTITY[table]}", versi)["expectations"]:
            if each["type"].startswith("expect_column_values"):
                domains[each["kwargs"]["column"]].append(each)
        for item in codebook.typed(table):
            (expectation,) = domains.pop(item.kode)
            domain = list(item.domain(versi))
            kwargs = expectation["kwargs"]
            if not domain:
                assert expectation["type"] == "expect_column_values_to_be_null"
            elif "value_set" in kwargs:
                assert kwargs["value_set"] == domain
            else:
                assert list(range(kwargs["min_value"], kwargs["max_value"] + 1)) == domain
        assert not domains


@pytest.mark.parametrize("table", TABLES)
def test_registry_suites_name_only_columns_of_the_registry(table: Table) -> None:
    known = {*columns(load_codebook(), table), *REGISTRY_CHECKS[table]}
    for each in read_suite(f"delivery/{ENTITY[table]}")["expectations"]:
        named = each["kwargs"].get("column_set") or [each["kwargs"]["column"]]
        assert set(named) <= known


def test_every_rule_is_expected_once_and_only_refusals_shut_the_gate() -> None:
    by_rule = {
        each["kwargs"]["column"]: each
        for each in read_suite("delivery/temuan")["expectations"]
        if each["kwargs"]["column"] != "desa_diterima"
    }
    rules = {rule.aturan: rule for rule in all_rules(load_codebook())}
    assert by_rule.keys() == rules.keys()
    for name, rule in rules.items():
        assert (by_rule[name]["severity"] == "critical") == (rule.keparahan == "tolak_kiriman")


def test_every_mart_has_a_key() -> None:
    for model in mart_models():
        key = mart_key(model)
        assert key, model["name"]
        assert set(key) <= {column["name"] for column in model["columns"]}
