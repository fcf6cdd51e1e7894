"""A plan's seconds and dollars are the sums that one makes by hand."""

import pytest

from helpers.planning.plan import TOO_LARGE, Workload, plan, read_rate, small_files
from helpers.planning.stores import MODES, OURS

WORK = Workload(samples_per_second=100, sample_kb=100, epochs=2, instances=2)


def rows(sizes=(1000,), work=WORK):
    return plan(sizes, work).table.set_index("mode")


def test_the_sums_by_hand():
    row = rows().loc["our stream"]
    hours = 1e7 / 200 * 2 / 3600  # samples, samples/s, epochs
    assert row["hours"] == pytest.approx(hours, rel=1e-3)
    assert row["instances $"] == pytest.approx(hours * 2 * 0.736, rel=1e-3)
    assert row["storage $"] == pytest.approx(23)
    assert row["requests $"] == pytest.approx(2 * 125_000 * 0.4e-6)  # in pieces of 8 MB
    assert row["all $"] == row[["instances $", "storage $", "requests $"]].sum()


def test_file_mode_waits_for_the_last_byte_and_pays_for_a_volume():
    table = rows()
    assert table.loc["File", "GB on disk"] == 1000 and table.loc["FastFile", "GB on disk"] == 0
    assert (
        table.loc["File", "to first batch s"] > 1000 * table.loc["our stream"]["to first batch s"]
    )
    assert table.loc["File", "storage $"] > table.loc["FastFile", "storage $"]


def test_what_no_volume_holds_has_no_price():
    row = rows((30_000,)).loc["File"]
    assert row["note"] == TOO_LARGE and row[["hours", "all $"]].isna().all()


def test_small_files_wait_for_requests():
    files, shards = (each((1000,), WORK).table.set_index("mode") for each in (small_files, plan))
    assert files.loc["WebDataset", "requests $"] > 100 * shards.loc["WebDataset", "requests $"]
    slow = Workload(samples_per_second=2000, sample_kb=60)
    waits = [
        each((1000,), slow).table.set_index("mode").loc["FastFile", "share waiting"]
        for each in (small_files, plan)
    ]
    assert waits[0] > 0.5 > waits[1]


def test_an_instance_reads_no_faster_than_its_network():
    fast = Workload(instance_type="ml.g5.xlarge")
    assert read_rate(OURS, fast, 1000) == pytest.approx(2.5 * 125)


def test_lustre_is_shared_by_the_instances():
    lustre = next(mode for mode in MODES if mode.name == "FSx for Lustre")
    assert read_rate(lustre, Workload(instances=2), 10) == pytest.approx(1200 * 0.2 / 2)


def test_modes_that_do_not_wait_pay_the_same_for_instances():
    table = plan((10, 1000)).table
    idle = table[(table["share waiting"] < 1e-9) & (table["mode"] != "File")]
    assert len(idle) == 16
    for _, group in idle.groupby("GB"):
        assert group["instances $"].max() < 1.001 * group["instances $"].min()


def test_twice_the_epochs_cost_no_more_storage():
    one, two = (rows(work=Workload(epochs=epochs)).loc["EFS"] for epochs in (1, 2))
    assert two["storage $"] == one["storage $"]
    assert two["requests $"] == pytest.approx(2 * one["requests $"])


@pytest.mark.parametrize(
    "sizes, work, words",
    [
        ((0,), Workload(), "above 0"),
        ((1,), Workload(samples_per_second=0), "above 0"),
        ((1,), Workload(instance_type="ml.m5.large"), "no network or price"),
        ((1,), Workload(instance_type="ml.p3dn.24xlarge"), "no network or price"),
    ],
)
def test_what_can_not_be_planned_is_refused(sizes, work, words):
    with pytest.raises(ValueError, match=words):
        plan(sizes, work)
