from tests.local_aws.services.athena.sample_tables import OPENX, lay_down


def test_bytes_scanned_are_the_files_read(lake):
    sizes = sum(info.size for info in lake.store.list("lake", "recordings/"))
    body = lake.finished(lake.start("SELECT count(*) FROM recordings"))
    assert body["Statistics"]["DataScannedInBytes"] == sizes


def test_bytes_scanned_of_parquet_are_those_of_the_columns_read(lake):
    lake.run("CREATE TABLE columnar AS SELECT id, label, seconds FROM recordings")
    one, two = (
        lake.finished(lake.start(f"SELECT {columns} FROM columnar"))["Statistics"]
        for columns in ("seconds", "seconds, label")
    )
    assert 0 < one["DataScannedInBytes"] < two["DataScannedInBytes"]


def test_bytes_scanned_of_a_partitioned_table_are_those_of_the_partitions_left(cloud):
    lay_down(cloud.store)
    cloud.run(
        "CREATE EXTERNAL TABLE parts (id int) PARTITIONED BY (year int, site string) "
        f"{OPENX} LOCATION 's3://lake/parts/'"
    )
    cloud.run("MSCK REPAIR TABLE parts")
    body = cloud.finished(cloud.start("SELECT id FROM parts WHERE year = 2024"))
    size = cloud.store.info("lake", "parts/year=2024/site=marsh/a.json").size
    assert body["Statistics"]["DataScannedInBytes"] == size
