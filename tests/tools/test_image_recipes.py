"""Lists of packages follow from a recipe's text: lock file, Dockerfile, limits and patches."""

import pytest

from tools.image_recipes import installed, limits, locked, patches

LOCK = """
version = 1
[[package]]
name = "image"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "a", extra = ["fast"] }, { name = "mac", marker = "sys_platform == 'darwin'" }]
[package.optional-dependencies]
sagemaker = [{ name = "b", version = "2", source = { registry = "x" } }]
[[package]]
name = "a"
version = "1.0+cu130"
source = { registry = "x" }
[package.optional-dependencies]
fast = [{ name = "c" }]
[[package]]
name = "b"
version = "1"
source = { registry = "x" }
[[package]]
name = "b"
version = "2"
source = { registry = "x" }
[[package]]
name = "c"
version = "3"
source = { registry = "x" }
[[package]]
name = "mac"
version = "1"
source = { registry = "x" }
"""  # noqa: E501
DOCKERFILE = """
ARG TORCH=2.3.0
FROM base AS common
RUN /opt/conda/bin/mamba install -y -c conda-forge \\
    python=3.11 \\
    # a comment between
    "idna>=3.7" \\
    pytorch=${TORCH} \\
 && mamba clean -afy
RUN pip install --no-cache-dir packaging https://host/a.whl flash-attn==2.0.4 ./
FROM common AS ec2
RUN pip install other
FROM common AS sagemaker
RUN pip install -U "sagemaker>=2,<3"
"""


def test_a_lock_gives_what_linux_gets_with_the_extras_and_no_local_versions():
    assert locked(LOCK, "sagemaker") == {"a": "1.0", "b": "2", "c": "3"}


@pytest.mark.parametrize(
    "stages, more", [(["common"], []), (["common", "sagemaker"], ["sagemaker>=2,<3"])]
)
def test_a_dockerfile_gives_the_packages_of_the_stages_by_pypis_names(stages, more):
    assert installed(DOCKERFILE, stages) == ["idna>=3.7", "packaging", *more, "torch==2.3.0"]


def test_limits_and_the_last_patch_are_read():
    core = '{"urllib3": {"version_specifier": "<2"}, "apex": {"version_specifier": "==1"}}'
    assert limits(core) == ["urllib3<2"]
    history = "#### patch-1 ####\npip install a==1\n#### Current ####\npip install a==2 b==3 \n"
    assert patches(history) == {"a": "2", "b": "3"}
