"""One of our engines as a decoupled model of Triton's Python back end: a response for each token.

The model's config.pbtxt says which engine, and with what arguments: parameters `engine` and `arguments` (JSON).
"""
import argparse
import asyncio
import importlib
import json
import threading

import numpy as np
import triton_python_backend_utils as pb

from asking import Asked

DEFAULT_TOKENS = 16
OPTIONAL_OUTPUTS = {
    "return_num_output_tokens": "num_output_tokens",
    "return_num_input_tokens": "num_input_tokens",
    "return_finish_reason": "finish_reason",
}


def value(request, name, default):
    tensor = pb.get_input_tensor_by_name(request, name)
    return default if tensor is None else tensor.as_numpy().flat[0]


def text(request, name):
    given = value(request, name, b"")
    return given.decode("utf-8") if isinstance(given, bytes) else str(given)


class TritonPythonModel:
    def initialize(self, args):
        parameters = json.loads(args["model_config"])["parameters"]
        module = importlib.import_module(parameters["engine"]["string_value"])
        parser = argparse.ArgumentParser()
        module.add_arguments(parser)
        self.engine = module.make(parser.parse_args(json.loads(parameters["arguments"]["string_value"])))
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()
        self.ready.wait()

    def serve(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.live())

    async def live(self):
        async with self.engine.lifespan(None):
            self.over = asyncio.Event()
            self.ready.set()
            await self.over.wait()

    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            try:
                asked, told = self.read(request)
            except (ValueError, UnicodeDecodeError) as error:
                fail(sender, str(error))
                continue
            asyncio.run_coroutine_threadsafe(self.answer(sender, asked, told, value(request, "stream", True)), self.loop)
        # Responses come from the engine's thread.
        return None

    def read(self, request):
        ids = self.engine.encode(text(request, "text_input"))
        if not ids:
            raise ValueError("text_input has no tokens")
        tokens = int(value(request, "max_tokens", DEFAULT_TOKENS))
        if tokens < 1:
            raise ValueError("max_tokens must be at least 1")
        if len(ids) + tokens > self.engine.context:
            raise ValueError(f"{len(ids)} prompt and {tokens} output tokens exceed the context of {self.engine.context}")
        seed = value(request, "random_seed", None)
        asked = Asked(
            ids=ids,
            max_tokens=tokens,
            ignore_eos=int(value(request, "min_length", 0)) >= tokens,
            temperature=float(value(request, "temperature", 0.0)),
            top_p=float(value(request, "top_p", 1.0)),
            top_k=int(value(request, "top_k", 0)),
            seed=None if seed is None else int(seed),
            extra={name: float(value(request, name, usual)) for name, usual in self.engine.extra.items()},
        )
        told = {output for name, output in OPTIONAL_OUTPUTS.items() if bool(value(request, name, False))}
        return asked, told

    async def answer(self, sender, asked, told, streams):
        said, tokens, finish = "", 0, None
        try:
            async for piece in self.engine.generate(asked):
                said, tokens, finish = said + piece.text, tokens + len(piece.ids), piece.finish
                if streams or finish is not None:
                    sender.send(response(said, tokens, finish, len(asked.ids), told))
                    said, tokens = "", 0
            sender.send(flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        except Exception as error:
            fail(sender, str(error))

    def finalize(self):
        self.loop.call_soon_threadsafe(self.over.set)


def response(said, tokens, finish, prompt_tokens, told):
    outputs = [pb.Tensor("text_output", np.array([said.encode("utf-8")], dtype=object))]
    if "num_output_tokens" in told:
        outputs.append(pb.Tensor("num_output_tokens", np.array([tokens], dtype=np.uint32)))
    if "num_input_tokens" in told:
        outputs.append(pb.Tensor("num_input_tokens", np.array([prompt_tokens], dtype=np.uint32)))
    if "finish_reason" in told:
        outputs.append(pb.Tensor("finish_reason", np.array([(finish or "").encode()], dtype=object)))
    return pb.InferenceResponse(outputs)


def fail(sender, message):
    sender.send(pb.InferenceResponse(error=pb.TritonError(message)), flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
