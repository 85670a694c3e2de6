"""One CSV file into PostgreSQL by dlt; run by the environment that bench/requirements.txt describes.

Arguments: the file, and where to write how many seconds it took.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dlt  # type: ignore[import-not-found]  # in an environment of its own
import pyarrow as pa
import pyarrow.csv

source, answer = map(Path, sys.argv[1:])


def records() -> Iterator[pa.Table]:
    """The file in pieces, all cells as text."""
    with pyarrow.csv.open_csv(source) as sniffed:
        names = sniffed.schema.names
    as_text = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    with pyarrow.csv.open_csv(source, convert_options=as_text) as batches:
        for batch in batches:
            yield pa.Table.from_batches([batch])


pipeline = dlt.pipeline("regsosek", destination="postgres", dataset_name="dlt", pipelines_dir="pipelines")
began = time.perf_counter()
pipeline.run(records(), table_name="k_rt", write_disposition="replace", loader_file_format="csv").raise_on_failed_jobs()
answer.write_text(str(time.perf_counter() - began))
