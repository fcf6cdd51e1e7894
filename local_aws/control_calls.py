"""Answers the control calls: commands to the local AWS that AWS has no operation for.

POST `/_local/clock` with {"advance": seconds}, and GET, answer {"now": …}. POST `/_local/faults`
with {"faults": [rules], "seed": number} replaces the rules of `state/faults.py`; GET returns them.
POST `/_local/interrupt/<job>` takes a managed spot training job's instances away.
"""

import json
from dataclasses import asdict
from urllib.parse import unquote

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.settings import CONTROL
from local_aws.state.faults import Fault


class ControlCalls:
    """The control calls of one local AWS; the caller has checked the signature."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def answer(self, path: str, body: bytes) -> dict:
        """Execute a control call; without a body, only return the state.

        Raises:
            AwsError: a value is not valid, or the control call does not exist.
        """
        name, _, rest = path.removeprefix(CONTROL).partition("/")
        try:
            if name == "interrupt" and rest:
                self._parts.engines["training"].interrupt(unquote(rest))
                return {}
            if name == "clock" and not rest:
                return self._clock(json.loads(body or b"{}"))
            if name == "faults" and not rest:
                return self._faults(json.loads(body or b"null"))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise AwsError("ValidationException", f"{type(error).__name__}: {error}") from None
        raise AwsError("ResourceNotFound", f"There is no control call {path}.", 404)

    def _clock(self, request: dict) -> dict:
        clock = self._parts.clock
        now = clock.advance(float(request["advance"])) if request else clock.now()
        return {"now": now.isoformat()}

    def _faults(self, request: dict | None) -> dict:
        faults = self._parts.faults
        if request is not None:
            rules = [Fault(**rule) for rule in request["faults"]]
            faults.set(rules, int(request.get("seed", 0)))
        return {"faults": [asdict(rule) for rule in faults.rules]}
