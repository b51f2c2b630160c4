"""Converts quantized OpenVINO models to low precision: lpt_opt.run(["model.xml", "-o", "model_int8.xml"])."""
import pathlib
import shutil
import subprocess
import sys
import sysconfig


def program(name="lpt-opt"):
    """Path of lpt-opt, lpt-run or lpt-diff: beside this Python, as pip puts them, or else what the shell finds."""
    beside = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")), pathlib.Path(sys.executable).parent,
              pathlib.Path(__file__).parents[1] / "bin"]
    found = shutil.which(name, path=":".join(map(str, beside))) or shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is neither beside this Python nor on PATH")
    return found


def run(arguments, name="lpt-opt", **options):
    """Runs a program as subprocess.run does, which takes the options and gives the finished process."""
    return subprocess.run([program(name), *map(str, arguments)], **options)
