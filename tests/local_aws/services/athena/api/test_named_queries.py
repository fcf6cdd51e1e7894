def test_a_named_query_is_kept_changed_and_deleted(cloud):
    query = {"Name": "n", "Database": "birds", "QueryString": "SELECT 1"}
    id_ = cloud.engine.create_named_query(query)["NamedQueryId"]
    cloud.engine.update_named_query({"NamedQueryId": id_, "Name": "m", "QueryString": "SELECT 2"})
    changed = cloud.engine.get_named_query({"NamedQueryId": id_})["NamedQuery"]
    assert (changed["Name"], changed["QueryString"]) == ("m", "SELECT 2")
    assert cloud.engine.list_named_queries({})["NamedQueryIds"] == [id_]
    cloud.engine.delete_named_query({"NamedQueryId": id_})
    assert cloud.engine.batch_get_named_query({"NamedQueryIds": [id_]})["NamedQueries"] == []
