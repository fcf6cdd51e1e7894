"""Puts the local AWS together and serves it; knows each part by its constructor alone."""

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from werkzeug.serving import BaseWSGIServer, make_server

from local_aws.context import ACCOUNT, Context
from local_aws.control_calls import ControlCalls
from local_aws.images.pushes import Pushes
from local_aws.lifecycle import (
    DISK_FULL,
    PORT_BUSY,
    PortBusy,
    StateBusy,
    announce,
    claim,
    load_keys,
    make_state,
)
from local_aws.operations import members, table
from local_aws.parts import Parts
from local_aws.recorded.journal import Journal
from local_aws.recorded.moto_client import Recorded
from local_aws.services.apigateway.invocations import Gateway
from local_aws.services.iam.assumed_roles import AssumedRoles
from local_aws.services.iam.authorization import Authorization
from local_aws.services.iam.principals import read_policies
from local_aws.services.iam.role_access import RoleAccess
from local_aws.state.clock import Clock
from local_aws.state.disk import FULL_MESSAGE, is_full
from local_aws.state.files import write_atomic
from local_aws.state.objects.store import ObjectStore
from local_aws.wire.faulty import Faulty
from local_aws.wire.front import Front
from local_aws.wire.http_handler import KeepAliveHandler

HOST = "127.0.0.1"
POLL_SECONDS = 0.02
"""Between two looks whether a server in a thread shall end: tests start and end many."""
SDK_DEFAULTS = """\
SchemaVersion: '1.0'
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
"""


class _MotoTime:
    """moto's time, as in the timeouts of messages: that of the newest server's one clock."""

    clock = Clock()

    @classmethod
    def utcnow(cls) -> datetime:
        """Return the time in UTC, without a zone, as moto has it."""
        return cls.clock.now().replace(tzinfo=None)


def moto_app() -> Callable:
    """Return moto's server app, for the recorded operations."""
    import moto.core.models
    import moto.core.utils
    from moto.moto_api._internal.models import moto_api_backend
    from moto.server import DomainDispatcherApplication, create_backend_app

    # moto's memory belongs to the process: forget the records of an earlier server in it, and its
    # clock, which may have been moved: what is replayed would come from the future.
    moto_api_backend.reset()
    _MotoTime.clock = Clock()
    moto.core.utils.utcnow = _MotoTime.utcnow
    for module in list(sys.modules.values()):
        if getattr(module, "DEFAULT_ACCOUNT_ID", None) == moto.core.DEFAULT_ACCOUNT_ID:
            module.DEFAULT_ACCOUNT_ID = ACCOUNT
    return DomainDispatcherApplication(create_backend_app)


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise PortBusy(port) from error


class Handler(KeepAliveHandler):
    """Logs no request: `server.log` is for errors."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


class LocalAws:
    """One local AWS over a state folder; usable as a context manager in tests.

    Args:
        policies: files with the user's policies, to which every request is held then.

    Raises:
        StateBusy: another server has the state folder.
        PortBusy: another program listens on the port.
    """

    def __init__(self, state: Path, port: int = 0, policies: Sequence[Path] = ()):
        make_state(state)
        with ExitStack() as undo:
            self._claim = undo.enter_context(claim(state))
            self._socket = undo.enter_context(_listen(port))
            self._build(state, policies)
            undo.pop_all()

    def _build(self, state: Path, policies: Sequence[Path]) -> None:
        url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self.context = Context(state, url, *load_keys(state))
        write_atomic(state / "sagemaker-config.yaml", SDK_DEFAULTS.encode())
        for name in ("aws-config", "aws-credentials"):
            (state / name).touch()
        self.store = ObjectStore(state / "s3")
        journal = Journal(state / "moto.jsonl", moto_app())
        journal.replay()
        recorded = Recorded(self.context, journal)
        self.parts = Parts(
            self.context,
            store=self.store,
            table=table(),
            recorded=journal,
            record=Pushes(recorded.call, state).call,
        ).build()
        self.parts.policies = read_policies(policies, self.context)
        _MotoTime.clock = self.parts.clock
        health = {"status": "running", "state": str(state), "pid": os.getpid(), "url": url}
        health["enforced"] = bool(policies)
        control = ControlCalls(self.parts).answer
        parts, authorization = self.parts, Authorization(self.parts)
        s3 = RoleAccess(authorization, parts, self.engines.s3.app)
        engines, allow = self.engines, authorization.check_invoke
        self._gateway = Gateway(parts, engines.rest_apis, engines.usage_plans, allow)

        def is_done(service: str, operation: str) -> bool:
            return parts.is_executed(service, operation) or recorded.has(service, operation)

        call, keys = AssumedRoles(parts).call, parts.keys.secrets
        front = Front(
            keys, is_done, members, authorization.check, call, s3, self._gateway, health, control
        )
        app = Faulty(front, self.parts.faults)
        self.server: BaseWSGIServer = make_server(
            HOST, 0, app, threaded=True, request_handler=Handler, fd=self._socket.fileno()
        )

    @property
    def engines(self) -> SimpleNamespace:
        """Return the engines by their names."""
        return SimpleNamespace(**self.parts.engines)

    def start(self) -> "LocalAws":
        """Serve in a thread of this process."""
        self._recover()
        serve = partial(self.server.serve_forever, poll_interval=POLL_SECONDS)
        threading.Thread(target=serve, name="local-aws", daemon=True).start()
        return self

    def _recover(self) -> None:
        announce(self.context.state, self.context.url)
        for engine in self.parts.engines.values():
            engine.recover()
        self.engines.event_bus.begin()

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then end all running work."""

        def end(*_: object) -> None:
            threading.Thread(target=self.server.shutdown).start()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        try:
            self._recover()
            self.server.serve_forever()
        finally:
            self.stop_engines()

    def stop_engines(self) -> None:
        """Shut all engines down; an engine that fails does not keep the others running."""
        with ExitStack() as last_first:
            last_first.callback(self._claim.close)
            last_first.callback(self._socket.close)
            last_first.callback(self.parts.documents.catch_up)
            for engine in self.parts.engines.values():
                last_first.callback(engine.shut_down)
            last_first.callback(self._gateway.shut_down)

    def stop(self) -> None:
        """Stop serving and end all running work."""
        self.server.shutdown()
        self.server.server_close()
        self.stop_engines()

    def __enter__(self) -> "LocalAws":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(state: Path, port: int, policies: Sequence[Path] = ()) -> int:
    """Run one local AWS in the foreground; return the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    try:
        LocalAws(state, port, policies).run()
    except (PortBusy, StateBusy) as error:
        _print_last(str(error))
        return PORT_BUSY if isinstance(error, PortBusy) else 1
    except Exception as error:
        if not is_full(error):
            raise
        _print_last(FULL_MESSAGE)
        return DISK_FULL
    return 0


def _print_last(words: str) -> None:
    """Print the last line of the log; on a full disk the exit code alone tells the reason."""
    try:
        print(words, flush=True)
        sys.stderr.flush()
    except OSError:
        # Python would flush again at its end, and replace the exit code.
        nothing = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nothing, stream)
