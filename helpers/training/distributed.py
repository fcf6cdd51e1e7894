"""The ranks of a training run: backend, devices, collectives, and failing together.

It knows torch.distributed; it knows nothing of models' insides, data or metrics.
"""

import importlib.util
import os
import pickle
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from helpers.training_setups import choose_backend

SMDDP_MODULE = "smdistributed.dataparallel.torch.torch_smddp"

COLLECTIVE_LIMIT = timedelta(minutes=10)
"""A rank that waits longer for the others fails; a slow first batch must fit in."""
FAILURE_KEY = "failure"
REASON_LENGTH = 1024
"""Longest reason, in characters, that SageMaker reads from /opt/ml/output/failure."""


def smddp_installed() -> bool:
    """Return whether AWS's data-parallel library is in this image."""
    return importlib.util.find_spec("smdistributed") is not None


def choose_batch_norm(wanted: str, device: str, backend: str) -> tuple[bool, str]:
    """Return whether batch norm's statistics span the ranks, and the reason for the log.

    A rank's own batch is the total divided by the ranks, and may be too small for statistics: with
    NCCL they span the ranks. `auto` leaves out SMDDP, with which the course has not been run.

    Args:
        wanted: auto, yes or no.
        device: torch's type of the ranks' devices.
    """
    if device != "cuda":
        return False, "local to each rank: torch's SyncBatchNorm runs on GPUs only"
    if wanted == "no" or (wanted == "auto" and backend != "nccl"):
        return False, f"local to each rank ({wanted}, backend {backend})"
    return True, f"over all ranks ({wanted}, backend {backend})"


@dataclass
class Ranks:
    """This process's rank in the run; a run of one process needs no launcher."""

    rank: int = 0
    world_size: int = 1
    backend: str = "none"
    reason: str = "one process"
    device: torch.device = torch.device("cpu")
    rendezvous: dist.Store | None = None

    def __str__(self) -> str:
        """Describe the rank, its device, its backend and the reason for it."""
        rank = f"rank {self.rank} of {self.world_size} on {self.device}"
        return f"{rank}, backend {self.backend}: {self.reason}"

    @property
    def first(self) -> bool:
        """Return whether this is the rank that prints and writes."""
        return self.rank == 0

    def print(self, text: str) -> None:
        """Print on the first rank only."""
        if self.first:
            print(text, flush=True)

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Return the sum over all ranks, float64; counts stay exact up to 2**53."""
        if self.world_size == 1:
            return np.asarray(values, np.float64)
        tensor = torch.as_tensor(np.asarray(values, np.float64), device=self.device)
        dist.all_reduce(tensor)
        return tensor.cpu().numpy()

    def any(self, *flags: bool) -> tuple[bool, ...]:
        """Return each flag as 'true on any rank', the same answer on every rank."""
        if self.world_size == 1:
            return tuple(bool(flag) for flag in flags)
        tensor = torch.tensor([float(flag) for flag in flags], device=self.device)
        dist.all_reduce(tensor, op=dist.ReduceOp.MAX)
        return tuple(bool(flag) for flag in tensor.cpu())

    @torch.inference_mode(False)  # Gloo of torch 2.3 writes into no tensor of inference
    def gather(self, value: object) -> list:
        """Return every rank's picklable value, in rank order, on every rank."""
        if self.world_size == 1:
            return [value]
        mine = pickled(value, self.device)
        sizes = self._gather(torch.tensor([len(mine)], device=self.device))
        padded = mine.new_zeros(int(max(sizes)))
        padded[: len(mine)] = mine
        shares = zip(self._gather(padded), sizes, strict=True)
        return [unpickled(share[: int(size)]) for share, size in shares]

    def _gather(self, tensor: Tensor) -> list[Tensor]:
        """Return every rank's tensor of one shape, in rank order."""
        tensors = [torch.empty_like(tensor) for _ in range(self.world_size)]
        dist.all_gather(tensors, tensor)
        return tensors

    @torch.inference_mode(False)
    def broadcast(self, value: object) -> object:
        """Return the first rank's picklable value on every rank."""
        if self.world_size == 1:
            return value
        content = pickled(value if self.first else None, self.device)
        size = torch.tensor([len(content)], device=self.device)
        dist.broadcast(size, src=0)
        content = content if self.first else content.new_empty(int(size))
        dist.broadcast(content, src=0)
        return value if self.first else unpickled(content)

    def share_buffers(self, model: nn.Module) -> None:
        """Copy the first rank's buffers (batch norm's running statistics) to every rank.

        Each rank computes them from its own batches: without this, ranks would evaluate slightly
        different models.
        """
        if self.world_size > 1:
            for buffer in model.buffers():
                dist.broadcast(buffer, src=0)

    def wrap(self, model: nn.Module, sync_batch_norm: str = "auto") -> nn.Module:
        """Return the model wrapped in torch's DDP; unwrapped in a run of one process.

        DDP sends the buffers at the start but not at every step: `share_buffers` sends them before
        they are used.

        Args:
            sync_batch_norm: yes, no or auto, which is yes with NCCL.
        """
        if self.world_size == 1:
            return model
        if self._syncs_batch_norm(sync_batch_norm):
            model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
        devices = [self.device.index] if self.device.type == "cuda" else None
        network = nn.parallel.DistributedDataParallel(
            model, device_ids=devices, gradient_as_bucket_view=True
        )
        network.broadcast_buffers = False  # the argument's name depends on torch's version
        return network

    def _syncs_batch_norm(self, wanted: str) -> bool:
        """Decide whether batch norm's statistics span the ranks, and print the decision."""
        syncs, reason = choose_batch_norm(wanted, self.device.type, self.backend)
        self.print(f"Batch norm: {reason}")
        return syncs

    def close(self) -> None:
        """Leave the process group."""
        if dist.is_initialized():
            dist.destroy_process_group()

    @contextmanager
    def guard(self, failure: Path) -> Iterator[None]:
        """Run the body; an error on any rank ends all ranks, and its reason is written.

        The reason goes to `failure` (/opt/ml/output/failure) on every instance. A watcher thread
        ends a rank that waits in a collective, so none waits for ever, and none outlives its
        launcher.
        """
        done = threading.Event()
        if self.rendezvous is not None:
            arguments = (done, failure, os.getppid())
            threading.Thread(target=self._watch, args=arguments, daemon=True).start()
        try:
            yield
        except BaseException as error:
            done.set()
            reason = self._failure(wait_s=2.0) or f"rank {self.rank}: {describe(error)}"
            write_failure(failure, reason)
            self._tell(reason)
            raise
        finally:
            done.set()

    def _failure(self, wait_s: float = 0.0) -> str | None:
        """Return the reason of a rank's failure, waiting up to `wait_s`; None without one."""
        end = time.monotonic() + wait_s if self.world_size > 1 else 0.0
        while self.rendezvous is not None:
            try:
                if self.rendezvous.check([FAILURE_KEY]):
                    return self.rendezvous.get(FAILURE_KEY).decode()
            except (RuntimeError, dist.DistError):
                return None  # the store's host is gone
            if time.monotonic() >= end:
                return None
            time.sleep(0.1)
        return None

    def _tell(self, reason: str) -> None:
        """Share the reason with the other ranks, and give them time to read it."""
        if self.rendezvous is None:
            return
        try:
            self.rendezvous.set(FAILURE_KEY, reason)
        except (RuntimeError, dist.DistError):
            return
        time.sleep(2.0)

    def _watch(self, done: threading.Event, failure: Path, parent: int) -> None:
        """End this process when another rank has failed, or its launcher is gone."""
        while not done.wait(1.0):
            # torchrun starts ranks in new sessions: a kill of its process group spares them.
            reason = self._failure() if os.getppid() == parent else "the launcher was killed"
            if reason is None or done.wait(1.0):
                continue
            write_failure(failure, reason)
            print(f"Ended, because {reason}", flush=True)
            os._exit(1)


