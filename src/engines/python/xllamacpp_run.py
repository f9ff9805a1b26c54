"""llama.cpp's own HTTP server out of the package xllamacpp."""
import argparse
import signal

import xllamacpp


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--alias", required=True)
    parser.add_argument("--slots", type=int, default=1)
    parser.add_argument("--context", type=int, help="of all slots together")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--no-continuous-batching", action="store_true")
    parser.add_argument("--no-prompt-cache", action="store_true")
    asked = parser.parse_args()

    params = xllamacpp.CommonParams()
    params.model.path = asked.model
    params.hostnames = [asked.host]
    params.port = asked.port
    params.model_alias = {asked.alias}
    params.n_parallel = asked.slots
    if asked.context is not None:
        params.n_ctx = asked.context
    if asked.threads is not None:
        params.cpuparams.n_threads = asked.threads
        params.cpuparams_batch.n_threads = asked.threads
    params.cont_batching = not asked.no_continuous_batching
    if asked.no_prompt_cache:
        params.cache_prompt = False
        params.cache_ram_mib = 0
    params.endpoint_metrics = params.endpoint_slots = params.endpoint_props = True

    # Returns once it listens, and serves on threads of its own until it is let go.
    server = xllamacpp.Server(params)
    print(f"listening at {server.listening_address}", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
