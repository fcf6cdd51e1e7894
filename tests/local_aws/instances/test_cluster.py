"""A cluster is as good as new for the next job, but for its cache and its image's packages."""

import pytest

from local_aws.instances.cluster import CACHE, Cluster
from tests.local_aws.images.made import view

HOSTS = ["algo-1", "algo-2"]


@pytest.fixture(scope="module")
def views(tmp_path_factory):
    """Return the views of two images."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    return view(folders[0], "six"), view(folders[1], "idna")


@pytest.fixture
def cluster(tmp_path, views):
    made = Cluster(tmp_path / "cluster", HOSTS, views[0])
    for host in HOSTS:
        (made.folder / host / CACHE).mkdir(parents=True)
        (made.folder / host / CACHE / "kept").touch()
        (made.folder / host / "opt/ml/model").mkdir()
    return made


def installed(cluster) -> set[str]:
    return {path.name for folder in cluster._own for path in folder.iterdir()}


def test_a_renewed_disk_has_the_cache_of_the_last_job_and_no_more(cluster):
    assert cluster.renew()
    for host in HOSTS:
        files = [path for path in (cluster.folder / host).rglob("*") if not path.is_dir()]
        assert files == [cluster.folder / host / CACHE / "kept"]
        assert not (cluster.folder / host / "opt/ml/model").exists()


def test_what_a_job_installed_is_gone_for_the_next(cluster):
    before = installed(cluster)
    (site,) = cluster.venv.glob("lib/python*/site-packages")
    (site / "mine.py").touch()
    (site / "package").mkdir()
    (cluster.venv / "bin" / "tool").touch()
    assert len(installed(cluster)) == len(before) + 3
    cluster.renew()
    assert installed(cluster) == before


def test_another_image_has_another_python_and_the_same_one_stays(cluster, views):
    assert not cluster.change_image(views[0])
    assert cluster.change_image(views[1])
    assert (cluster.venv / "image").resolve() == views[1] and cluster.view == views[1]


def test_what_lay_in_its_folder_is_deleted_and_nothing_stays_after_its_end(tmp_path, views):
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "old").touch()
    cluster = Cluster(tmp_path / "cluster", HOSTS, views[0])
    assert not (tmp_path / "cluster" / "old").exists()
    cluster.end()
    assert not cluster.folder.exists()


def test_a_cluster_without_a_warm_python_is_always_sound(cluster):
    assert cluster.is_sound() and cluster.sweep()
