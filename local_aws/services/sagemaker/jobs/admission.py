"""Lets jobs of all kinds in, under one lock, as far as the account's quotas go; runs nothing."""

import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.jobs.quotas import Quotas


class Demand(NamedTuple):
    """Instances that a request would use beside those in use."""

    instance_type: str
    use: str
    """As a quota's name has it, such as `training job`."""
    used: int
    more: int


class Admission(Engine):
    """Counts and creates in one step: no two requests are let in on the same free instance.

    Executes no operation: the engines of jobs share it.
    """

    name = "admission"

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self.quotas, self._lock = Quotas(parts.context.state), threading.Lock()

    def admit(self, demands: Callable[[], Iterable[Demand]], create: Callable[[], object]) -> None:
        """Have a job created if the quotas leave room for it.

        Args:
            demands: counts the instances in use, and those to come.
            create: makes the job count.

        Raises:
            AwsError: ResourceLimitExceeded; nothing is created. Or as `create` raises it.
        """
        with self._lock:
            for demand in demands():
                self.quotas.check(*demand)
            create()
