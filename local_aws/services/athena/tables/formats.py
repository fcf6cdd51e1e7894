"""Table formats: the serdes that read and write each, and their names in Glue; reads nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.tables.read_columnar import parquet_bytes, read_orc, read_parquet
from local_aws.services.athena.tables.read_json import read_ion, read_json, read_openx
from local_aws.services.athena.tables.read_text import read_lazy_simple, read_open_csv
from local_aws.services.athena.tables.readers import Scan

TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
LAZY_SIMPLE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPENX = "org.openx.data.jsonserde.JsonSerDe"
HIVE_JSON = "org.apache.hive.hcatalog.data.JsonSerDe"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet."
_ORC = "org.apache.hadoop.hive.ql.io.orc."
_ION = "com.amazon.ionhiveserde."


@dataclass(frozen=True)
class Format:
    """A STORED AS format: its serde, input and output class in Glue."""

    serde: str
    input: str
    output: str


FORMATS = {
    "TEXTFILE": Format(LAZY_SIMPLE, TEXT_INPUT, TEXT_OUTPUT),
    "JSON": Format(OPENX, TEXT_INPUT, TEXT_OUTPUT),
    "PARQUET": Format(
        _PARQUET + "serde.ParquetHiveSerDe",
        _PARQUET + "MapredParquetInputFormat",
        _PARQUET + "MapredParquetOutputFormat",
    ),
    "ORC": Format(_ORC + "OrcSerde", _ORC + "OrcInputFormat", _ORC + "OrcOutputFormat"),
    "ION": Format(
        _ION + "IonHiveSerDe", _ION + "formats.IonInputFormat", _ION + "formats.IonOutputFormat"
    ),
}
READERS: dict[str, Callable[[Scan], None]] = {
    LAZY_SIMPLE: read_lazy_simple,
    OPENX: read_openx,
    HIVE_JSON: read_json,
    "org.apache.hadoop.hive.serde2.JsonSerDe": read_json,
    "com.amazon.emr.hive.serde.s3.JsonSerDe": read_json,
    FORMATS["ION"].serde: read_ion,
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": read_open_csv,
    FORMATS["PARQUET"].serde: read_parquet,
    FORMATS["ORC"].serde: read_orc,
}
WRITTEN = {
    FORMATS["PARQUET"].serde: "PARQUET",
    FORMATS["ORC"].serde: "ORC",
    OPENX: "JSON",
    HIVE_JSON: "JSON",
    LAZY_SIMPLE: "TEXTFILE",
}


def reader_of(serde: str) -> Callable[[Scan], None]:
    """Return the reader of a serde.

    Raises:
        QueryFailed: the serde is not supported.
    """
    if serde not in READERS:
        raise QueryFailed("NOT_SUPPORTED", f"Unsupported Hive SerDe: {serde}")
    return READERS[serde]


def scanned_bytes(serde: str, scan: Scan) -> int:
    """Return DataScannedInBytes of one scan: whole text files, used columns of Parquet."""
    if serde == FORMATS["PARQUET"].serde:
        return parquet_bytes(scan)
    return sum(file.size for file in scan.files)
