"""Times the reference C++ runtime (LiteRT with XNNPACK) on the kiosk's own net files, one thread, and prints one JSON object.

    python reference_runtime.py MODELS_TOML NODE_MODULES        needs: pip install ai-edge-litert numpy

Keys are the names of nets as in the criterion group `nets`; values are median milliseconds, or a string that says why a net
cannot be timed: the runtime's Python package has no operators beyond the built-in ones, and two of the nets use MediaPipe's.
"""

import json
import pathlib
import statistics
import sys
import time
import tomllib

import numpy
from ai_edge_litert.interpreter import Interpreter

RUNS = 200
WARM_UP = 20


def nets(models: pathlib.Path, packages: pathlib.Path):
    """Name and bytes of every TFLite file that the list names."""
    for model in tomllib.loads(models.read_text())["model"]:
        if not model["path"].endswith((".tflite", ".data")):
            continue
        file = (packages / model["package"] / model["path"]).read_bytes()
        parts = model.get("part", [{"name": model["name"], "range": [0, len(file)], "input": [1]}])
        for part in parts:
            if part["input"]:
                yield part["name"], file[slice(*part["range"])]


def median_ms(file: bytes) -> float:
    net = Interpreter(model_content=file, num_threads=1)
    net.allocate_tensors()
    entry = net.get_input_details()[0]
    # The values that the criterion benchmark writes.
    values = (numpy.arange(numpy.prod(entry["shape"])) % 251 / 251).astype(numpy.float32)
    net.set_tensor(entry["index"], values.reshape(entry["shape"]))
    times = []
    for run in range(WARM_UP + RUNS):
        start = time.perf_counter()
        net.invoke()
        if run >= WARM_UP:
            times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def main() -> None:
    models, packages = map(pathlib.Path, sys.argv[1:3])
    timed = {}
    for name, file in nets(models, packages):
        try:
            timed[name] = median_ms(file)
        except (RuntimeError, ValueError) as error:
            timed[name] = str(error).splitlines()[0]
    print(json.dumps(timed, indent=1))


main()
