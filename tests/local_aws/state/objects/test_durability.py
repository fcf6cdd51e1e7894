"""After a server was killed, all acknowledged objects are there, and no other is damaged."""

import hashlib
import os
import random
import subprocess
import sys
import time

import pytest

from local_aws.state.objects.store import ObjectStore
from local_aws.state.objects.uploads import Uploads
from tests.local_aws.state.objects.folders import files
from tests.local_aws.state.objects.killed_server import GONE, KEYS, Client, Key, start

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
@pytest.mark.parametrize("kills", [int(os.environ.get("KILLS", 12))])
def test_mixed_work_of_three_clients_is_there_or_was_never_made_after_any_kill(tmp_path, kills):
    rng = random.Random(1)
    state = [{f"{number}{key}": Key() for key in KEYS} for number in range(3)]
    done = 0
    for kill in range(kills):
        process, url = start(tmp_path)
        clients = [Client(url, keys, 3 * kill + n) for n, keys in enumerate(state)]
        for client in clients:
            client.start()
        time.sleep(rng.uniform(0.05, 0.6))
        with process:
            process.kill()
        for client in clients:
            client.join(10)
            done += client.done
        store = ObjectStore(tmp_path / "s3")
        Uploads(store)
        held = {info.key: info for info in store.list("birds")}
        for keys in state:
            for name, key in keys.items():
                body = store.read("birds", name) if name in held else GONE
                assert body in key.allowed, f"{name} after kill {kill}"
                key.allowed = {body}
        assert held.keys() <= {name for keys in state for name in keys}
        assert store.adopt("birds") == [] and files(store.side / "drafts") == []
        rows = store.index.rows("SELECT file FROM parts")
        assert files(store.side / "uploads") == sorted(file for (file,) in rows)
        plain = [name for name, info in held.items() if info.path.is_relative_to(store.root)]
        assert files(store.root / "birds") == sorted(plain)
        assert len(files(store.side / "odd")) == len(held) - len(plain)
        store.close()
    assert done > kills
