"""Hive's CREATE and ALTER TABLE are read into the pieces of a Glue table."""

import pytest

from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.sql.token_stream import TokenStream
from local_aws.services.athena.statements import hive_ddl
from local_aws.services.athena.tables.formats import FORMATS


def created(text: str) -> dict:
    return hive_ddl.create_table(TokenStream(f"(a int) {text}", hive=True))


def test_columns_have_names_types_and_comments():
    tokens = TokenStream("(Id string COMMENT 'the id', `b c` MAP<string, INTEGER>)")
    assert hive_ddl.read_columns(tokens) == [
        {"Name": "id", "Type": "string", "Comment": "the id"},
        {"Name": "b c", "Type": "map<string,int>"},
    ]


@pytest.mark.parametrize(
    "text, name, value",
    [
        ("LOCATION 's3://b/'", "location", "s3://b/"),
        ("COMMENT 'x'", "comment", "x"),
        ("PARTITIONED BY (y int)", "keys", [{"Name": "y", "Type": "int"}]),
        ("CLUSTERED BY (a) SORTED BY (a) INTO 4 BUCKETS", "buckets", (["a"], 4)),
        ("TBLPROPERTIES ('n' = 1, 'k' = 'v')", "properties", {"n": "1", "k": "v"}),
        ("STORED AS ORC", "format", FORMATS["ORC"]),
        ("WITH SERDEPROPERTIES ('k' = 'v')", "serde", {"k": "v"}),
        (
            r"""WITH SERDEPROPERTIES ('a' = '\t\001\u00e9', "b" = "\"", 'c' = '\\')""",
            "serde",
            {"a": "\t\x01é", "b": '"', "c": "\\"},
        ),
        (r"TBLPROPERTIES ('k' = 'it\'s')", "properties", {"k": "it's"}),
        (r"COMMENT 'a\nb'", "comment", "a\nb"),
        (r"LOCATION 's3://b/it\'s/'", "location", "s3://b/it's/"),
        (
            "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' "
            "COLLECTION ITEMS TERMINATED BY ','",
            "serde",
            {"field.delim": "\t", "escape.delim": "\\", "collection.delim": ","},
        ),
    ],
)
def test_a_clause_becomes_its_piece(text, name, value):
    assert created(text)[name] == value


def test_a_serde_of_ones_own_stays_whatever_the_format_is():
    made = created("ROW FORMAT SERDE 'my.Serde' STORED AS PARQUET")["format"]
    assert (made.serde, made.input) == ("my.Serde", FORMATS["PARQUET"].input)


@pytest.mark.parametrize(
    "text, words",
    [
        ("STORED AS FLOPPY", "Unrecognized file format: 'FLOPPY'"),
        ("LOCATED 's3://b/'", "mismatched input 'LOCATED'"),
        ("PARTITIONED BY (y int, y int)", "Duplicate column name: y"),
        ("PARTITIONED BY (y number)", "type expected but 'number' is found"),
    ],
)
def test_a_clause_that_hive_has_not_is_refused(text, words):
    with pytest.raises(MalformedQuery) as refused:
        created(text)
    assert words in refused.value.reason


@pytest.mark.parametrize(
    "text, action, piece",
    [
        ("ADD COLUMNS (b int)", "add_columns", {"columns": [{"Name": "b", "Type": "int"}]}),
        ("REPLACE COLUMNS (b int)", "replace_columns", {"columns": [{"Name": "b", "Type": "int"}]}),
        ("SET LOCATION 's3://b/'", "set_location", {"location": "s3://b/"}),
        ("PARTITION (`date` = '1') SET LOCATION 's3://b/'", "set_partition_location",
         {"spec": {"values": {"date": "1"}, "location": None}, "location": "s3://b/"}),
        ("PARTITION (y = 1) RENAME TO PARTITION (y = 2)", "rename_partition",
         {"spec": {"values": {"y": "1"}, "location": None},
          "new": {"values": {"y": "2"}, "location": None}}),
        ("SET TBLPROPERTIES ('k' = 'v')", "set_properties", {"properties": {"k": "v"}}),
        ("CHANGE COLUMN a b int", "change_column",
         {"old": "a", "column": {"Name": "b", "Type": "int"}}),
        ("DROP IF EXISTS PARTITION (y = 2024)", "drop_partitions",
         {"exists": True, "specs": [{"values": {"y": "2024"}, "location": None}]}),
        ("ADD PARTITION (y = '1') LOCATION 's3://b/1/' PARTITION (y = '2')", "add_partitions",
         {"exists": False, "specs": [{"values": {"y": "1"}, "location": "s3://b/1/"},
                                     {"values": {"y": "2"}, "location": None}]}),
    ],
)  # fmt: skip
def test_an_alteration_is_its_action_and_its_pieces(text, action, piece):
    assert hive_ddl.alter_table(TokenStream(text)) == {"action": action, **piece}
