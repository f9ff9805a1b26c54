"""vLLM's command line: `vllm_run.py serve MODEL ...` is `vllm serve MODEL ...`."""
import sys

import vllm_package  # noqa: F401  before vLLM

from vllm.entrypoints.cli.main import main

# Child processes import this file again.
if __name__ == "__main__":
    sys.argv[0] = "vllm"
    sys.exit(main())
