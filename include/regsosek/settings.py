"""Every setting of an installation, read from the environment once.

Names are ``REGSOSEK_<FIELD>``, except ``LANDING_URL`` and the warehouse connection, which is the Airflow
connection ``regsosek`` (``AIRFLOW_CONN_REGSOSEK``): dbt, Great Expectations, the CLI and the tests derive theirs
from it.
"""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parents[2]
"""The checkout: dags/, dbt_project/, expectations/ and include/ lie here."""

CONNECTION_ID = "regsosek"
TIMEZONE = ZoneInfo("Asia/Jakarta")


class Settings(BaseSettings):
    """Settings with their defaults; limits are those of docs/rules.md."""

    model_config = SettingsConfigDict(env_prefix="REGSOSEK_", extra="ignore", populate_by_name=True)

    home: Path = Field(PROJECT / ".regsosek", description="data, logs and artefacts of a local installation")
    landing_url: str = Field("", validation_alias="LANDING_URL", description="fsspec path of the landing")
    warehouse_url: str = Field("", validation_alias="AIRFLOW_CONN_REGSOSEK", description="libpq URL of the warehouse")
    reader_address: str = Field(
        "", description="host:port at which readers reach the warehouse, where it is not the pipeline's own"
    )
    notify_url: str = Field("", description="Apprise URL that a failed refresh is reported to; empty: nobody")
    secret_file: Path | None = Field(
        None, description="key of the pseudonyms, mode 0600; default under XDG_CONFIG_HOME"
    )

    profile_folder: Path | None = Field(None, description="where profiles go; default: profil in the home folder")
    emblem_folder: Path | None = Field(
        None, description="emblems of villages, <BPS code>.png, .jpg or .svg; default: lambang in the home folder"
    )
    village_polygons: Path | None = Field(
        None, description="GeoJSON of the boundaries of villages, for the map of the dashboards; without one: points"
    )
    backup_folder: Path | None = Field(None, description="where backups go; default: cadangan in the home folder")

    missed_hours: int = Field(26, description="hours without a refresh that are worth a notice; 0: never")
    delivery_days: int = Field(90, description="days without a delivery that are worth a notice; 0: never")
    backup_days: int = Field(7, description="days without a backup that are worth a notice; 0: never")
    disk_free_gb: float = Field(5, description="free space that is worth a notice when there is less, in GB")

    batches: int = Field(8, description="mapped batches of deliveries in one refresh")
    settle_seconds: int = Field(60, description="a folder younger than this is still being written")
    xlsx_max_cells: int = Field(20_000_000, description="cells one workbook may hold")
    xlsx_memory_mb: int = Field(512, description="memory of the child that reads a workbook")

    keep_releases: int = Field(10, description="releases one can go back to: their deliveries are kept")
    keep_days: int = Field(365, description="days any delivery stays in raw and registri")
    keep_log_days: int = Field(90, description="days of task logs and gate pages")
    keep_workbook_days: int = Field(30, description="days of workbooks of corrections, which name persons")

    reject_families: int = Field(5, description="families of a village that may be rejected in any case")
    reject_share: float = Field(0.02, description="share of a village's families that may be rejected")
    max_decline: float = Field(0.20, description="loss of families against the last release that refuses a village")
    family_change: float = Field(0.10, description="change of families since the last release that is worth a warning")
    unknown_share: float = Field(0.20, description="share of unknown answers in a village that is worth a warning")
    age_heaping_share: float = Field(0.35, description="share of ages ending in 0 or 5 that is worth a warning")
    all_no_share: float = Field(0.50, description="share of families without any asset that is worth a warning")
    trailing_zero_share: float = Field(0.15, description="share of NIK or KK ending in 0 that is worth a warning")
    batch_rule_families: int = Field(30, description="families (or persons) a village needs before shares are judged")

    @property
    def landing(self) -> str:
        """Where deliveries lie; the sample's folder when LANDING_URL is not set."""
        return self.landing_url or str(self.home / "landing")

    @property
    def artefacts(self) -> Path:
        """Gate pages, dbt targets and reports."""
        return self.home / "artefacts"

    @property
    def corrections(self) -> Path:
        """Where workbooks of corrections go; they hold names and numbers of persons."""
        return self.home / "perbaikan"

    @property
    def profiles(self) -> Path:
        """Where profiles go."""
        return self.profile_folder or self.home / "profil"

    @property
    def backups(self) -> Path:
        """Where backups go."""
        return self.backup_folder or self.home / "cadangan"

    @property
    def emblems(self) -> Path:
        """Where emblems of villages are looked for."""
        return self.emblem_folder or self.home / "lambang"
