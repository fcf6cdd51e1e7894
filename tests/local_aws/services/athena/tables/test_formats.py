"""Every format that a table is stored in can be read; what cannot is named."""

import pytest

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.tables import formats


@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_format_has_a_reader(name):
    assert callable(formats.reader_of(formats.FORMATS[name].serde))


@pytest.mark.parametrize("serde, name", formats.WRITTEN.items())
def test_what_is_written_for_a_serde_is_of_a_known_format(serde, name):
    assert name in formats.FORMATS and serde in formats.READERS


def test_a_serde_that_is_not_read_is_named():
    with pytest.raises(QueryFailed) as refused:
        formats.reader_of("my.Serde")
    assert refused.value.reason == "NOT_SUPPORTED: Unsupported Hive SerDe: my.Serde"
