"""Transformers' generate behind front_end.py."""
import argparse

import uvicorn

from front_end import make_app
from transformers_engine import TransformersEngine, add_arguments


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    engine = TransformersEngine(asked)
    app = make_app(engine, engine.lifespan)
    uvicorn.run(app, host=asked.host, port=asked.port, access_log=False, timeout_keep_alive=75, backlog=65535)


if __name__ == "__main__":
    main()
