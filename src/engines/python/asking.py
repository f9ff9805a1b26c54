"""What front ends and the engines behind them say to each other."""
import asyncio
from dataclasses import dataclass, field
from typing import AsyncIterator, Optional, Protocol

BATCH_WAIT_S = 0.1


@dataclass
class Asked:
    """What is asked for one prompt. Sampling that is absent is greedy."""

    ids: list
    max_tokens: int
    ignore_eos: bool
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: Optional[int] = None
    # What only this engine understands, by name.
    extra: dict = field(default_factory=dict)

    def sampling(self):
        return (self.temperature, self.top_p, self.top_k, self.seed)


@dataclass
class Piece:
    """What one step gave a prompt; `text` may be empty while a character is not whole. The last one has `finish`."""

    text: str
    ids: list
    finish: Optional[str] = None


class Engine(Protocol):
    """Everything the front end needs of an engine."""

    name: str
    context: int

    def about(self) -> dict: ...
    def encode(self, text: str) -> list: ...
    def generate(self, asked: Asked) -> AsyncIterator[Piece]: ...


class StaticBatches:
    """Collects what is asked into batches: one is run when it is full or its first item has waited long enough."""

    def __init__(self, size, run, same=lambda one: None):
        self.size = size
        self.run = run
        # Items that differ in it cannot share a batch.
        self.same = same
        self.queue = asyncio.Queue()

    async def serve(self):
        carried = None
        while True:
            batch = [carried if carried is not None else await self.queue.get()]
            carried = None
            end = asyncio.get_running_loop().time() + (BATCH_WAIT_S if self.size > 1 else 0)
            while len(batch) < self.size:
                left = end - asyncio.get_running_loop().time()
                if left <= 0:
                    break
                try:
                    item = await asyncio.wait_for(self.queue.get(), left)
                except asyncio.TimeoutError:
                    break
                if self.same(item) != self.same(batch[0]):
                    carried = item
                    break
                batch.append(item)
            await self.run(batch)
