"""The files of the tables in the SQL cases, in a user's layout."""

import json

RECORDINGS = [
    {"Id": "XC1", "label": "robin", "recordist": "Ann", "rating": 4.5, "seconds": 12,
     "lat": 51.5, "lon": -0.12, "recorded": "2021-05-01", "secondary": ["wren"],
     "tags": {"type": "song", "sex": "male"}},
    {"Id": "XC2", "label": "robin", "recordist": "Ben", "rating": 3.0, "seconds": 30,
     "lat": 48.85, "lon": 2.35, "recorded": "2021-05-03", "secondary": [],
     "tags": {"type": "call"}},
    {"Id": "XC3", "label": "wren", "recordist": "Ann", "rating": 5.0, "seconds": 7,
     "lat": None, "lon": None, "recorded": "2020-12-31", "secondary": ["robin", "owl"],
     "tags": {}},
    {"Id": "XC4", "label": "owl", "recordist": "Cy", "rating": None, "seconds": 60,
     "lat": 40.71, "lon": -74.0, "recorded": "2022-02-28", "tags": {"type": "song"}},
    {"Id": "XC5", "label": "wren", "recordist": "Ben", "rating": 2.5, "seconds": 18,
     "lat": -33.87, "lon": 151.2, "recorded": "2021-11-11", "secondary": ["robin"]},
]  # fmt: skip
BINS = {
    "00001": {"A": (4.5, 3, "IN"), "B": (120.25, 1, "IN")},
    "00002": {"C": (7.0, 2, "IN")},
    "00003": {},
}
OPENX = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
TABLES = """
CREATE EXTERNAL TABLE recordings (id string, label string, recordist string, rating double,
  seconds int, lat double, lon double, recorded date, secondary array<string>,
  tags map<string,string>)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://lake/recordings/';

CREATE EXTERNAL TABLE bins (bin_fcsku_data map<string,struct<asin:string,quantity:int,
  height:struct<unit:string,value:decimal(20,14)>>>, expected_quantity int)
STORED AS ION LOCATION 's3://lake/bins/';

CREATE EXTERNAL TABLE species (label string, name string, family string, weight string)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES ('separatorChar'=',', 'quoteChar'='"')
LOCATION 's3://lake/species/' TBLPROPERTIES ('skip.header.line.count'='1');

CREATE EXTERNAL TABLE visits (day date, site string, birds int, tags array<string>,
  counts map<string,int>)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' COLLECTION ITEMS TERMINATED BY ','
MAP KEYS TERMINATED BY ':' LOCATION 's3://lake/visits/';

CREATE EXTERNAL TABLE parts (id int, note string) PARTITIONED BY (year int, site string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://lake/parts/';

MSCK REPAIR TABLE parts;

CREATE EXTERNAL TABLE projected (id int) PARTITIONED BY (day string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://lake/projected/'
TBLPROPERTIES ('projection.enabled'='true', 'projection.day.type'='date',
  'projection.day.format'='yyyy-MM-dd', 'projection.day.range'='2024-01-01,2024-01-05');

CREATE EXTERNAL TABLE broken (id int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://lake/broken/';

CREATE EXTERNAL TABLE lenient (id int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json'='true') LOCATION 's3://lake/broken/';

CREATE EXTERNAL TABLE wrong (n int) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
LOCATION 's3://lake/wrong/';

CREATE EXTERNAL TABLE misfit (n int, s string, l array<int>)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://lake/misfit/';

CREATE EXTERNAL TABLE mixed (some_name string, n double)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('mapping.some_name'='Some Name') LOCATION 's3://lake/mixed/';

CREATE EXTERNAL TABLE nothing (a int, b string) LOCATION 's3://lake/nothing/';

CREATE TABLE columnar WITH (format='PARQUET', write_compression='SNAPPY') AS
SELECT id, label, seconds, secondary, tags FROM recordings;

CREATE TABLE orcs WITH (format='ORC', partitioned_by=ARRAY['label']) AS
SELECT id, seconds, label FROM recordings;

CREATE VIEW loud AS SELECT label, count(*) AS n FROM recordings GROUP BY label;
"""


def lay_down(store) -> None:
    """Write the files."""
    for record in RECORDINGS:
        body = json.dumps(record).encode()
        store.put("lake", f"recordings/{record['Id']}.json", body + b"\n")
    for id_, items in BINS.items():
        data = {
            asin: {"asin": asin, "quantity": count, "height": {"unit": unit, "value": height}}
            for asin, (height, count, unit) in items.items()
        }
        total = sum(count for _, count, _ in items.values())
        body = {"BIN_FCSKU_DATA": data, "EXPECTED_QUANTITY": total}
        store.put("lake", f"bins/{id_}.json", json.dumps(body, indent=4).encode())
    store.put(
        "lake",
        "species/species.csv",
        b'label,name,family,weight\nrobin,"European Robin",Muscicapidae,18.2\n'
        b'wren,"Wren, Eurasian",Troglodytidae,9.1\nowl,"The ""Tawny"" Owl",Strigidae,\n',
    )
    store.put(
        "lake",
        "visits/a.txt",
        b"2024-01-01|marsh|12|wet,cold|duck:3,coot:9\n2024-01-02|wood|x||owl:1\n\\N|wood|4|dry|\n",
    )
    for year, site, id_ in ((2023, "marsh", 1), (2023, "wood", 2), (2024, "marsh", 3)):
        body = json.dumps({"id": id_, "note": f"n{id_}"}).encode()
        store.put("lake", f"parts/year={year}/site={site}/a.json", body)
    for day in (1, 3):
        store.put("lake", f"projected/day=2024-01-0{day}/a.json", b'{"id": %d}' % day)
    store.put("lake", "broken/a.json", b'{"id": 1}\n{"id": \n')
    store.put("lake", "misfit/a.json", b'{"n": 1, "s": {"a": 1}}\n{"n": "many", "s": 2}\n')
    store.put(
        "lake",
        "mixed/a.json",
        b'{"Some Name": "x", "N": 1}\n\n{"some name": "y", "n": "2.5"}\n{"n": null}\n',
    )
    store.put("lake", "wrong/a.csv", b"1\ntwo\n")
