"""All processes of a server: gives each request to one that is free, and replaces the lost.

Once a request is long there is one process more, so that short requests need not wait for it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping

from model_server.program import Answer
from model_server.settings import Settings
from model_server.worker import ANSWER_SECONDS, LoadFailed, Worker

WAIT_SECONDS = 30.0
"""For a worker to be free: half of what a client waits, so that there is time for the answer."""


class Workers:
    """All processes of a server.

    Args:
        fail: called where a model can't be loaded; the server can do nothing then.
    """

    def __init__(self, settings: Settings, fail: Callable[[], object]):
        self._settings, self._fail = settings, fail
        # The one that has just answered is next: its code and weights are in the core's cache.
        self._idle: list[Worker] = []
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._all: set[Worker] = set()
        self._tasks: set[asyncio.Task] = set()
        self._ready = 0
        self._loaded = self._ended = self._has_spare = False

    @property
    def healthy(self) -> bool:
        """Whether all processes have loaded the model once, and one at least has it now."""
        return self._loaded and self._ready > 0

    def start(self) -> None:
        """Start all processes; they load the model at the same time."""
        for _ in range(self._settings.workers):
            self._do(self._load())

    def _do(self, work: Coroutine) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _load(self) -> None:
        if self._ended:
            return
        worker = Worker(self._settings, self._lost, self._add_spare)
        self._all.add(worker)
        try:
            await worker.load()
        except LoadFailed:
            if not self._ended:
                self._fail()
            return
        self._ready += 1
        self._loaded |= self._ready >= self._settings.workers
        self._release(worker)

    async def answer(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Let the next idle process answer; 503 where none becomes idle in time."""
        try:
            worker = self._idle.pop() if self._idle else await self._next()
        except TimeoutError:
            reason = f"No process was free within {WAIT_SECONDS:.0f} s: ask again later"
            return Answer(503, reason.encode())
        try:
            answer = await worker.ask(body, headers)
            refusal = Answer(500, b"The process that predicted has ended: see the log")
        except TimeoutError:
            answer = None
            refusal = Answer(504, f"No prediction within {ANSWER_SECONDS:.0f} s".encode())
        if answer is None:
            await self._replace(worker, refusal.body.decode())
            return refusal
        self._release(worker)
        return answer

    async def _next(self) -> Worker:
        """Wait for a process; who waits longest gets it.

        Raises:
            TimeoutError: none is free in time.
        """
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await waiting
        except BaseException:
            if waiting.done() and not waiting.cancelled():  # it came in the very same moment
                self._release(waiting.result())
            raise

    def _release(self, worker: Worker) -> None:
        """Give a process to who waits for one."""
        if worker.has_ended:
            return  # it is being replaced
        while self._waiting:
            if not (waiting := self._waiting.popleft()).done():
                waiting.set_result(worker)
                return
        self._idle.append(worker)

    def _add_spare(self) -> None:
        """Start the process that short requests get while others are long."""
        if not (self._has_spare or self._ended):
            self._has_spare = True
            self._do(self._load())

    def _lost(self, worker: Worker) -> None:
        """Replace a process that has ended, though nothing was asked of it."""
        if worker in self._idle:
            self._idle.remove(worker)
        if not self._ended:
            self._do(self._replace(worker, "A process that was idle has ended"))

    async def _replace(self, worker: Worker, reason: str) -> None:
        """Put another process in the place of one, at the first call for it."""
        if worker not in self._all:
            return
        self._all.discard(worker)
        self._ready -= 1
        print(f"{reason}; another process takes its place", flush=True)
        worker.kill()
        await asyncio.to_thread(worker.join)
        self._do(self._load())

    async def end(self) -> None:
        """Kill all processes."""
        self._ended = True
        for worker in self._all:
            worker.kill()
        for worker in self._all:
            worker.join()
        await asyncio.gather(*self._tasks)
