"""Deliveries of random answers: every branch of every rule, often the absurd ones."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

import yaml

from oracle.files import DOMAINS, DRAFT

AGES = (0, 1, 2, 4, 5, 6, 7, 12, 13, 15, 16, 17, 18, 19, 21, 22, 24, 25, 54, 55, 59, 60, 64, 65, 98)
"""Where some rule changes its mind."""
LIKELY = {
    "r302": range(1, 60), "r303": (1, 2, 6), "r304": (1, 3), "r305": (1, 2, 6), "r306a": (3, 4, 7), "r309a": (1, 2, 3),
    "r309b": (1,), "r310": (1, 2, 4), "r308": (0, 4), "r307a": (1, 2), "r409": (2, 3, 4),
    **{f"r428{x}": (3, 4) for x in "abcdefghi"},
}  # fmt: skip
"""Drawn more often, so that not every family has something wrong."""
SLS = ("000100", "100", "000200", "000201", "1200", "", "x")
ONLY_FINAL = ("r501f", "r501g")


def write_random_delivery(
    folder: Path,
    *,
    villages: Sequence[str],
    families: int,
    versi: str,
    seed: int,
    unknown: float = 0.06,
    **described: object,
) -> None:
    """Write ``families`` families in every village; a handful of them are to be rejected.

    ``unknown`` is the share of answers that are not there.
    """
    rng = random.Random(seed)
    folder.mkdir(parents=True)
    items = [name for name in DOMAINS if versi == "final" or name not in ONLY_FINAL]
    domains = {name: tuple(DOMAINS[name]) for name in items}
    if versi == "draft":
        domains |= {name: tuple(DRAFT[name]) for name in ("r404", "r506")}
    of_family = [name for name in items if not name.startswith("r4")]
    of_person = [name for name in items if name.startswith("r4")]
    rt, art = [], []
    for village in villages:
        for number in range(1, families + 1):
            place = _place(rng, village)
            name = number - 1 if number in (2, 3) else number  # 1 and 2 share an id, and then 2 is nobody's
            family = [_answer(rng, item, domains[item], unknown) for item in of_family]
            rt.append([name, *place, rng.choice(SLS), *family])
            for _ in range(rng.choice((0, 1, 1, 2, 3, 4, 6))):
                person = [_answer(rng, item, domains[item], unknown) for item in of_person]
                art.append([name, *_place(rng, village), *person])
    art.append([10**6, *_place(rng, villages[0]), *(_answer(rng, item, domains[item], unknown) for item in of_person)])
    rng.shuffle(rt)
    rng.shuffle(art)
    places = ["r101", "r102", "r103", "r104"]
    _write(folder / "k_rt.csv", ["id", *places, "r105", *of_family], rt)
    _write(folder / "k_art.csv", ["id_rt", *places, *of_person], art)
    told = {"sumber": "regsosek", "instrumen": "REGSOSEK22-K", "versi": versi} | described
    (folder / "kiriman.yml").write_text(yaml.safe_dump(told), encoding="utf-8")


def write_edge_villages(folder: Path, *, alone: str, silent: str, alike: str, deserted: str, empty: str) -> None:
    """Write villages where something is all or nothing.

    Args:
        folder: the delivery.
        alone: has one family of one person.
        silent: nobody answered anything but who lives there.
        alike: every family and every person gives the same answers.
        deserted: of its families only one has a resident.
        empty: all families have residents, none was interviewed.
    """
    rng = random.Random(5)
    of_family = [name for name in DOMAINS if not name.startswith("r4")]
    of_person = [name for name in DOMAINS if name.startswith("r4")]
    domains = {name: tuple(DOMAINS[name]) for name in DOMAINS}
    same = {name: str(domains[name][len(domains[name]) // 2]) for name in DOMAINS}
    rt, art = [], []

    def add(village: str, number: int, family: dict[str, str], persons: list[dict[str, str]]) -> None:
        place = [village[:2], village[2:4], village[4:7], village[7:]]
        rt.append([number, *place, "000100", *(family[name] for name in of_family)])
        art.extend([number, *place, *(person[name] for name in of_person)] for person in persons)

    def random_answers() -> dict[str, str]:
        drawn = {name: _answer(rng, name, domains[name], 0.05) for name in DOMAINS}
        return drawn | {"r404": "1", "r205": "1"}

    nothing = dict.fromkeys(DOMAINS, "") | {"r404": "1"}
    add(alone, 1, random_answers(), [random_answers()])
    for number in range(1, 41):
        add(silent, number, nothing, [nothing, nothing])
        add(alike, number, same | {"r404": "1", "r205": "1"}, [same | {"r404": "1"}] * 3)
        lives = "1" if number == 1 else "2"
        add(deserted, number, random_answers(), [random_answers() | {"r404": lives} for _ in range(2)])
        add(empty, number, random_answers() | {"r205": "4"}, [random_answers()])
    folder.mkdir(parents=True)
    places = ["r101", "r102", "r103", "r104"]
    _write(folder / "k_rt.csv", ["id", *places, "r105", *of_family], rt)
    _write(folder / "k_art.csv", ["id_rt", *places, *of_person], art)
    (folder / "kiriman.yml").write_text(
        yaml.safe_dump({"sumber": "regsosek", "instrumen": "REGSOSEK22-K", "versi": "final"}), encoding="utf-8"
    )


def _place(rng: random.Random, village: str) -> list[str]:
    parts = [village[:2], village[2:4], village[4:7], village[7:]]
    return [str(int(part)) if rng.random() < 0.5 else part for part in parts]


def _answer(rng: random.Random, item: str, domain: tuple[int, ...], unknown: float) -> str:
    if item == "r404":  # without it the family would be rejected
        return str(rng.choice(domain)) if rng.random() < 0.3 else "1"
    if item == "r205":
        return rng.choice(("1", "1", "1", "1.0", "2", "", "3", "5"))
    if rng.random() < unknown:
        return rng.choice(("", " "))
    draw = rng.random()
    if draw < 0.02:
        return rng.choice(("x", "1.5", "-1", "98765", str(max(domain) + 1)))
    often = AGES if item == "r407" else LIKELY.get(item, domain)
    code = rng.choice(often if rng.random() < 0.85 else domain)
    return f"{code}.0" if draw < 0.06 else f" {code}" if draw < 0.09 else str(code)


def _write(path: Path, header: list[str], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *rows])
