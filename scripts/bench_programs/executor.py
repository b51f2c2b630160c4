"""Times inference of lpt-run against OpenVINO's CPU plugin in f32 and ONNX's reference evaluator; see scripts/bench."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np
import onnx
import openvino as ov
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "bench"
PROGRAM = ROOT / "build" / "bin" / "lpt-run"
MEASURE = "import os, sys; p = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:]); _, s, u = os.wait4(p, 0); print(s, u.ru_maxrss)"
ROUNDS, RUNS = 5, 20


class Network:
    """Builds an ONNX graph layer by layer, with random weights."""

    def __init__(self):
        self.rng = np.random.default_rng(0)
        self.nodes, self.weights = [], []

    def add(self, kind, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, values):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def convolution(self, x, channels, out, kernel, stride, relu=True):
        w = self.rng.normal(0, (2 / (channels * kernel**2)) ** 0.5, (out, channels, kernel, kernel)).astype(np.float32)
        y = self.add("Conv", x, self.constant(w), self.constant(self.rng.normal(0, 0.1, out).astype(np.float32)), strides=[stride] * 2, pads=[kernel // 2] * 4, kernel_shape=[kernel] * 2)
        return self.add("Relu", y) if relu else y


def resnet50(path):
    """50 layers as in the paper, 224 x 224, 25 million weights."""
    n = Network()
    x = n.add("MaxPool", n.convolution("image", 3, 64, 7, 2), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels = 64
    for blocks, width, stride in ((3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)):
        for i in range(blocks):
            step = stride if i == 0 else 1
            y = n.convolution(n.convolution(n.convolution(x, channels, width, 1, 1), width, width, 3, step), width, 4 * width, 1, 1, relu=False)
            shortcut = n.convolution(x, channels, 4 * width, 1, step, relu=False) if i == 0 else x
            x, channels = n.add("Relu", n.add("Add", y, shortcut)), 4 * width
    y = n.add("MatMul", n.add("Flatten", n.add("GlobalAveragePool", x)), n.constant(n.rng.normal(0, 0.02, (channels, 1000)).astype(np.float32)))
    image, out = (helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in (("image", [1, 3, 224, 224]), (y, [1, 1000])))
    onnx.save(helper.make_model(helper.make_graph(n.nodes, "resnet50", [image], [out], n.weights), opset_imports=[helper.make_opsetid("", 17)]), path)


def random_inputs(model):
    rng = np.random.default_rng(1)
    arrays = []
    for port in model.inputs:
        shape = [d.get_length() if d.is_static else 1 for d in port.get_partial_shape()]
        dtype = port.get_element_type().to_dtype()
        arrays.append(rng.integers(0, 2, shape).astype(dtype) if port.get_element_type().is_integral() else rng.normal(0, 1, shape).astype(dtype))
    return arrays


def openvino_ms(request, arrays):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        request.infer(arrays)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def our_ms(path, inputs):
    done = subprocess.run([PROGRAM, path, "--inputs", inputs, "--repeat", str(RUNS), "--json", "-j", "2"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["milliseconds"]


def peak_mib(path, inputs):
    """Peak resident memory. A small process starts the command: the peak of the one that forks would count for it."""
    command = [sys.executable, "-S", "-c", MEASURE, str(PROGRAM), str(path), "--inputs", str(inputs), "-q"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]) / 1024


def compare(path):
    model = ov.Core().read_model(path)
    arrays = random_inputs(model)
    inputs = WORK / "inputs.npz"
    np.savez(inputs, *arrays)
    config = {"INFERENCE_PRECISION_HINT": "f32", "LP_TRANSFORMS_MODE": "NO", "INFERENCE_NUM_THREADS": 2}
    request = ov.Core().compile_model(model, "CPU", config).create_infer_request()
    request.infer(arrays)
    pairs = [(our_ms(path, inputs), openvino_ms(request, arrays)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(times) for times in zip(*pairs))
    weights = os.path.getsize(path.with_suffix(".bin")) / 2**20
    print(f"{path.stem:<24}{ours:>10.3f}{theirs:>10.3f}{ours / theirs:>8.2f}x{weights:>10.1f}{peak_mib(path, inputs):>10.1f}")
    return ours, ours / theirs


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    source = WORK / "resnet50.onnx"
    path = WORK / "resnet50.xml"
    if not path.exists():
        resnet50(source)
        ov.save_model(ov.Core().read_model(source), path, compress_to_fp16=False)
    print("\nInference in ms on two threads, medians of rounds in turn; OpenVINO's CPU plugin in f32. Memory in MiB.")
    print(f"{'model':<24}{'lpt-run':>10}{'OpenVINO':>10}{'ratio':>9}{'weights':>10}{'peak':>10}")
    ratios = []
    for name in ("mobilenet_v2_thin", "resnet_thin", "vit_thin", "bert_thin"):
        ratios.append(compare(ROOT / "test_models" / f"{name}.fq.xml")[1])
    ours, ratio = compare(path)
    ratios.append(ratio)
    print(f"geometric mean {np.exp(np.mean(np.log(ratios))):.2f}x (at most 5), largest {max(ratios):.2f}x (at most 10)")
    evaluator = ReferenceEvaluator(str(source))
    image = np.random.default_rng(1).normal(0, 1, (1, 3, 224, 224)).astype(np.float32)
    start = time.perf_counter()
    evaluator.run(None, {"image": image})
    reference = (time.perf_counter() - start) * 1e3
    print(f"onnx.reference.ReferenceEvaluator on resnet50: {reference:.0f} ms, {reference / ours:.0f} times lpt-run's (at least 10)")


main()
