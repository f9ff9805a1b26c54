"""Transformers' generate as an engine of front ends, one request at a time or in static batches."""
import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, StoppingCriteria
from transformers.generation.streamers import BaseStreamer

from asking import Asked, Piece, StaticBatches

DEFAULT_BATCH = 8
DEFAULT_CONTEXT = 2048


class Row:
    """One prompt of a batch: what it asked, and where its pieces go."""

    def __init__(self, asked: Asked):
        self.asked = asked
        self.loop = asyncio.get_running_loop()
        self.pieces = asyncio.Queue()
        self.ids = []
        # Text is decoded from the ids of `prefix` on; those up to `read` have been told.
        self.prefix = 0
        self.read = 0
        self.done = False

    def tell(self, piece):
        self.loop.call_soon_threadsafe(self.pieces.put_nowait, piece)

    def take(self, token, tokenizer, ends):
        """Called in the computing thread with each token."""
        if self.done:
            return
        self.ids.append(token)
        ended = token in ends and not self.asked.ignore_eos
        finish = "stop" if ended else "length" if len(self.ids) >= self.asked.max_tokens else None
        told = tokenizer.decode(self.ids[self.prefix : self.read], skip_special_tokens=True)
        text = tokenizer.decode(self.ids[self.prefix :], skip_special_tokens=True)
        # The rest of a character may come with the next token.
        if finish is None and text.endswith("\ufffd"):
            text = told
        else:
            self.prefix, self.read = self.read, len(self.ids)
        self.done = finish is not None
        self.tell(Piece(text[len(told) :], [token], finish))


class Rows(BaseStreamer, StoppingCriteria):
    """Gives every row its tokens; ends the batch when all rows have what they asked for."""

    def __init__(self, rows, tokenizer, ends):
        self.rows = rows
        self.tokenizer = tokenizer
        self.ends = ends
        self.prompts_seen = False

    def put(self, value):
        # The prompts come first.
        if not self.prompts_seen:
            self.prompts_seen = True
            return
        for row, token in zip(self.rows, value.reshape(-1).tolist()):
            row.take(token, self.tokenizer, self.ends)

    def end(self):
        pass

    def __call__(self, input_ids, scores, **kwargs):
        done = all(row.done for row in self.rows)
        return torch.full((input_ids.shape[0],), done, dtype=torch.bool, device=input_ids.device)


class TransformersEngine:
    extra = {}

    def __init__(self, asked):
        self.name = asked.name
        self.batching = asked.batching
        self.size = asked.max_batch or (DEFAULT_BATCH if asked.batching == "static" else 1)
        if asked.threads is not None:
            torch.set_num_threads(asked.threads)
        self.tokenizer = AutoTokenizer.from_pretrained(asked.model)
        extra = {} if asked.quantisation is None else {"quantization_config": quantised(asked.quantisation)}
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = AutoModelForCausalLM.from_pretrained(
            asked.model, dtype=asked.dtype or "auto", device_map=device, **extra
        ).eval()
        config = self.model.generation_config
        ends = config.eos_token_id
        self.ends = set(ends if isinstance(ends, list) else [] if ends is None else [ends])
        # The end of a text is decided row by row.
        config.eos_token_id = None
        self.pad = self.tokenizer.pad_token_id or 0
        config.pad_token_id = self.pad
        self.context = getattr(self.model.config, "max_position_embeddings", None) or DEFAULT_CONTEXT
        self.quantisation = asked.quantisation
        self.thread = ThreadPoolExecutor(1)

    def about(self):
        settings = {
            "device": str(self.model.device),
            "dtype": str(self.model.dtype).replace("torch.", ""),
            "batching": self.batching,
            "maxSequences": self.size,
            "threads": torch.get_num_threads(),
        }
        if self.quantisation is not None:
            settings["quantisation"] = self.quantisation
        return {"version": transformers.__version__, "settings": settings}

    def encode(self, text):
        return self.tokenizer.encode(text)

    async def generate(self, asked):
        row = Row(asked)
        self.batches.queue.put_nowait(row)
        try:
            while True:
                piece = await row.pieces.get()
                if isinstance(piece, Exception):
                    raise piece
                yield piece
                if piece.finish is not None:
                    return
        finally:
            # Nobody reads it any more: the batch need not wait for it.
            row.done = True

    @contextlib.asynccontextmanager
    async def lifespan(self, app):
        self.batches = StaticBatches(self.size, self.run, lambda row: row.asked.sampling())
        serving = asyncio.create_task(self.batches.serve())
        yield
        serving.cancel()

    async def run(self, rows):
        rows = [row for row in rows if not row.done]
        if rows:
            await asyncio.get_running_loop().run_in_executor(self.thread, self.compute, rows)

    def compute(self, rows):
        try:
            self.compute_batch(rows)
        except Exception as error:
            logging.exception("a batch failed")
            for row in rows:
                row.tell(error)

    @torch.inference_mode()
    def compute_batch(self, rows):
        longest = max(len(row.asked.ids) for row in rows)
        ids = [[self.pad] * (longest - len(row.asked.ids)) + row.asked.ids for row in rows]
        mask = [[0] * (longest - len(row.asked.ids)) + [1] * len(row.asked.ids) for row in rows]
        device = self.model.device
        first = rows[0].asked
        sampling = {"do_sample": False}
        if first.temperature > 0:
            sampling = {"do_sample": True, "temperature": first.temperature, "top_p": first.top_p, "top_k": first.top_k}
            if first.seed is not None:
                torch.manual_seed(first.seed)
        each = Rows(rows, self.tokenizer, self.ends)
        self.model.generate(
            input_ids=torch.tensor(ids, device=device),
            attention_mask=torch.tensor(mask, device=device),
            max_new_tokens=max(row.asked.max_tokens for row in rows),
            streamer=each,
            stopping_criteria=[each],
            **sampling,
        )


def quantised(name):
    from transformers import BitsAndBytesConfig

    if name == "int8":
        logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type=name, bnb_4bit_compute_dtype=torch.bfloat16)


def add_arguments(parser):
    parser.add_argument("--model", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--batching", choices=["off", "static"], default="off")
    parser.add_argument("--max-batch", type=int)
    parser.add_argument("--dtype")
    parser.add_argument("--quantisation", choices=["int8", "nf4", "fp4"])
    parser.add_argument("--threads", type=int)


def make(asked):
    return TransformersEngine(asked)
