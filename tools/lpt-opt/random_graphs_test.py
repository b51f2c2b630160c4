"""Random graphs keep their function: stock OpenVINO judges both modes, and the executor agrees with itself before and after.
scripts/check_random_graphs tries more of them."""
import pathlib
import subprocess

import numpy as np
import pytest
from conftest import PROGRAM
from random_graphs import Builder
from lpt_opt.judge import Judge, decibels, judge_modes

GRAPHS, CHUNKS = 60, 4


def is_far(reference, values):
    """True unless they agree but for values on the edge of two steps, which may go either way: few, or by one of many steps."""
    if reference.size == 0:
        return False
    scale = max(np.abs(reference).max(), 0.1)
    off = (~(np.abs(reference - values) <= 1e-4 * scale)).mean()
    return off > 0.02 and not decibels([reference], [values]) > 35


def executed(path, values, folder):
    """The outputs of lpt-run."""
    given = []
    for index, value in enumerate(values):
        np.save(folder / f"in{index}.npy", value)
        given += ["--input", f"{index}={folder / f'in{index}.npy'}"]
    done = subprocess.run([pathlib.Path(PROGRAM).with_name("lpt-run"), path, "-o", folder / "out.npz", *given], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with np.load(folder / "out.npz") as archive:
        return [archive[name] for name in archive]


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_graphs_keep_their_function(tmp_path, chunk):
    found, judged = {}, 0
    for seed in range(chunk, GRAPHS, CHUNKS):
        source = tmp_path / "in.xml"
        Builder(seed).write(source)
        try:
            judge = Judge(source)
        except RuntimeError:
            continue  # the plugin does not run each of them
        if judge.wrong():
            continue
        judged += 1
        faults = judge_modes(PROGRAM, judge, tmp_path)
        before, after = (executed(path, judge.inputs[0], tmp_path) for path in (source, tmp_path / "full.xml"))
        if [u.shape for u in before] != [v.shape for v in after] or any(map(is_far, before, after)):
            faults.append("the executor is far")
        if faults:
            found[seed] = faults
    assert not found
    assert judged >= 0.7 * GRAPHS / CHUNKS
