"""Small raw metadata of both data sets, for the statements of the notebooks."""

import json

from helpers.datasets.birds import metadata as birds_metadata


def _bird(id, label, author, rating, position, others, day, at, seconds=9.5):
    cells = {"primary_label": label, "author": author, "rating": rating, "type": "['song']"}
    cells |= {"latitude": position[0], "longitude": position[1], "secondary_labels": others}
    cells |= {"common_name": f"The {label}", "filename": f"{label}/{id}.ogg"}
    return birds_metadata.to_json(id, cells, recorded_on=day, recorded_at=at, seconds=seconds)


def _item(asin, quantity, height, weight, name="a thing"):
    sides = {
        side: {"unit": "IN", "value": value}
        for side, value in (("height", height), ("length", 7.5), ("width", 3.0))
    }
    heavy = None if weight is None else {"unit": "pounds", "value": weight}
    names = {"asin": asin, "name": name, "normalizedName": name, "quantity": quantity}
    return names | sides | {"weight": heavy}


def _bin(*items):
    data = {item["asin"]: item for item in items}
    total = sum(item["quantity"] for item in items)
    return json.dumps({"BIN_FCSKU_DATA": data, "EXPECTED_QUANTITY": total}, indent=4).encode()


_HERE, _NOWHERE = ("48.2", "21.7"), ("", "")
ROWS = {
    "birds": {
        "a1": _bird("a1", "wren", "Ann", "4.5", _HERE, "['owl', 'robin']", "2021-05-14", "05:10"),
        "a2": _bird("a2", "wren", "Ben", "0.0", _NOWHERE, "[]", "2021-05-14", "05:10"),
        "a3": _bird("a3", "wren", "ANN", "2.5", _HERE, "[]", "2020-12-31", None, 7.25),
        "b1": _bird("b1", "owl", "Ça", "", ("-33.9", "151.2"), "['']", "2022-07-01", "23:59"),
        "b2": _bird("b2", "owl", "Ann", "5.0", _HERE, "['wren']", None, "00:00", None),
        "b3": _bird("b3", "owl", "Ann", "5.0", _HERE, "[]", None, None, None),
    },
    "bins": {
        "00001": _bin(_item("A", 2, 4.5, 1.25), _item("B", 1, 0.5, None)),
        "00002": _bin(_item("A", 2, 4.5, 1.25), _item("B", 1, 0.5, None)),
        "00003": _bin(_item("C", 1, 120.25, 30.5, "")),
        "00004": _bin(),
        "00005": _bin(_item("A", 6, 4.5, 1.25)),
        "00006": _bin(_item("B", 3, 0.5, None)),
    },
}
"""Metadata files by id: missing places, an empty bin, one of no class, copies under other names."""
