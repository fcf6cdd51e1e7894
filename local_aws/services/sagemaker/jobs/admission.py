"""Admits jobs of all kinds within the account's quotas, under one lock; runs nothing."""

import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.jobs.quotas import Quotas


class Demand(NamedTuple):
    """The instances of a request, and those of its type in use."""

    instance_type: str
    use: str
    """Use in the quota's name, such as `training job`."""
    used: int
    more: int


class Admission(Engine):
    """Counts instances and creates a job in one step: no two requests get the same instance.

    Executes no operation; all engines of jobs share it.
    """

    name = "admission"

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self.quotas, self._lock = Quotas(parts.context.state), threading.Lock()

    def admit(self, demands: Callable[[], Iterable[Demand]], create: Callable[[], object]) -> None:
        """Create a job if the quotas leave room for it.

        Args:
            demands: returns the instances of the request, and those in use.
            create: creates the job, which counts from then on.

        Raises:
            AwsError: ResourceLimitExceeded, nothing was created; or an error of `create`.
        """
        with self._lock:
            for demand in demands():
                self.quotas.check(*demand)
            create()
