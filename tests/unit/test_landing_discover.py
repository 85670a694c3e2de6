"""Which folders of a landing hold a delivery, and what tells two contents apart."""

from __future__ import annotations

import os
import pickle
import time
from pathlib import Path

import fsspec
import pytest

from regsosek.landing.discover import Found, Waiting, discover
from regsosek.landing.refusal import DeliveryChanged, refusal
from regsosek.settings import Settings


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder


def put(folder: Path, *names: str, content: str = "id\n", age: float = 3600) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(content)
        os.utime(folder / name, (time.time() - age,) * 2)


def look(landing: object, settle: int = 60) -> tuple[list[Found], list[Waiting]]:
    return discover(Settings(settle_seconds=settle), landing)


def test_deliveries_at_any_depth_in_any_case(landing: Path) -> None:
    put(landing / "b", "K_RT.CSV", "k_art.xlsx", "Kiriman.YAML")
    put(landing / "2022" / "a", "k_rt.csv", "k_art.csv")
    put(landing, "k_rt.csv", "k_art.csv")
    put(landing / "dokumen", "surat.pdf")
    put(landing / ".tersembunyi", "k_rt.csv", "k_art.csv")
    found, waiting = look(landing)
    assert [each.folder for each in found] == [".", "2022/a", "b"]
    assert {file.nama: file.bagian for file in found[2].files} == {
        "K_RT.CSV": "k_rt",
        "k_art.xlsx": "k_art",
        "Kiriman.YAML": "kiriman",
    }
    assert waiting == []


def test_the_checksum_is_of_names_and_contents_and_of_nothing_else(landing: Path) -> None:
    put(landing / "a", "k_rt.csv", "k_art.csv", "catatan.txt")
    first = look(landing)[0][0]
    put(landing / "a", "k_rt.csv", age=7200)
    put(landing / "a", ".DS_Store", "Thumbs.db", "desktop.ini")
    assert look(landing)[0] == [first]
    (landing / "a").rename(landing / "b")
    assert look(landing)[0][0].sidik == first.sidik
    put(landing / "b", "catatan.txt", content="lain")
    changed = look(landing)[0][0].sidik
    (landing / "b" / "catatan.txt").rename(landing / "b" / "catatan2.txt")
    assert len({first.sidik, changed, look(landing)[0][0].sidik}) == 3


@pytest.mark.parametrize(
    ("names", "age", "words"),
    [
        (["k_rt.csv", "k_art.csv"], 5, "baru saja"),
        (["k_rt.csv", "k_art.csv"], -7200, "masa depan"),
        (["k_rt.csv"], 3600, "k_art"),
        (["k_art.csv", "kiriman.yml"], 3600, "k_rt"),
        (["k_rt.csv", "k_rt.xlsx", "k_art.csv"], 3600, "lebih dari satu"),
        (["k_rt.csv", "k_art.csv", "kiriman.yml", "kiriman.yaml"], 3600, "lebih dari satu"),
        (["k_rt.csv", "k_art.csv", "k_art.csv.part"], 3600, "sementara"),
        (["k_rt.csv", "k_art.csv", "x.TMP"], 3600, "sementara"),
        (["k_rt.csv", "k_art.csv", "~$k_rt.xlsx"], 3600, "sementara"),
        (["k_rt.csv", "k_art.csv", ".~lock.k_rt.csv#"], 3600, "sementara"),
    ],
)
def test_a_folder_that_is_not_ready_is_said(landing: Path, names: list[str], age: float, words: str) -> None:
    put(landing / "a", *names, age=age)
    found, waiting = look(landing)
    assert found == []
    assert [each.folder for each in waiting] == ["a"]
    assert words in waiting[0].reason


def test_one_young_file_holds_the_folder_back(landing: Path) -> None:
    put(landing / "a", "k_rt.csv", "k_art.csv")
    put(landing / "a", "catatan.txt", age=1)
    assert len(look(landing)[1]) == 1
    assert len(look(landing, settle=0)[0]) == 1


@pytest.mark.parametrize("form", [str, Path, "file://{}".format])
def test_a_landing_by_path_or_url(landing: Path, form: type) -> None:
    put(landing / "a", "k_rt.csv", "k_art.csv")
    assert [each.folder for each in look(form(landing))[0]] == ["a"]


def test_a_landing_on_another_file_system() -> None:
    fs = fsspec.filesystem("memory")
    for name in ("k_rt.csv", "k_art.csv"):
        fs.pipe(f"/kabupaten/masuk/a/{name}", b"id\n")
    try:
        found, _ = look("memory://kabupaten/masuk", settle=0)
        assert [(each.folder, each.url) for each in found] == [("a", "memory:///kabupaten/masuk/a")]
        assert found[0].files[0].ukuran_bita == 3
        assert look("memory://kabupaten/masuk")[1][0].folder == "a"  # just written
    finally:
        fs.rm("/kabupaten", recursive=True)


def test_a_path_object_that_brings_its_file_system(landing: Path) -> None:
    from airflow.sdk import ObjectStoragePath  # noqa: PLC0415 - slow to import

    put(landing / "a", "k_rt.csv", "k_art.csv")
    assert [each.folder for each in look(ObjectStoragePath(f"file://{landing}"))[0]] == ["a"]


def test_a_landing_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="LANDING_URL"):
        look(tmp_path / "tidak-ada")


def test_what_is_found_travels_between_tasks(landing: Path) -> None:
    put(landing / "a", "k_rt.csv", "k_art.csv")
    found = look(landing)[0][0]
    assert Found.model_validate(found.model_dump(mode="json")) == found
    refused = refusal("versi_ambigu", "kiriman", "Pesan.", baris=3)
    assert str(pickle.loads(pickle.dumps(refused))) == str(refused) == "Pesan. " + refused.tindakan
    assert "k_rt.csv" in str(pickle.loads(pickle.dumps(DeliveryChanged("k_rt.csv"))))
