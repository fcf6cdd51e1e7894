"""Processes that hold the model and predict, one request at a time each; knows no HTTP.

One that dies, or is still busy when SageMaker has given the request up, is replaced. Once a
request is long there is one process more, so that short requests need not wait for it.
"""

import asyncio
import multiprocessing
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

from model_server.program import Answer, Program
from model_server.settings import Settings

ANSWER_SECONDS = 60.0
"""InvokeEndpoint's own limit."""
LOOK_SECONDS = 1.0
"""Between two looks at a process from which nothing comes."""
WAIT_SECONDS = 30.0
"""For a worker to be free: half of what a client waits, so that there is time for the answer."""
LONG_SECONDS = 1.0
"""A request that takes longer is long: a clip or a photo takes milliseconds."""
READY = "ready"
SPAWN = multiprocessing.get_context("spawn")


class LoadFailed(Exception):
    """A worker ended before it had the model; the log says why."""


def run(pipe: Connection, settings: Settings) -> None:
    """Load the model, then answer what comes by the pipe until the server is gone."""
    # The server answers what it has before it ends: a signal to all processes is its matter.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    try:
        program = Program(settings.model, settings.code, settings.program)
    except BaseException:
        traceback.print_exc()
        sys.exit(1)
    try:
        pipe.send(READY)
        while True:
            pipe.send(program.answer(*pipe.recv()))
    except (EOFError, BrokenPipeError):
        pass  # the server is gone


class Worker:
    """One process with the model; its methods wait, and are called in threads."""

    def __init__(self, settings: Settings):
        self._pipe, inside = SPAWN.Pipe()
        self._process = SPAWN.Process(target=run, args=(inside, settings), daemon=True)
        self._process.start()
        inside.close()

    def wait_until_ready(self) -> None:
        """Return once the model is loaded.

        Raises:
            LoadFailed: the process ended before.
        """
        try:
            while not self._has_come():
                pass
            self._pipe.recv()
        except (EOFError, OSError) as error:
            raise LoadFailed from error

    def ask(self, body: bytes, headers: Mapping[str, str]) -> Answer | None:
        """Return the answer; None where the process ended.

        Raises:
            TimeoutError: it took longer than the client waits.
        """
        try:
            self._pipe.send((body, headers))
            until = time.monotonic() + ANSWER_SECONDS
            while time.monotonic() < until:
                if self._has_come():
                    return self._pipe.recv()
        except (EOFError, OSError):
            return None
        raise TimeoutError

    def _has_come(self) -> bool:
        """Wait a moment, and tell whether something can be received.

        Raises:
            EOFError: the process has ended. The pipe alone does not tell where it left processes
                of its own, which hold the pipe's other end.
        """
        is_alive = self._process.is_alive()
        if self._pipe.poll(LOOK_SECONDS):
            return True
        if not is_alive:
            raise EOFError
        return False

    def end(self) -> None:
        """Kill the process and wait for its end."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


class Workers:
    """All processes of a server.

    Args:
        fail: called where a model can't be loaded; the server can do nothing then.
    """

    def __init__(self, settings: Settings, fail: Callable[[], object]):
        self._settings, self._fail = settings, fail
        self._threads = ThreadPoolExecutor(settings.workers + 1)
        # The one that has just answered is next: its code and weights are in the core's cache.
        self._idle: asyncio.Queue[Worker] = asyncio.LifoQueue()
        self._all: set[Worker] = set()
        self._starts: set[asyncio.Task] = set()
        self._ready = 0
        self._loaded = self._ended = self._has_spare = False

    @property
    def healthy(self) -> bool:
        """Whether all processes have loaded the model once, and one at least has it now."""
        return self._loaded and self._ready > 0

    def start(self) -> None:
        """Start all processes; they load the model at the same time."""
        for _ in range(self._settings.workers):
            self._add()

    def _add(self) -> None:
        task = asyncio.create_task(self._load())
        self._starts.add(task)
        task.add_done_callback(self._starts.discard)

    async def _load(self) -> None:
        worker = Worker(self._settings)
        self._all.add(worker)
        try:
            await self._in_thread(worker.wait_until_ready)
        except LoadFailed:
            if not self._ended:
                self._fail()
            return
        self._ready += 1
        self._loaded |= self._ready >= self._settings.workers
        self._idle.put_nowait(worker)

    async def answer(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Let the next idle process answer; 503 where none becomes idle in time."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                worker = await self._idle.get()
        except TimeoutError:
            reason = f"No process was free within {WAIT_SECONDS:.0f} s: ask again later"
            return Answer(503, reason.encode())
        try:
            answer = await self._ask(worker, body, headers)
            refusal = Answer(500, b"The process that predicted has ended: see the log")
        except TimeoutError:
            answer = None
            refusal = Answer(504, f"No prediction within {ANSWER_SECONDS:.0f} s".encode())
        if answer is None:
            print(f"{refusal.body.decode()}; another process takes its place", flush=True)
            await self._replace(worker)
            return refusal
        self._idle.put_nowait(worker)
        return answer

    async def _ask(self, worker: Worker, body: bytes, headers: Mapping[str, str]) -> Answer | None:
        """Return a process's answer; if that takes long, start the spare process meanwhile."""
        asking = asyncio.ensure_future(self._in_thread(worker.ask, body, headers))
        await asyncio.wait([asking], timeout=LONG_SECONDS)
        if not (asking.done() or self._has_spare):
            self._has_spare = True
            self._add()
        return await asking

    async def _replace(self, worker: Worker) -> None:
        self._ready -= 1
        self._all.discard(worker)
        await self._in_thread(worker.end)
        self._add()

    async def _in_thread(self, function: Callable, *arguments: object) -> object:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    async def end(self) -> None:
        """Kill all processes."""
        self._ended = True
        for worker in self._all:
            worker.end()
        await asyncio.gather(*self._starts)
        self._threads.shutdown()
