"""All processes of a server: gives each request to one that is free, and replaces the lost.

Once a request is long there is one process more, so that short requests need not wait for it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass

from model_server.program import Answer
from model_server.settings import Settings
from model_server.worker import LoadFailed, Worker

WAIT_SECONDS = 30.0
"""For a worker to be free: half of what a client waits, so that there is time for the answer."""

Done = Callable[[Answer], object]


@dataclass(eq=False)
class Waiting:
    """A request for which no process is free."""

    body: bytes
    headers: Mapping[str, str]
    done: Done
    timer: asyncio.TimerHandle | None = None


class Workers:
    """All processes of a server.

    Args:
        fail: called where a model can't be loaded; the server can do nothing then.
    """

    def __init__(self, settings: Settings, fail: Callable[[], object]):
        self._settings, self._fail = settings, fail
        # The one that has just answered is next: its code and weights are in the core's cache.
        self._idle: list[Worker] = []
        self._waiting: deque[Waiting] = deque()
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
        """Return what `ask` gives."""
        answered = asyncio.get_running_loop().create_future()
        self.ask(body, headers, lambda answer: answered.done() or answered.set_result(answer))
        return await answered

    def ask(self, body: bytes, headers: Mapping[str, str], done: Done) -> None:
        """Let the next idle process answer, for `done`; 503 where none becomes idle in time."""
        if self._idle:
            self._hand(self._idle.pop(), body, headers, done)
            return
        waiting = Waiting(body, headers, done)
        loop = asyncio.get_running_loop()
        waiting.timer = loop.call_later(WAIT_SECONDS, self._give_up, waiting)
        self._waiting.append(waiting)

    def _give_up(self, waiting: Waiting) -> None:
        self._waiting.remove(waiting)
        reason = f"No process was free within {WAIT_SECONDS:.0f} s: ask again later"
        waiting.done(Answer(503, reason.encode()))

    def _hand(self, worker: Worker, body: bytes, headers: Mapping[str, str], done: Done) -> None:
        def came(answer: Answer) -> None:
            if worker.is_lost:
                self._replace(worker, answer.body.decode())
            else:
                self._release(worker)  # first: the next prediction goes on beside the answer
            done(answer)

        worker.ask(body, headers, came)

    def _release(self, worker: Worker) -> None:
        """Give a process to who waits longest for one."""
        if not self._waiting:
            self._idle.append(worker)
            return
        waiting = self._waiting.popleft()
        waiting.timer.cancel()
        self._hand(worker, waiting.body, waiting.headers, waiting.done)

    def _add_spare(self) -> None:
        """Start the process that short requests get while others are long."""
        if not (self._has_spare or self._ended):
            self._has_spare = True
            self._do(self._load())

    def _lost(self, worker: Worker) -> None:
        """Replace a process that has ended, though nothing was asked of it."""
        if worker in self._idle:
            self._idle.remove(worker)
        self._replace(worker, "A process that was idle has ended")

    def _replace(self, worker: Worker, reason: str) -> None:
        """Kill a process and put another in its place."""
        if self._ended:
            return
        self._all.discard(worker)
        self._ready -= 1
        print(f"{reason}; another process takes its place", flush=True)
        worker.kill()
        self._do(self._renew(worker))

    async def _renew(self, worker: Worker) -> None:
        await asyncio.to_thread(worker.join)
        await self._load()

    async def end(self) -> None:
        """Kill all processes."""
        self._ended = True
        for worker in self._all:
            worker.kill()
        for worker in self._all:
            worker.join()
        await asyncio.gather(*self._tasks)
