"""What `make aws` prints for a shell."""

import subprocess

from tools.aws import lines


def test_a_shell_reads_back_exactly_what_was_meant():
    given = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_CONFIG_FILE": "/a b/$c'd"}
    script = "\n".join([*lines(given), 'echo "$AWS_PROFILE|$AWS_CONFIG_FILE"'])
    done = subprocess.run(
        ["sh", "-c", script], env={"AWS_PROFILE": "mine"}, capture_output=True, text=True
    )
    assert done.stdout == "|/a b/$c'd\n"
