"""After a server was killed, all acknowledged objects are there, and no other is damaged."""

import hashlib
import subprocess
import sys

import pytest

from local_aws.state.objects.store import ObjectStore
from tests.local_aws.state.objects.killed_server import survive

WRITER = """
import sys
from pathlib import Path
from local_aws.state.objects.store import ObjectStore

store = ObjectStore(Path(sys.argv[1]))
store.create_bucket("birds")
for n in range(1_000_000):
    key, body = f"{n % 50}/{n % 7}", str(n).encode() * 1000
    print(key, store.put("birds", key, body, metadata={"n": str(n)}).etag, n, flush=True)
"""


def test_all_that_was_acknowledged_survives_kill_9(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path / "s3")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        lines = [writer.stdout.readline().split() for _ in range(400)]
        writer.kill()
        lines += [line.split() for line in writer.stdout.read().splitlines()]
    acknowledged = {line[0]: int(line[2]) for line in lines if len(line) == 3}
    store = ObjectStore(tmp_path / "s3")
    assert list((store.side / "drafts").iterdir()) == []
    newer = 0
    for key, n in acknowledged.items():
        info = store.info("birds", key)
        body = store.read("birds", key)
        assert hashlib.md5(body).hexdigest() == info.etag
        newer += body != str(n).encode() * 1000
        assert body != str(n).encode() * 1000 or info.metadata == {"n": str(n)}
    assert newer <= 1  # the one write that was under way, whole or not at all
    store.close()


@pytest.mark.slow
def test_mixed_work_of_three_clients_is_there_or_was_never_made_after_any_kill(tmp_path):
    kills = 12
    assert survive(tmp_path, kills) > kills
