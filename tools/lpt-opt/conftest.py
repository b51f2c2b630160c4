"""What the tests of lpt-opt share: the program, the models, OpenVINO as the judge."""
import os
import pathlib
import subprocess
import sys

import numpy as np
import openvino as ov
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "test_models"
PROGRAM = os.environ.get("LPT_OPT", str(ROOT / "build" / "bin" / "lpt-opt"))
PASSES = ("fold_weights_quantize_dequantize", "fold_weights_fake_quantize", "fold_weights_fake_convert")  # of mode weights
WEIGHTS = ["--mode", "weights"]
NO_PASS = WEIGHTS + [word for name in PASSES for word in ("--disable-pass", name)]
sys.path.insert(0, str(MODELS))


def run(*args, **options):
    """Runs lpt-opt; returns the finished process, with text output."""
    return subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True, errors="surrogateescape", timeout=300, **options)


def convert(source, target, *args):
    """Converts and asserts that it worked."""
    done = run(source, "-o", target, *args)
    assert done.returncode == 0, done.stderr
    return done


def inputs_for(model, seed=1):
    """Random values for every input; dynamic dimensions become 2."""
    rng = np.random.default_rng(seed)
    values = []
    for port in model.inputs:
        shape = [d.get_length() if d.is_static else 2 for d in port.get_partial_shape()]
        dtype = port.get_element_type().to_dtype()
        integral = port.get_element_type().is_integral()
        values.append(rng.integers(0, 2 if dtype == bool else 900, shape).astype(dtype) if integral else rng.normal(0, 1, shape).astype(dtype))
    return values


HEAVY = {"Convolution", "MatMul", "FullyConnected", "Deconvolution", "RNNSeq", "RNNCell"}


class Compiled:
    """A model in the CPU plugin."""

    def __init__(self, path):
        self.model = ov.Core().read_model(path)
        self.compiled = ov.Core().compile_model(self.model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

    def outputs(self, values):
        result = self.compiled(values)
        return [result[i] for i in range(len(self.model.outputs))]

    def integer_layers(self):
        """How many layers of each kind that computes with weights run on integers."""
        counts = {}
        for node in self.compiled.get_runtime_model().get_ops():
            info = node.get_rt_info()
            kind, precision = info["layerType"].astype(str), info["runtimePrecision"].astype(str)
            if kind in HEAVY and precision in ("i8", "u8"):
                counts[kind] = counts.get(kind, 0) + 1
        return counts


def bits(outputs):
    return [x.tobytes() for x in outputs]


def save(model, path):
    ov.save_model(model, path, compress_to_fp16=False)
    return path


@pytest.fixture(scope="session")
def samples(tmp_path_factory):
    """Folder with the samples of the file format, and their manifest."""
    import json

    folder = tmp_path_factory.mktemp("samples")
    subprocess.run([sys.executable, str(MODELS / "make_ir_samples.py"), str(folder)], check=True, capture_output=True)
    return folder, json.loads((folder / "manifest.json").read_text())
