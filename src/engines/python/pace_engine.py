"""An engine without a model: words at a set pace. What it takes beyond that is the front end's."""
import asyncio
import contextlib

from asking import Asked, Piece

CONTEXT = 1_000_000


class PaceEngine:
    # Milliseconds before each word.
    extra = {"delay_ms": 0.0}

    def __init__(self, asked):
        self.name = asked.name
        self.context = CONTEXT

    def about(self):
        return {"version": None, "settings": {}}

    def encode(self, text):
        return text.split()

    @contextlib.asynccontextmanager
    async def lifespan(self, app):
        yield

    async def generate(self, asked: Asked):
        loop = asyncio.get_running_loop()
        start = loop.time()
        step_s = asked.extra["delay_ms"] / 1000
        for step in range(asked.max_tokens):
            # Against the start, so that lateness does not add up.
            await asyncio.sleep(max(0, start + (step + 1) * step_s - loop.time()))
            yield Piece(f" {step}", [step], "length" if step + 1 == asked.max_tokens else None)


def add_arguments(parser):
    parser.add_argument("--name", required=True)


def make(asked):
    return PaceEngine(asked)
