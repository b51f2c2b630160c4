"""Stock OpenVINO as the judge of a conversion: what its CPU plugin makes of a model before and after.

Loading, shapes, names and int8 operations are judged in the default configuration, with nothing set. Noise is judged in f32
against the plugin's own simulation of the original, its low precision passes off: as the median over the inputs, in decibels.

usage: python -m lpt_opt.judge BEFORE.xml AFTER.xml [--json] [--report FILE.json] [--pairs N] [--slower RATIO]
One line, or with --json an object, of both models: int8 operations, noise, milliseconds to compile and to infer as the median
of N runs in turn (5). --report joins the operations that a report of lpt-opt says run in integers with those that do.
Exit code 1 if the second model is worse; its time counts if --slower names how many times the first one's it may be."""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

try:
    import numpy as np
    import openvino as ov
except ImportError as error:
    sys.exit(f"lpt_opt.judge: {error}; pip install 'lpt-opt[judge]' brings it")

IN_F32 = {"INFERENCE_PRECISION_HINT": "f32"}
SIMULATION = {**IN_F32, "LP_TRANSFORMS_MODE": "NO"}
HEAVY = {"Convolution", "MatMul", "FullyConnected", "Deconvolution", "RNNSeq", "LSTMSequence", "GRUSequence", "RNNCell"}
INPUTS = 5
SLACK = 128  # bytes: the shape behind 2-D weights, the ends of new ranges
ALLOWED_LOSS, ENOUGH = 1, 60  # dB
SAME, OTHER = 300.0, -300.0  # dB: no difference at all; another shape, or finite in other places

CORE = ov.Core()


def inputs_for(model, seed=1):
    """Random values for every input; dynamic dimensions become 2, or what is nearest to it."""
    rng = np.random.default_rng(seed)
    values = []
    for port in model.inputs:
        shape = [d.get_length() if d.is_static else int(np.clip(2, d.get_min_length(), d.get_max_length() if d.get_max_length() > 0 else 2))
                 for d in port.get_partial_shape()]
        dtype = port.get_element_type().to_dtype()
        integral = port.get_element_type().is_integral()
        values.append(rng.integers(0, 2 if dtype == bool else 900, shape).astype(dtype) if integral else rng.normal(0, 1, shape).astype(dtype))
    return values


def decibels(reference, values):
    """Signal to noise ratio of the worst output."""
    worst = SAME
    for u, v in zip(reference, values, strict=True):
        if u.shape != v.shape or (np.isfinite(u) != np.isfinite(v)).any():
            return OTHER
        finite = np.isfinite(u)
        u, v = u[finite].astype(np.float64), v[finite].astype(np.float64)
        error = ((u - v) ** 2).sum()
        if error > 0:
            worst = min(worst, 10 * np.log10((u**2).sum() / error + 1e-30))
    return worst


def kernels(compiled):
    """Kind, names in the model, and whether it runs on integers, of each layer that computes with weights. The kernel's name
    says it: runtimePrecision may be the type of the weights."""
    for node in compiled.get_runtime_model().get_ops():
        info = {key: node.get_rt_info()[key].astype(str) for key in ("layerType", "originalLayersNames", "primitiveType")}
        if info["layerType"] in HEAVY:
            yield info["layerType"], info["originalLayersNames"].split(","), info["primitiveType"].lower().endswith(("_i8", "_u8"))


def integer_layers(compiled):
    """How many layers of each kind run on integers."""
    counts = {}
    for kind, _, integers in kernels(compiled):
        if integers:
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def disagreements(compiled, report):
    """Names of operations of which a report of lpt-opt says otherwise than they run. What the runtime has joined with others
    or split is not among them."""
    foreseen = {layer["name"]: layer["runs_in"] in ("i8", "u8") for layer in report["layers"] if layer.get("runs_in")}
    return [name for _, names, integers in kernels(compiled) for name in names if foreseen.get(name, integers) != integers]


def run(compiled, values):
    """The outputs, strings aside, which are nothing to compare by distance."""
    result = compiled(values)
    return [np.array(result[i]) for i, port in enumerate(compiled.outputs) if port.get_element_type() != ov.Type.string]


def opset():
    """Of this wheel: operations and passes."""
    try:
        from openvino import opset13, passes
    except ImportError:  # until 2024
        from openvino.runtime import opset13, passes
    return opset13, passes


