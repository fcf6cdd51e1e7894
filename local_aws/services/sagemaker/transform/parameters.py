"""How a transform job's requests are sent: by the job's words, else by the container's; pure.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
"""

import json
from dataclasses import dataclass
from typing import Self

PAYLOAD_MB = 6
"""MaxPayloadInMB where neither the job nor the container says it."""
TIMEOUT_SECONDS, RETRIES = 600, 3
"""ModelClientConfig's defaults, as botocore's model documents them."""
STRATEGIES = {"MultiRecord": "MULTI_RECORD", "SingleRecord": "SINGLE_RECORD"}


@dataclass(frozen=True)
class Parameters:
    """How requests are sent.

    Args:
        payload_mb: largest request; 0 for no limit, and bodies in chunks.
        strategy: `MULTI_RECORD` or `SINGLE_RECORD`.
        timeout: seconds for an answer.
        retries: how often a request without a good answer is sent again.
    """

    concurrent: int
    payload_mb: int
    strategy: str
    timeout: int
    retries: int

    @classmethod
    def of(cls, job: dict, said: bytes | None) -> Self:
        """Return a job's parameters.

        Args:
            said: the container's answer to GET /execution-parameters; None if it has none.
        """
        own, client = _read(said), job.get("ModelClientConfig", {})
        payload = job.get("MaxPayloadInMB", own.get("MaxPayloadInMB", PAYLOAD_MB))
        return cls(
            job.get("MaxConcurrentTransforms") or own.get("MaxConcurrentTransforms") or 1,
            payload,
            STRATEGIES.get(job.get("BatchStrategy")) or own.get("BatchStrategy", "MULTI_RECORD"),
            client.get("InvocationsTimeoutInSeconds", TIMEOUT_SECONDS),
            client.get("InvocationsMaxRetries", RETRIES),
        )

    def __str__(self) -> str:
        """Return the first line of a job's data log, as AWS words it."""
        return (
            f"MaxConcurrentTransforms={self.concurrent}, MaxPayloadInMB={self.payload_mb},"
            f" BatchStrategy={self.strategy}"
        )


def _read(said: bytes | None) -> dict:
    """Return the parameters in a container's answer, without what can't be one."""
    try:
        own = json.loads(said or b"{}")
    except ValueError:
        return {}
    numbers = ("MaxConcurrentTransforms", "MaxPayloadInMB")
    return {
        name: value
        for name, value in (own.items() if isinstance(own, dict) else ())
        if (name in numbers and type(value) is int and 0 <= value <= 100)
        or (name == "BatchStrategy" and value in STRATEGIES.values())
    }


def variables_of(job: dict) -> dict[str, str]:
    """Return the variables of a transform job's container; what the job does not say has none."""
    strategy = STRATEGIES.get(job.get("BatchStrategy"))
    said = {
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": job.get("MaxPayloadInMB"),
        "SAGEMAKER_BATCH_STRATEGY": strategy,
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": job.get("MaxConcurrentTransforms") or None,
    }
    variables = {name: str(value) for name, value in said.items() if value is not None}
    model = job["_container"].get("Environment", {})
    return {"SAGEMAKER_BATCH": "true", **variables, **model, **job.get("Environment", {})}
