def test_the_result_file_has_quoted_values_and_bare_nulls(lake):
    id_ = lake.start("SELECT 'a,\"b\"' AS x, CAST(NULL AS integer) AS y, '' AS z")
    lake.finished(id_)
    written = lake.store.read("lake", f"results/{id_}.csv")
    assert written == b'"x","y","z"\n"a,""b""",,""\n'
    assert lake.store.info("lake", f"results/{id_}.csv.metadata").size


def test_pages_follow_one_another_without_loss(lake):
    id_ = lake.start("SELECT x, 'a\nb' AS y FROM UNNEST(sequence(1, 25)) t (x)")
    lake.finished(id_)
    seen, token = [], {}
    while True:
        page = lake.results(id_, MaxResults=10, **token)
        seen += [row["Data"][0]["VarCharValue"] for row in page["ResultSet"]["Rows"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert seen == ["x", *(str(n) for n in range(1, 26))]