def fold_weights(model):
    """Computes each FakeQuantize of constants. The plugin wants the weights of recurrent layers to be constant, but leaves
    these FakeQuantizes alone while its low precision passes are off."""
    op, passes = opset()

    def value(node):
        if node.get_type_name() == "Convert":
            node = node.input_value(0).get_node()
        return node.data.astype(np.float32) if node.get_type_name() == "Constant" else None

    for node in model.get_ordered_ops():
        if node.get_type_name() != "FakeQuantize":
            continue
        values = [value(node.input_value(i).get_node()) for i in range(5)]
        if any(v is None for v in values):
            continue
        x, low, high, out_low, out_high = values
        steps = node.get_attributes()["levels"] - 1
        with np.errstate(all="ignore"):
            y = np.round((x - low) / (high - low) * steps) / steps * (out_high - out_low) + out_low
        y = np.where(x <= np.minimum(low, high), out_low, np.where(x > np.maximum(low, high), out_high, y))
        node.output(0).replace(op.constant(y.astype(np.float32)).output(0))
    manager = passes.Manager()
    manager.register_pass(passes.ConstantFolding())
    manager.run_passes(model)
    return model


def shake(model):
    """Changes the last bit of what Convolutions and MatMuls give."""
    op, _ = opset()
    rng = np.random.default_rng(1)
    for node in model.get_ordered_ops():
        if node.get_type_name() in ("Convolution", "GroupConvolution", "ConvolutionBackpropData", "MatMul") and node.get_output_element_type(0) == ov.Type.f32:
            readers = node.output(0).get_target_inputs()
            shaken = op.multiply(node, op.constant(np.nextafter(np.float32(1), np.float32(rng.integers(2) * 2))))
            for reader in readers:
                reader.replace_source_output(shaken.output(0))
    return model


def simulation(path, change=lambda model: model):
    model = change(CORE.read_model(path))
    if any(node.get_type_name().endswith(("Sequence", "Cell")) for node in model.get_ordered_ops()):
        model = fold_weights(model)
    return CORE.compile_model(model, "CPU", SIMULATION)


def signature(compiled):
    return [f"{side} {'/'.join(sorted(port.get_names()))}:{port.get_element_type().get_type_name()}{port.get_partial_shape()}"
            for side, ports in (("input", compiled.inputs), ("output", compiled.outputs)) for port in ports]


class Judge:
    """Knows the original. `inputs` is a list of values for all inputs each; without it they are random.

    noise     of the original itself, dB
    integers  the original's int8 operations by kind
    raises RuntimeError if the runtime does not run the original"""

    WRONG = 10  # dB

    def __init__(self, path, inputs=None, core_config=None):
        self.path = pathlib.Path(path)
        self.config = core_config or {}
        model = CORE.read_model(path)
        self.inputs = inputs or [inputs_for(model, seed) for seed in range(1, INPUTS + 1)]
        self.signature, self.shapes, self.integers = self.default(path)
        exact = CORE.compile_model(model, "CPU", IN_F32)
        reference = simulation(path)
        self.reference = [run(reference, values) for values in self.inputs]
        self.noise = self.median(exact)

    def wrong(self):
        """Whether the runtime computes the original wrongly already: as it runs it, or in the simulation, as it does some
        stored weights but not real ones of the same values."""
        real = run(simulation(self.path, fold_weights), self.inputs[0])
        return self.noise < self.WRONG or decibels(real, self.reference[0]) < self.WRONG

    def default(self, path):
        compiled = CORE.compile_model(str(path), "CPU", self.config)
        return signature(compiled), [value.shape for value in run(compiled, self.inputs[0])], integer_layers(compiled)

    def median(self, compiled):
        return float(np.median([decibels(reference, run(compiled, values)) for reference, values in zip(self.reference, self.inputs)]))

    def expected(self):
        """The least noise of a result, dB. Where last bits turn into other steps, as in deep networks, any result has the noise
        that they make of the simulation, too."""
        bits = self.median(simulation(self.path, shake))
        return -10 * np.log10(10 ** (-self.noise / 10) + 10 ** (-bits / 10)) - ALLOWED_LOSS

    def faults(self, path, least=None):
        """What speaks against the converted model, each in some words. `least` is the noise that must stay instead of the
        original's, in dB."""
        try:
            names, shapes, integers = self.default(path)
            noise = self.median(CORE.compile_model(str(path), "CPU", IN_F32))
        except RuntimeError as error:
            return [f"does not load: {str(error).strip().splitlines()[-1][:120]}"]
        found = []
        if len(names) != len(self.signature):
            found.append(f"{len(self.signature)} inputs and outputs -> {len(names)}")
        found += [f"{was} -> {is_now}" for was, is_now in zip(self.signature, names) if was != is_now]
        if shapes != self.shapes:
            found.append(f"shapes {self.shapes} -> {shapes}")
        before, after = sum(self.integers.values()), sum(integers.values())
        if after < before:
            found.append(f"int8 {before} -> {after}")
        enough = min(self.noise - ALLOWED_LOSS, ENOUGH) if least is None else least
        if noise < enough and (least is not None or noise < self.expected()):
            found.append(f"noise {self.noise:.1f} dB -> {noise:.1f} dB")
        grown = weights_size(path) - weights_size(self.path)
        if grown > SLACK:
            found.append(f"weights grow by {grown} bytes")
        return found


