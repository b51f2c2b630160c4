"""Times lpt-opt, OpenVINO's compression and OpenVINO's LPT as whole processes, and prints ratios; see scripts/bench."""
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "bench"
PROGRAM = ROOT / "build" / "bin" / "lpt-opt"
DIFF = ROOT / "build" / "bin" / "lpt-diff"
MEASURE = "import os, sys; p = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:]); _, s, u = os.wait4(p, 0); print(s, u.ru_maxrss)"


def build_programs():
    import openvino

    package = pathlib.Path(openvino.__file__).parent
    library = next(package.glob("libs/libopenvino.so.*"))
    subprocess.run(["g++", "-O2", "-std=c++17", str(HERE / "limit.cpp"), "-o", str(WORK / "limit")], check=True)
    subprocess.run(["g++", "-O2", "-std=c++17", f"-I{package}/include", str(HERE / "openvino_lpt.cpp"), "-o", str(WORK / "openvino_lpt"), str(library),
                    f"-Wl,-rpath,{package}/libs"], check=True)


def model(kind, size):
    path = WORK / f"{kind}_{size}.xml"
    if not path.exists():
        subprocess.run([sys.executable, str(HERE / "make_models.py"), kind, str(path), str(size)], check=True)
    return path


def seconds(command):
    start = time.perf_counter()
    done = subprocess.run([str(c) for c in command], stdout=subprocess.DEVNULL)
    assert done.returncode in ((0, 1) if command[0] == DIFF else (0,)), command
    return time.perf_counter() - start


def median_seconds(commands, runs):
    """Medians of several commands, run in turn so that all meet the same machine."""
    times = [[] for _ in commands]
    for i in range(runs + 1):
        for command, result in zip(commands, times):
            t = seconds(command)
            if i > 0:  # the first round warms the page cache
                result.append(t)
    return [statistics.median(t) for t in times]


def peak_bytes(command):
    """Peak resident memory. A small process starts the command: the peak of the one that forks would count for it."""
    done = subprocess.run([sys.executable, "-S", "-c", MEASURE, *[str(c) for c in command]], check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1]) * 1024


def layer_count(path):
    return sum(1 for _, e in ET.iterparse(path) if e.tag == "layer")


def compare(path, runs):
    ours, theirs, lpt = WORK / "ours.xml", WORK / "theirs.xml", WORK / "lpt.xml"
    convert = [PROGRAM, path, "-q", "-o", ours]
    seconds(convert)
    written = sum(os.path.getsize(p) for p in (ours, ours.with_suffix(".bin")))
    commands = [convert, [sys.executable, HERE / "openvino_compress.py", path, theirs], [WORK / "openvino_lpt", path, lpt],
                [WORK / "limit", WORK, written, path, path.with_suffix(".bin")]]
    t, compress, oracle, limit = median_seconds(commands, runs)
    layers = layer_count(path)
    memory = peak_bytes(convert)
    allowed = (64 << 20) + 8192 * layers
    bar = max(0.01, oracle / 10)
    print(f"{path.stem:<22}{layers:>8}{t * 1e3:>9.1f}{compress * 1e3:>10.0f}{compress / t:>7.1f}x{oracle * 1e3:>9.0f}{oracle / t:>7.1f}x"
          f"{limit * 1e3:>9.1f}{t / limit:>7.2f}x{memory / 2**20:>8.0f}{allowed / 2**20:>8.0f}   {'yes' if t <= bar else f'no, {bar * 1e3:.0f} ms'}")


def differences():
    print("\nlpt-diff of a model and a copy, and of a model and what it is converted to. 'read': both read once.")
    print(f"{'model':<22}{'layers':>8}{'bytes':>12}{'copy':>9}{'read':>9}{'ratio':>8}{'converted':>11}{'read':>9}{'ratio':>8}{'MiB':>8}{'allowed':>8}")
    for path in (ROOT / "test_models" / "resnet_thin.fq.xml", model("wide", 500), model("deep", 100_000)):
        ours, copy = WORK / "ours.xml", WORK / "copy.xml"
        seconds([PROGRAM, path, "-q", "-o", ours])
        for suffix in (".xml", ".bin"):
            shutil.copyfile(path.with_suffix(suffix), copy.with_suffix(suffix))
        read = [[WORK / "limit", WORK, 0, path, path.with_suffix(".bin"), other, other.with_suffix(".bin")] for other in (copy, ours)]
        t, least, u, least_ours = median_seconds([[DIFF, path, copy], read[0], [DIFF, path, ours], read[1]], 5)
        layers = layer_count(path)
        memory = max(peak_bytes([DIFF, path, other]) for other in (copy, ours))
        print(f"{path.stem:<22}{layers:>8}{path.with_suffix('.bin').stat().st_size:>12}{t * 1e3:>9.1f}{least * 1e3:>9.1f}{t / least:>7.1f}x"
              f"{u * 1e3:>11.1f}{least_ours * 1e3:>9.1f}{u / least_ours:>7.1f}x{memory / 2**20:>8.0f}{64 + layers / 64:>8.0f}")


def growth():
    print("\nGrowth with the number of layers; 'plain': reading and writing alone.")
    print(f"{'layers':>10}{'ms':>10}{'us a layer':>12}{'plain':>10}{'ratio':>8}{'peak MiB':>10}{'allowed':>9}{'exponent':>10}")
    last = None
    for size in (1_000, 3_000, 10_000, 30_000, 100_000):
        path = model("deep", size)
        layers = layer_count(path)
        command = [PROGRAM, path, "-q", "-o", WORK / "ours.xml"]
        plain = [*command, "--mode", "weights", "--only-pass", "fold_weights_fake_convert"]  # of which the model has none
        t, least = median_seconds([command, plain], 7)
        exponent = "" if last is None else f"{math.log(t / last[1]) / math.log(layers / last[0]):.2f}"
        print(f"{layers:>10}{t * 1e3:>10.1f}{t / layers * 1e6:>12.2f}{least * 1e3:>10.1f}{t / least:>7.1f}x{peak_bytes(command) / 2**20:>10.0f}{64 + layers / 128:>9.0f}{exponent:>10}")
        last = (layers, t)


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    build_programs()
    print("Wall time of whole processes in ms, ours flushed to the disk; medians. 'compress': OpenVINO's read, compress and save from Python.")
    print("'lpt': OpenVINO's low precision transformations, read to save. 'limit': input read once, output's bytes written, flushed.")
    print(f"{'model':<22}{'layers':>8}{'ours':>9}{'compress':>10}{'ratio':>8}{'lpt':>9}{'ratio':>8}{'limit':>9}{'ratio':>8}{'MiB':>8}{'allowed':>8}   a tenth or 10 ms")
    for path in sorted((ROOT / "test_models").glob("*.xml")):
        compare(path, 9)
    compare(model("wide", 500), 7)
    compare(model("deep", 50_000), 5)
    differences()
    if "--growth" in sys.argv:
        growth()


main()
