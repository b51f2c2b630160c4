"""What the tests of lpt-opt share: the program, the models, OpenVINO as the judge."""
import os
import pathlib
import subprocess
import sys

import openvino as ov
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))
from lpt_opt.judge import CORE, IN_F32, inputs_for, integer_layers  # noqa: E402
MODELS = ROOT / "test_models"
PROGRAM = os.environ.get("LPT_OPT", str(ROOT / "build" / "bin" / "lpt-opt"))
PASSES = ("fold_weights_quantize_dequantize", "fold_weights_fake_quantize", "fold_weights_fake_convert",
          "guard_stored_weights", "store_pointwise_weights")  # of mode weights
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


class Compiled:
    """A model in the CPU plugin."""

    def __init__(self, path):
        self.model = CORE.read_model(path)
        self.compiled = CORE.compile_model(self.model, "CPU", IN_F32)

    def outputs(self, values):
        result = self.compiled(values)
        return [result[i] for i in range(len(self.model.outputs))]

    def integer_layers(self):
        return integer_layers(self.compiled)


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
