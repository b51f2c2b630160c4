"""What the tests of lpt-run share: the program, the models, OpenVINO as the judge."""
import os
import pathlib
import subprocess

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "test_models"
PROGRAM = os.environ.get("LPT_RUN", str(ROOT / "build" / "bin" / "lpt-run"))
LPT_OPT = os.environ.get("LPT_OPT", str(ROOT / "build" / "bin" / "lpt-opt"))


def run(*args, program=PROGRAM, **options):
    """Runs the program; returns the finished process, with text output."""
    return subprocess.run([program, *map(str, args)], capture_output=True, text=True, timeout=300, **options)


def run_arrays(model, arrays, folder, *args):
    """Outputs of a model for these inputs; asserts that it ran."""
    np.savez(folder / "in.npz", *arrays)
    done = run(model, "--inputs", folder / "in.npz", "-o", folder / "out.npz", "-q", *args)
    assert done.returncode == 0, done.stderr
    with np.load(folder / "out.npz") as outputs:
        return list(outputs.values())
