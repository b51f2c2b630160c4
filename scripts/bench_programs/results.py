"""How fast results load and run in stock OpenVINO, beside their originals; see scripts/bench --results. usage: results.py [NAME...]

Forms of a model: fp32, the network before quantization; fq, what NNCF gives with weights as floats; i8, the same with weights as
integers, as NNCF saves it by default; weights and full, our results of fq. Each is loaded and run in processes of its own, all forms
in turn, in the default configuration; the table has medians. What is made stays in build/results."""
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HOME = ROOT / "build" / "results"
PYTHON = HOME / "venv" / "bin" / "python"
PROGRAM = os.environ.get("LPT_OPT", str(ROOT / "build" / "bin" / "lpt-opt"))
ROUNDS = 7
IMAGE = [1, 3, 224, 224]
NETWORKS = ("mobilenet_v2", "resnet50", "shufflenet_v2_x1_0", "squeezenet1_1", "googlenet", "efficientnet_b0", "densenet121", "vit_b_32", "swin_t")
FORMS = ("fp32", "fq", "i8", "weights", "full")
MEASURE = """
import statistics, sys, time
import numpy as np, openvino as ov, openvino.opset13 as op
core = ov.Core()
x = op.parameter([1, 8], np.float32)
core.compile_model(ov.Model([op.relu(x)], [x]), "CPU")  # loads the plugin
config = {"CACHE_DIR": sys.argv[2]} if len(sys.argv) > 2 else {}
start = time.perf_counter()
compiled = core.compile_model(core.read_model(sys.argv[1]), "CPU", config) if not config else core.compile_model(sys.argv[1], "CPU", config)
loaded = time.perf_counter() - start
rng = np.random.default_rng(0)
request = compiled.create_infer_request()
for i, port in enumerate(compiled.inputs):
    shape, dtype = [d.get_length() if d.is_static else 2 for d in port.partial_shape], port.element_type.to_dtype()
    values = rng.integers(0, 2, shape) if port.element_type.is_integral() else rng.normal(0, 1, shape)
    request.set_input_tensor(i, ov.Tensor(values.astype(dtype)))
times = []
for _ in range(25):
    start = time.perf_counter()
    request.infer()
    times.append(time.perf_counter() - start)
print(loaded * 1e3, statistics.median(times[5:]) * 1e3)
"""


def install():
    """The Python with torch and NNCF, apart from that of the tests."""
    wanted = [*(ROOT / "scripts" / "requirements.txt").read_text().split(), "nncf==3.4.0", "torch==2.15.0", "torchvision==0.29.2", "transformers==5.24.0"]
    stamp = HOME / "venv" / "installed.txt"
    if not stamp.exists() or stamp.read_text().split() != wanted:
        print(f"installing {' '.join(wanted)} into {HOME / 'venv'}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", HOME / "venv"], check=True)
        subprocess.run([PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted], check=True)
        stamp.write_text("\n".join(wanted))


def network(name):
    """A network with random weights, and an input of it."""
    import torch
    import torchvision
    import transformers

    torch.manual_seed(0)
    if name == "bert":
        config = transformers.BertConfig(hidden_size=512, num_hidden_layers=4, num_attention_heads=8, intermediate_size=2048)
        return transformers.BertModel(config).eval(), (torch.randint(0, 30000, (1, 128)),)
    more = {"transform_input": False} if name == "googlenet" else {}
    return torchvision.models.get_model(name, weights=None, **more).eval(), (torch.rand(IMAGE),)


def make(name):
    """The network as fp32, and quantized as fq and i8."""
    import nncf
    import numpy as np
    import openvino as ov
    import torch

    folder = HOME / name
    if (folder / "i8.xml").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    module, example = network(name)
    with torch.no_grad():
        model = ov.convert_model(module, example_input=example, input=[list(value.shape) for value in example])
    ov.save_model(model, folder / "fp32.xml", compress_to_fp16=False)
    rng = np.random.default_rng(0)
    tokens = example[0].dtype == torch.int64
    samples = [rng.integers(0, 30000, example[0].shape) if tokens else rng.random(example[0].shape, np.float32) for _ in range(4)]
    quantized = nncf.quantize(model, nncf.Dataset(samples), subset_size=len(samples), model_type=nncf.ModelType.TRANSFORMER if name in ("bert", "vit_b_32", "swin_t") else None,
                              advanced_parameters=nncf.AdvancedQuantizationParameters(backend_params={"compress_weights": False}))
    ov.save_model(quantized, folder / "fq.xml", compress_to_fp16=False)
    compress(folder / "fq.xml", folder / "i8.xml")


def compress(fq, i8):
    subprocess.run([sys.executable, HERE / "openvino_compress.py", fq, i8], check=True)


def forms(name):
    """The files of a model by form, ours made anew."""
    folder = HOME / name
    files = {form: folder / f"{form}.xml" for form in FORMS}
    if name in NETWORKS or name == "bert":
        with open(HOME / "log.txt", "a") as log, contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
            make(name)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        files["fq"] = ROOT / "test_models" / f"{name}.fq.xml"
        compress(files["fq"], files["i8"])
    for mode in ("weights", "full"):
        subprocess.run([PROGRAM, "-q", files["fq"], "-o", files[mode], "--mode", mode], check=True)
    return {form: file for form, file in files.items() if file.exists()}


def measured(command):
    done = subprocess.run([sys.executable, "-c", MEASURE, *map(str, command)], check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()[-2:]]


def row(name):
    files = forms(name)
    commands = {form: [file] for form, file in files.items()}
    for form in ("fq", "full"):  # the second load with a cache
        commands[f"{form}, cached"] = [files[form], HOME / name / "cache"]
        measured(commands[f"{form}, cached"])
    figures = {form: [] for form in commands}
    for _ in range(ROUNDS):
        for form, command in commands.items():
            figures[form].append(measured(command))
    load, run = ({form: statistics.median(each[i] for each in those) for form, those in figures.items()} for i in range(2))
    (HOME / name / "figures.json").write_text(json.dumps({"load": load, "run": run}))
    ratio = [f"{of[form] / of['fq']:.2f}" if form in of else "" for of, wanted in ((load, ("fp32", "i8", "weights", "full", "fq, cached", "full, cached")),
                                                                                   (run, ("fp32", "i8", "weights", "full"))) for form in wanted]
    return [name, f"{load['fq']:.0f}", *ratio[:6], f"{run['fq']:.2f}", *ratio[6:]]


def main():
    names = sys.argv[1:] or [*NETWORKS, "bert", *(path.name.removesuffix(".fq.xml") for path in sorted((ROOT / "test_models").glob("*.fq.xml")))]
    HOME.mkdir(parents=True, exist_ok=True)
    print("Load (read and compile) and inference in ms of the original, and by how much the other forms differ: time / original's time.\n")
    header = ["model", "load", "fp32", "i8", "weights", "full", "cached", "full, cached", "inference", "fp32", "i8", "weights", "full"]
    for cells in (header, ["---", *["---:"] * (len(header) - 1)]):
        print(f"| {' | '.join(cells)} |")
    for name in names:
        print(f"| {' | '.join(row(name))} |", flush=True)


if __name__ == "__main__":
    if sys.prefix != str(HOME / "venv"):
        install()
        os.execv(PYTHON, [str(PYTHON), *sys.argv])
    main()
