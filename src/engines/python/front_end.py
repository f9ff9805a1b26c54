"""A small streaming front end in the shape of OpenAI's completions, for any engine that yields tokens.

POST /v1/completions takes a prompt (text or token ids) or a list of them, and streams one event per token and prompt as
vLLM does: `choices[].index`, `text`, `token_ids`. GET /health, /version and /v1/models say what it is, /metrics what it
has done.
"""
import asyncio
import json
import time
import uuid
from typing import Union

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from asking import Asked, Piece

DEFAULT_TOKENS = 16
MOST_PROMPTS = 1024


class Refused(Exception):
    """A request that cannot be served, and why."""


def read_prompts(prompt, engine) -> list:
    """Lists of token ids. Raises Refused."""
    if isinstance(prompt, str) or (isinstance(prompt, list) and prompt and all(is_id(one) for one in prompt)):
        prompt = [prompt]
    if not isinstance(prompt, list) or not 0 < len(prompt) <= MOST_PROMPTS:
        raise Refused(f"prompt must be a text, token ids, or a list of 1 to {MOST_PROMPTS} of them")
    return [read_prompt(one, engine) for one in prompt]


def read_prompt(one: Union[str, list], engine) -> list:
    if isinstance(one, str):
        ids = engine.encode(one)
    elif isinstance(one, list) and all(is_id(part) for part in one):
        ids = one
    else:
        raise Refused("each prompt must be a text or a list of token ids")
    if not ids:
        raise Refused("a prompt has no tokens")
    return ids


def is_id(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def number(body, name, default, low, high, kind=(int, float)):
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high:
        raise Refused(f"{name} must be a number from {low} to {high}")
    return value


def read_body(body, engine) -> list:
    """One Asked for each prompt. Raises Refused."""
    if not isinstance(body, dict):
        raise Refused("the body must be an object")
    for name in ("n", "best_of"):
        if body.get(name, 1) not in (None, 1):
            raise Refused(f"{name} can only be 1")
    if body.get("stop"):
        raise Refused("stop is not supported")
    prompts = read_prompts(body.get("prompt"), engine)
    max_tokens = number(body, "max_tokens", DEFAULT_TOKENS, 1, engine.context, int)
    for ids in prompts:
        if len(ids) + max_tokens > engine.context:
            raise Refused(f"{len(ids)} prompt and {max_tokens} output tokens exceed the context of {engine.context}")
    return [
        Asked(
            ids=ids,
            max_tokens=max_tokens,
            ignore_eos=body.get("ignore_eos") is True,
            temperature=float(number(body, "temperature", 0.0, 0, 100)),
            top_p=float(number(body, "top_p", 1.0, 0, 1)),
            top_k=max(0, number(body, "top_k", 0, -1, 1_000_000, int)),
            seed=number(body, "seed", None, 0, 2**63 - 1, int),
        )
        for ids in prompts
    ]


async def merged(sources):
    """Pieces of all prompts as they come: (index, piece). Ends all of them when it is closed."""
    queue = asyncio.Queue()

    async def pump(index, source):
        try:
            async for piece in source:
                queue.put_nowait((index, piece))
        except Exception as error:  # the reader raises it
            queue.put_nowait((index, error))
        finally:
            await source.aclose()
            queue.put_nowait(None)

    tasks = [asyncio.create_task(pump(index, source)) for index, source in enumerate(sources)]
    try:
        left = len(tasks)
        while left > 0:
            item = await queue.get()
            if item is None:
                left -= 1
            elif isinstance(item[1], Exception):
                raise item[1]
            else:
                yield item
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Counters:
    """What the engine has done, counted where its tokens come in. A prompt of a list is a request of its own."""

    def __init__(self):
        self.running = 0
        self.done = {"prompt_tokens": 0, "generation_tokens": 0, "request_success": 0}

    async def watch(self, asked, source):
        self.running += 1
        self.done["prompt_tokens"] += len(asked.ids)
        try:
            async for piece in source:
                self.done["generation_tokens"] += len(piece.ids)
                if piece.finish is not None:
                    self.done["request_success"] += 1
                yield piece
        finally:
            self.running -= 1
            await source.aclose()

    def page(self):
        prefix = "assay_front_end"
        lines = [f"# TYPE {prefix}:num_requests_running gauge", f"{prefix}:num_requests_running {self.running}"]
        for name, value in self.done.items():
            lines += [f"# TYPE {prefix}:{name}_total counter", f"{prefix}:{name}_total {value}"]
        return "\n".join(lines) + "\n"


def error_body(message):
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}


def make_app(engine, lifespan=None) -> FastAPI:
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None)
    made = int(time.time())
    counters = Counters()

    @app.get("/health")
    async def health():
        return {"status": "ok"}

    @app.get("/version")
    async def version():
        return engine.about()

    @app.get("/v1/models")
    async def models():
        model = {"id": engine.name, "object": "model", "created": made, "owned_by": "llm-assay"}
        return {"object": "list", "data": [{**model, "max_model_len": engine.context}]}

    @app.get("/metrics")
    async def metrics():
        return PlainTextResponse(counters.page())

    @app.post("/v1/completions")
    async def completions(request: Request):
        try:
            body = json.loads(await request.body())
            asked = read_body(body, engine)
            if body.get("model") not in (None, engine.name):
                return JSONResponse(error_body(f"the model {body['model']} is not served"), 404)
        except (ValueError, Refused) as error:
            return JSONResponse(error_body(str(error)), 400)
        head = {"id": f"cmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": engine.name}
        pieces = merged([counters.watch(one, engine.generate(one)) for one in asked])
        prompt_tokens = sum(len(one.ids) for one in asked)
        if body.get("stream") is True:
            options = body.get("stream_options") or {}
            with_usage = isinstance(options, dict) and options.get("include_usage") is True
            events = stream(head, pieces, prompt_tokens, with_usage)
            return StreamingResponse(events, media_type="text/event-stream")
        return JSONResponse(await whole(head, pieces, prompt_tokens, len(asked)))

    return app


def usage_of(prompt_tokens, tokens):
    return {"prompt_tokens": prompt_tokens, "completion_tokens": tokens, "total_tokens": prompt_tokens + tokens}


def choice(index, piece):
    said = {"index": index, "text": piece.text, "logprobs": None, "finish_reason": piece.finish}
    return {**said, "token_ids": piece.ids}


async def stream(head, pieces, prompt_tokens, with_usage):
    def event(body):
        return f"data: {json.dumps({**head, 'object': 'text_completion', **body}, separators=(',', ':'))}\n\n"

    tokens = 0
    try:
        async for index, piece in pieces:
            tokens += len(piece.ids)
            yield event({"choices": [choice(index, piece)]})
        if with_usage:
            yield event({"choices": [], "usage": usage_of(prompt_tokens, tokens)})
        yield "data: [DONE]\n\n"
    except Exception as error:  # the status is sent already
        yield f"data: {json.dumps(error_body(str(error)))}\n\n"
    finally:
        await pieces.aclose()


async def whole(head, pieces, prompt_tokens, count):
    parts = [Piece("", []) for _ in range(count)]
    async for index, piece in pieces:
        part = parts[index]
        part.text += piece.text
        part.ids += piece.ids
        part.finish = piece.finish or part.finish
    tokens = sum(len(part.ids) for part in parts)
    choices = [choice(index, part) for index, part in enumerate(parts)]
    return {**head, "object": "text_completion", "choices": choices, "usage": usage_of(prompt_tokens, tokens)}