def weights_size(path):
    return pathlib.Path(path).with_suffix(".bin").stat().st_size


def converted(program, source, target, *options):
    """None, or how lpt-opt failed."""
    done = subprocess.run([program, source, "-o", target, "-q", *options], capture_output=True, text=True)
    return f"exit {done.returncode}: {done.stderr.strip()}" if done.returncode else None


def judge_modes(program, judge, folder, modes=("full", "weights")):
    """Converts the judge's model in each mode; what speaks against the results, each behind the name of its mode."""
    found = []
    for mode in modes:
        target = folder / f"{mode}.xml"
        failed = converted(program, judge.path, target, "--mode", mode)
        found += [f"{mode}: {fault}" for fault in ([failed] if failed else judge.faults(target))]
    return found


def milliseconds(work):
    start = time.perf_counter()
    result = work()
    return result, 1000 * (time.perf_counter() - start)


def times(paths, values, pairs):
    """Medians of each model's time to compile, reading included, and to infer, run in turn."""
    found = [{"compile_ms": [], "infer_ms": []} for _ in paths]
    for _ in range(pairs):
        for path, row in zip(paths, found):
            compiled, spent = milliseconds(lambda: CORE.compile_model(str(path), "CPU"))
            row["compile_ms"].append(spent)
            compiled(values)
            row["infer_ms"].append(min(milliseconds(lambda: compiled(values))[1] for _ in range(3)))
    return [{key: round(statistics.median(times), 3) for key, times in row.items()} for row in found]


def side(judge, path):
    """What the runtime makes of one of the two models."""
    default, exact = (CORE.compile_model(str(path), "CPU", config) for config in ({}, IN_F32))
    return {"file": str(path), "int8": integer_layers(default), "weights_bytes": weights_size(path),
            "sqnr_db": {"default": round(judge.median(default), 1), "f32": round(judge.median(exact), 1)}}


def compare(before, after, pairs=5, slower=None, report=None):
    """All of it as an object. raises RuntimeError if the runtime does not run the first model"""
    judge = Judge(before)
    found = {"openvino": ov.get_version(), "faults": judge.faults(after), "before": side(judge, before)}
    if any(fault.startswith("does not load") for fault in found["faults"]):
        return found
    found["after"] = side(judge, after)
    for name, row in zip(("before", "after"), times((before, after), judge.inputs[0], pairs)):
        found[name] |= row
    for key in ("compile_ms", "infer_ms"):
        ratio = found["after"][key] / found["before"][key]
        if slower is not None and ratio > slower:
            found["faults"].append(f"{key} {found['before'][key]} -> {found['after'][key]}")
    if report is not None:
        found["disagreements"] = disagreements(CORE.compile_model(str(after), "CPU"), report)
    return found


def line(found):
    def pair(what):
        return " -> ".join(what(found[name]) for name in ("before", "after") if name in found)

    return "; ".join([*(f"worse: {fault}" for fault in found["faults"]), f"int8 operations {pair(lambda row: str(sum(row['int8'].values())))}",
                      f"f32 noise {pair(lambda row: str(row['sqnr_db']['f32']))} dB",
                      *(f"{key[:-3]} {pair(lambda row: str(row.get(key, '?')))} ms" for key in ("compile_ms", "infer_ms")),
                      *(f"the report says otherwise of {name}" for name in found.get("disagreements", []))])


def main():
    parser = argparse.ArgumentParser("python -m lpt_opt.judge", description=__doc__.split("\n")[0])
    parser.add_argument("before", type=pathlib.Path, metavar="BEFORE.xml")
    parser.add_argument("after", type=pathlib.Path, metavar="AFTER.xml")
    parser.add_argument("--json", action="store_true", help="print an object instead of a line")
    parser.add_argument("--report", type=pathlib.Path, metavar="FILE.json", help="of lpt-opt: compare what it foresees")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="how often both are compiled and run, in turn; 5 by default")
    parser.add_argument("--slower", type=float, metavar="RATIO", help="fail if AFTER takes more than RATIO times as long")
    given = parser.parse_args()
    report = json.loads(given.report.read_text()) if given.report else None
    try:
        found = compare(given.before, given.after, given.pairs, given.slower, report)
    except RuntimeError as error:
        sys.exit(f"{given.before}: OpenVINO does not run it: {str(error).strip().splitlines()[-1]}")
    print(json.dumps(found, indent=2) if given.json else line(found))
    return bool(found["faults"])


if __name__ == "__main__":
    sys.exit(main())
