"""triton_run.py --work FOLDER -- ARGUMENTS: the Triton server that the package nvidia-pytriton carries, in this process's place.

Its Python back end and the stub for this Python are linked in FOLDER, where the server looks for back ends.
"""
import argparse
import contextlib
import os
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    package = Path(find_spec("pytriton").submodule_search_locations[0])
    server = package / "tritonserver"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    stub = server / "python_backend_stubs" / version / "triton_python_backend_stub"
    if not stub.exists():
        sys.exit(f"nvidia-pytriton has no stub for Python {version}")
    backends = Path(asked.work).resolve() / "backends"
    (backends / "python").mkdir(parents=True, exist_ok=True)
    for file in [*(server / "backends" / "python").iterdir(), stub]:
        with contextlib.suppress(FileExistsError):
            (backends / "python" / file.name).symlink_to(file)
    libraries = [sysconfig.get_config_var("LIBDIR"), str(package.parent / "nvidia_pytriton.libs")]
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(filter(None, libraries))}
    # The stub takes the base interpreter's packages, and what it finds in the working folder before them.
    os.chdir(package.parent)
    program = server / "bin" / "tritonserver"
    arguments = [one for one in asked.arguments if one != "--"]
    os.execve(program, [str(program), "--backend-directory", str(backends), *arguments], environment)


if __name__ == "__main__":
    main()