def pickled(value: object, device: torch.device) -> Tensor:
    """Return a picklable value as bytes on a device, uint8 (size,).

    torch's own collectives of objects may choose the CPU for a backend that it does not know, such
    as SMDDP, which exchanges the memory of GPUs.
    """
    return torch.frombuffer(bytearray(pickle.dumps(value)), dtype=torch.uint8).to(device)


def unpickled(content: Tensor) -> object:
    """Return the value that another rank of this run has pickled."""
    return pickle.loads(content.cpu().numpy().tobytes())


def start_ranks(
    wanted: str, instance_type: str = "", world_size: int = 1, local_rank: int = 0, rank: int = 0
) -> Ranks:
    """Join the run of a launcher: torchrun, or mpirun; without a launcher, run as one process.

    torch chooses the number of threads: launchers set OMP_NUM_THREADS to a rank's share.

    Args:
        local_rank: among the processes of this instance.

    Raises:
        BackendRefused: see `helpers.training_setups.choose_backend`.
    """
    gpus = torch.cuda.device_count()
    backend, reason = choose_backend(
        wanted, instance_type=instance_type, smddp=smddp_installed(), gpus=gpus
    )
    device = torch.device("cpu")
    if gpus and backend != "gloo":
        device = torch.device("cuda", local_rank % gpus)
        torch.cuda.set_device(device)
    if world_size == 1:
        return Ranks(device=device, reason=f"one process ({backend} for more: {reason})")
    if backend == "smddp":
        importlib.import_module(SMDDP_MODULE)  # importing it registers the backend
    store, rank, world_size = next(dist.rendezvous("env://", rank, world_size))
    shared, ours = dist.PrefixStore("ranks", store), dist.PrefixStore("run", store)
    dist.init_process_group(
        backend, store=shared, rank=rank, world_size=world_size, timeout=COLLECTIVE_LIMIT
    )
    return Ranks(rank, world_size, backend, reason, device, ours)


def describe(error: BaseException) -> str:
    """Return an error's type and message in one line."""
    text = traceback.format_exception_only(error)[-1].strip()
    if isinstance(error, RuntimeError) and "by peer" in text:
        return f"another rank is gone without a word: killed, or out of memory? ({text})"
    return text


def write_failure(path: Path, reason: str) -> None:
    """Write the reason to SageMaker's failure file, if its folder exists and no reason is there."""
    if path.parent.is_dir() and not path.exists():
        path.write_text(reason[:REASON_LENGTH], "utf-8")
