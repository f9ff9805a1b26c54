"""vLLM's asynchronous engine in this process behind front_end.py, with its own batching or with static batches."""
import asyncio
import contextlib
import uuid

import vllm_package  # noqa: F401  before vLLM

import uvicorn
import vllm
from vllm import SamplingParams
from vllm.engine.arg_utils import AsyncEngineArgs
from vllm.engine.async_llm_engine import AsyncLLMEngine
from vllm.sampling_params import RequestOutputKind

try:
    from vllm.utils.argparse_utils import FlexibleArgumentParser
except ImportError:
    from vllm.utils import FlexibleArgumentParser

from asking import Piece, StaticBatches
from front_end import make_app

DEFAULT_BATCH = 8


class Turn:
    """A request's place in a static batch."""

    def __init__(self):
        self.begins = asyncio.Event()
        self.ended = asyncio.Event()


class VllmEngine:
    def __init__(self, name, batching, arguments):
        self.name = name
        self.batching = batching
        self.arguments = arguments
        self.size = 1 if batching == "off" else arguments.max_num_seqs or DEFAULT_BATCH

    @contextlib.asynccontextmanager
    async def lifespan(self, app):
        self.engine = AsyncLLMEngine.from_engine_args(self.arguments)
        self.config = self.engine.vllm_config
        self.context = self.config.model_config.max_model_len
        self.tokenizer = await tokenizer_of(self.engine)
        serving = None
        if self.batching != "continuous":
            self.batches = StaticBatches(self.size, self.run)
            serving = asyncio.create_task(self.batches.serve())
        yield
        if serving is not None:
            serving.cancel()
        self.engine.shutdown()

    def about(self):
        settings = {
            "dtype": str(self.config.model_config.dtype).replace("torch.", ""),
            "batching": self.batching,
            "maxSequences": self.config.scheduler_config.max_num_seqs,
            "prefixCache": bool(self.config.cache_config.enable_prefix_caching),
        }
        return {"version": vllm.__version__, "settings": settings}

    def encode(self, text):
        return self.tokenizer.encode(text)

    async def run(self, turns):
        """Lets a batch begin together, and waits for the last of it."""
        for turn in turns:
            turn.begins.set()
        await asyncio.gather(*(turn.ended.wait() for turn in turns))

    async def generate(self, asked):
        turn = Turn()
        try:
            if self.batching != "continuous":
                self.batches.queue.put_nowait(turn)
                await turn.begins.wait()
            async for piece in self.pieces(asked):
                yield piece
        finally:
            turn.ended.set()

    async def pieces(self, asked):
        params = SamplingParams(
            max_tokens=asked.max_tokens,
            ignore_eos=asked.ignore_eos,
            temperature=asked.temperature,
            top_p=asked.top_p or 1.0,
            top_k=asked.top_k,
            seed=asked.seed,
            output_kind=RequestOutputKind.DELTA,
        )
        prompt = {"prompt_token_ids": asked.ids}
        async for output in self.engine.generate(prompt, params, uuid.uuid4().hex):
            one = output.outputs[0]
            yield Piece(one.text, list(one.token_ids), one.finish_reason)


async def tokenizer_of(engine):
    found = engine.get_tokenizer()
    return await found if asyncio.iscoroutine(found) else found


def main():
    parser = FlexibleArgumentParser()
    parser.add_argument("--front-host", default="127.0.0.1")
    parser.add_argument("--front-port", type=int, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--batching", choices=["continuous", "static", "off"], default="continuous")
    parser = AsyncEngineArgs.add_cli_args(parser)
    asked = parser.parse_args()
    engine = VllmEngine(asked.name, asked.batching, AsyncEngineArgs.from_cli_args(asked))
    app = make_app(engine, engine.lifespan)
    uvicorn.run(app, host=asked.front_host, port=asked.front_port, access_log=False, timeout_keep_alive=75, backlog=65535)


# Child processes import this file again.
if __name__ == "__main__":
    main()
