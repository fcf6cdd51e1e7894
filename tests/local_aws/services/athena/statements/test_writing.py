def test_ctas_with_21_buckets_writes_exactly_21_files(lake):
    lake.run(
        "CREATE TABLE t WITH (format = 'PARQUET', parquet_compression = 'SNAPPY', "
        "bucketed_by = ARRAY['id'], bucket_count = 21) AS SELECT * FROM recordings"
    )
    location = lake.catalog.get_table({"DatabaseName": "birds", "Name": "t"})["Table"][
        "StorageDescriptor"
    ]["Location"]
    assert len(list(lake.store.list("lake", location.removeprefix("s3://lake/")))) == 21
    assert lake.rows("SELECT count(*) FROM t") == [(5,)]


def test_a_write_lists_its_files_in_a_manifest(lake):
    id_ = lake.start("UNLOAD (SELECT id FROM recordings) TO 's3://lake/out/' WITH (format='JSON')")
    manifest = lake.finished(id_)["Statistics"]["DataManifestLocation"]
    files = lake.store.read("lake", manifest.removeprefix("s3://lake/")).decode().split()
    assert files == [f"s3://lake/{info.key}" for info in lake.store.list("lake", "out/")]


def test_no_rows_make_no_file(lake):
    nothing = "SELECT id FROM recordings WHERE id = 'none'"
    lake.run(f"UNLOAD ({nothing}) TO 's3://lake/out/' WITH (format='PARQUET')")
    lake.run(f"CREATE TABLE nobody WITH (external_location='s3://lake/nobody/') AS {nothing}")
    assert [*lake.store.list("lake", "out/"), *lake.store.list("lake", "nobody/")] == []
    assert lake.rows("SELECT count(*) FROM nobody") == [(0,)]
