"""The page about reliability names tests that are there."""

from __future__ import annotations

import re

from regsosek.settings import PROJECT

NAMED = re.compile(r"`(?:tests/)?(\w+/test_\w+\.py)(?:::(test_\w+))?`")


def test_every_test_that_the_page_names_is_there() -> None:
    named = NAMED.findall((PROJECT / "docs" / "reliability.md").read_text(encoding="utf-8"))
    assert len(named) > 40
    for file, name in named:
        text = (PROJECT / "tests" / file).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, f"{file}::{name}"
