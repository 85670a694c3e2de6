"""``roles.yml`` as it is read: roles, what they read and call, their limits."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from regsosek.yaml_file import read_yaml

ROLES = Path(__file__).with_name("roles.yml")

VILLAGE = "village"
"""The group of the village logins."""


class Role(BaseModel):
    """A role: a login, or a group whose logins are made one by one (``logins: made``)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: str
    reads: dict[str, Literal["all"] | tuple[str, ...]]
    calls: tuple[str, ...] = ()
    connections: int
    settings: dict[str, str]
    logins: Literal["one", "made"] = "one"

    @property
    def group(self) -> bool:
        """Whether nobody logs in as the role itself."""
        return self.logins == "made"


class Declaration(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_connections: int
    roles: dict[str, Role]


@cache
def declaration() -> Declaration:
    """What ``roles.yml`` says."""
    return Declaration.model_validate(read_yaml(ROLES))
