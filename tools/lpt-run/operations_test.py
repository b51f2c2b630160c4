"""Every operation against OpenVINO, over the grid of operation_grid.py, or over one in LPT_GRID_SHARE of its cases, drawn by
their names, so that nothing is left out because it stands in every fifth place."""
import os
import re
import zlib

import numpy as np
import openvino as ov
import pytest
from conftest import run_arrays
from operation_grid import CASES

SHARE = int(os.environ.get("LPT_GRID_SHARE", "1"))
FIRST = {re.match("[a-z_]*", case[0])[0]: case[0] for case in reversed(CASES)}.values()  # of each operation
DRAWN = [case for case in CASES if case[0] in FIRST or zlib.crc32(case[0].encode()) % SHARE == 0]


def expected(path, model, arrays, judge):
    if judge == "reference":
        outputs = [ov.Tensor(o.get_element_type(), o.get_shape()) for o in model.outputs]
        assert model.evaluate(outputs, [ov.Tensor(a) for a in arrays])
        return [o.data.copy() for o in outputs]
    result = ov.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(arrays)
    return [result[i] for i in range(len(model.outputs))]


def test_grid_is_as_large_as_it_should_be():
    assert len(CASES) >= 1500
    assert len({name for name, *_ in CASES}) == len(CASES)


@pytest.mark.parametrize("make, judge, tolerance", [pytest.param(*rest, id=name) for name, *rest in DRAWN])
def test_agrees_with_openvino(make, judge, tolerance, tmp_path):
    model, arrays = make()
    path = tmp_path / "model.xml"
    ov.save_model(model, path, compress_to_fp16=False)
    ours = run_arrays(path, arrays, tmp_path)
    for mine, theirs in zip(ours, expected(path, model, arrays, judge), strict=True):
        assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
        if tolerance == 0:
            np.testing.assert_array_equal(mine, theirs)
        else:
            scale = np.nanmax(np.abs(theirs), initial=0)
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=tolerance * scale)
