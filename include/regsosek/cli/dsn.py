"""URLs of the warehouse for other programs."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

from regsosek.settings import Settings
from regsosek.warehouse.connection import WarehouseUnavailableError, warehouse_url


def role_url(settings: Settings, role: str | None, *, here: bool = False) -> str:
    """The owner's URL, or that of another role whose password this installation keeps, where its readers connect.

    With ``here`` it is for a connection from where the pipeline runs.

    Raises:
        WarehouseUnavailableError: there is no warehouse, or no such role.
    """
    url = warehouse_url(settings)
    parts = urlsplit(url)
    if role in (None, parts.username):
        return url
    kept = settings.home / "passwords"
    known = sorted(path.name for path in kept.iterdir()) if kept.is_dir() else []
    if role not in known:
        raise WarehouseUnavailableError(
            f"No password of role {role} is kept in {kept}. Known: {', '.join(known) or 'none'}. "
            "On a server of your own, ask its administrator."
        )
    password = (kept / role).read_text(encoding="utf-8").strip()
    place = (not here and settings.reader_address) or parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(role, safe='')}:{quote(password, safe='')}@{place}"))
