"""Stock OpenVINO as the judge of a conversion: what its CPU plugin makes of a model before and after.

Loading, shapes, names and int8 operations are judged in the default configuration, with nothing set. Noise is judged in f32
against the plugin's own simulation of the original, its low precision passes off: as the median over the inputs, in decibels."""
import pathlib
import subprocess

import numpy as np
import openvino as ov

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


def integer_layers(compiled):
    """How many layers of each kind that computes with weights run on integers. The kernel's name says it: runtimePrecision
    may be the type of the weights."""
    counts = {}
    for node in compiled.get_runtime_model().get_ops():
        info = node.get_rt_info()
        kind, kernel = info["layerType"].astype(str), info["primitiveType"].astype(str).lower()
        if kind in HEAVY and kernel.endswith(("_i8", "_u8")):
            counts[kind] = counts.get(kind, 0) + 1
    return counts


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
