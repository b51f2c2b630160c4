"""The library as others use it: installed, found by CMake and by pkg-config, built into the example, and run."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("LPT_OPT", ROOT / "build" / "bin" / "lpt-opt")).parents[1]
MODEL = ROOT / "test_models" / "resnet_thin.fq.xml"
FLAGS = re.search(r"^CMAKE_CXX_FLAGS:STRING=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.M)[1]  # sanitizers go all the way


def run(*words, **options):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, **options)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("installed")
    done = run("cmake", "--install", BUILD, "--component", "library", "--prefix", prefix)
    assert done.returncode == 0, done.stderr
    headers = {path.relative_to(prefix / "include").as_posix() for path in prefix.glob("include/**/*.hpp")}
    assert headers == {"lpt/convert.hpp", "lpt/error.hpp", "lpt/mode.hpp"}
    return prefix


def test_example_by_cmake(installed, tmp_path):
    done = run("cmake", "-S", ROOT / "docs" / "example", "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={installed}", f"-DCMAKE_CXX_FLAGS={FLAGS}")
    assert done.returncode == 0, done.stderr
    done = run("cmake", "--build", tmp_path)
    assert done.returncode == 0, done.stdout
    convert = tmp_path / "convert"
    done = run(convert, MODEL, tmp_path / "out.xml")
    assert done.returncode == 0 and all(line.startswith(f"warning: {MODEL}: ") for line in done.stderr.splitlines()), done.stderr
    assert re.fullmatch(r"10 of 10 operations in low precision, \d+ bytes of weights instead of 345524\n", done.stdout)
    done = run(convert, MODEL.with_suffix(".bin"), tmp_path / "other.xml")
    assert (done.returncode, done.stdout) == (3, "") and done.stderr.startswith(f"{MODEL.with_suffix('.bin')}: holds weights; ")
    done = run(convert, tmp_path / "none.xml", tmp_path / "other.xml")
    assert (done.returncode, done.stderr) == (4, f"{tmp_path / 'none.xml'}: the file does not exist\n")
    assert not (tmp_path / "other.xml").exists()


@pytest.mark.skipif(shutil.which("pkg-config") is None, reason="pkg-config is not installed")
def test_flags_of_pkg_config(installed):
    folder = next(installed.glob("**/pkgconfig"))
    done = run("pkg-config", "--cflags", "--libs", "lpt", env={**os.environ, "PKG_CONFIG_PATH": str(folder)})
    assert done.returncode == 0, done.stderr
    assert {"-llpt", "-lpugixml", "-lz"} <= set(done.stdout.split())
    (place,) = [pathlib.Path(word[2:]) for word in done.stdout.split() if word.startswith("-I")]
    assert (place / "lpt" / "convert.hpp").samefile(installed / "include" / "lpt" / "convert.hpp")
