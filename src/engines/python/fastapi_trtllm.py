"""TensorRT-LLM's LLM API in this process behind front_end.py."""
import argparse
import contextlib

import tensorrt_llm
import uvicorn
from tensorrt_llm import LLM, SamplingParams
from tensorrt_llm.llmapi import KvCacheConfig

from asking import Piece
from front_end import make_app

DEFAULT_CONTEXT = 4096


class TrtllmEngine:
    extra = {}

    def __init__(self, asked):
        self.name = asked.name
        self.context = asked.max_seq_len or DEFAULT_CONTEXT
        self.asked = asked

    @contextlib.asynccontextmanager
    async def lifespan(self, app):
        asked = self.asked
        cache = {
            "free_gpu_memory_fraction": asked.memory_fraction,
            "enable_block_reuse": None if asked.block_reuse is None else asked.block_reuse == "on",
        }
        options = {
            "dtype": asked.dtype,
            "tensor_parallel_size": asked.tensor_parallel,
            "pipeline_parallel_size": asked.pipeline_parallel,
            "max_batch_size": asked.max_batch,
            "max_num_tokens": asked.max_num_tokens,
            "max_seq_len": asked.max_seq_len,
            "enable_chunked_prefill": True if asked.chunked_prefill else None,
        }
        self.llm = LLM(
            model=asked.model,
            tokenizer=asked.tokenizer,
            kv_cache_config=KvCacheConfig(**given(cache)),
            **given(options),
        )
        self.tokenizer = self.llm.tokenizer
        yield
        self.llm.shutdown()

    def about(self):
        settings = {
            "maxSequences": self.asked.max_batch,
            "contextTokens": self.context,
            "prefixCache": self.asked.block_reuse != "off",
        }
        return {"version": tensorrt_llm.__version__, "settings": given(settings)}

    def encode(self, text):
        return self.tokenizer.encode(text)

    async def generate(self, asked):
        params = SamplingParams(
            max_tokens=asked.max_tokens,
            ignore_eos=asked.ignore_eos,
            temperature=asked.temperature,
            top_p=asked.top_p or 1.0,
            top_k=asked.top_k or 1,
            seed=asked.seed,
        )
        told = 0
        async for output in self.llm.generate_async(asked.ids, params, streaming=True):
            one = output.outputs[0]
            new = list(one.token_ids[told:])
            told = len(one.token_ids)
            if new or one.finish_reason is not None:
                yield Piece(one.text_diff, new, one.finish_reason)


def given(options):
    return {name: value for name, value in options.items() if value is not None}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dtype")
    for name in ("tensor-parallel", "pipeline-parallel", "max-batch", "max-num-tokens", "max-seq-len"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--memory-fraction", type=float)
    parser.add_argument("--block-reuse", choices=["on", "off"])
    parser.add_argument("--chunked-prefill", action="store_true")
    asked = parser.parse_args()
    engine = TrtllmEngine(asked)
    app = make_app(engine, engine.lifespan)
    uvicorn.run(app, host=asked.host, port=asked.port, access_log=False, timeout_keep_alive=75, backlog=65535)


# Child processes import this file again.
if __name__ == "__main__":
    main()
