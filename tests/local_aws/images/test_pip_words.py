"""`pip install` in a Dockerfile gets what this machine has in that version; all else is refused."""

import pytest

from local_aws.images import installed
from local_aws.images.pip_words import install

SIX = installed.environment().found["six"].version
FILES = {
    "a.txt": f"# ours\n-i https://example.com/simple\n-r b.txt\nsix=={SIX}  # small\n",
    "b.txt": 'idna; python_version > "3"\nno-such-package; python_version < "3"\n',
    "bad.txt": "-e ./here\n",
}


def installs(words):
    return [str(line) for line in install(words.split(), FILES.__getitem__)]


@pytest.mark.parametrize(
    "words, lines",
    [
        (f"pip install six=={SIX}", [f"six=={SIX}"]),
        ("pip3 install -q --no-cache-dir six idna", ["six", "idna"]),
        ("python3 -m pip install --index-url https://example.com six", ["six"]),
        ("pip install --no-deps requests", ["requests"]),
        ("pip install -r a.txt", ['idna; python_version > "3"', f"six=={SIX}"]),
        ("pip install --requirement=b.txt", ['idna; python_version > "3"']),
    ],
)
def test_what_this_machine_has_is_installed(words, lines):
    assert installs(words) == lines


@pytest.mark.parametrize(
    "words, why",
    [
        ("pip install six==0.0.1", f"six==0.0.1 can't be installed here: .* has six {SIX}"),
        ("pip install no-such-package", "no-such-package can't be installed .* has no no-such"),
        ("pip install --pre six", "pip's option --pre isn't known"),
        ("pip install -r bad.txt", "pip's option -e isn't known"),
        ("pip install ./here", "./here is no requirement"),
        ("pip install six@https://example.com/six.whl", "from an address"),
        ("pip install", "names nothing"),
        ("pip install six -r", "-r lacks its value"),
        ("apt-get install -y ffmpeg", "the command `apt-get install -y ffmpeg` isn't known"),
        ("", "the command `` isn't known"),
    ],
)
def test_what_can_not_be_done_is_refused_by_name(words, why):
    with pytest.raises(ValueError, match=why):
        installs(words)
