"""What README and docs show holds: commands run, links lead somewhere, options.md is what --help says.

usage: build/venv/bin/python docs/docs_test.py      writes docs/options.md anew"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAMS = pathlib.Path(os.environ.get("LPT_OPT", ROOT / "build" / "bin" / "lpt-opt")).parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
# What would install something, or takes long, and who runs it instead.
ELSEWHERE = {"scripts/": "the script itself", "pip install": "scripts/check_packages", "apt-get install": "scripts/check_packages",
             "tar -xf": "scripts/check_packages", "cmake --install": "lib/api/api_test.py", "parallel": "scripts/check_zoo",
             "snakemake": "scripts/check_zoo"}


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.M | re.S)


def environment():
    return {**os.environ, "PATH": f"{PROGRAMS}:{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "python")}


@pytest.fixture()
def folder(tmp_path):
    """Where the commands find the files that they name."""
    for end in ("xml", "bin"):
        for name in ("model", "a", "b", "old", "new"):
            shutil.copy(ROOT / "test_models" / f"resnet_thin.fq.{end}", tmp_path / f"{name}.{end}")
    subprocess.run([PROGRAMS / "lpt-opt", "model.xml", "-o", "model_int8.xml", "-q"], cwd=tmp_path, check=True)
    shutil.copy(tmp_path / "model_int8.xml", tmp_path / "other.xml")
    shutil.copy(tmp_path / "model_int8.bin", tmp_path / "other.bin")
    np.save(tmp_path / "x.npy", np.zeros((1, 3, 96, 96), np.float32))
    (tmp_path / "test_models").symlink_to(ROOT / "test_models")
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "sh")], ids=lambda page: page.name)
def test_commands(page, folder):
    for command in re.sub(r"\\\n", "", "".join(blocks(page, "sh"))).splitlines():
        if not command or command.startswith(tuple(ELSEWHERE)):
            continue
        done = subprocess.run(["bash", "-ec", command], cwd=folder, env=environment(), capture_output=True, text=True)
        differs = command.startswith("lpt-diff") and done.returncode == 1
        assert done.returncode == 0 or differs, f"{command}\n{done.stdout}{done.stderr}"


def test_output_that_is_shown(folder):
    for page in PAGES:
        for command, shown in re.findall(r"^```\n\$ (.*)\n((?:.*\n)*?)```", page.read_text(), re.M):
            done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment(), capture_output=True, text=True)
            lines = map(str.rstrip, done.stdout.splitlines())
            for line in shown.splitlines():  # what is left out is an ellipsis
                pattern = re.sub(r"\\ \d+\\\.\d+\\ s$", r" \\d+\\.\\d+ s", re.escape(line).replace(r"\.\.\.", ".*"))
                assert line.strip() == "..." or any(re.fullmatch(pattern, given) for given in lines), f"{page.name}: {line}\n{done.stdout}"


def test_python_of_the_library(folder):
    (first,) = [block for block in blocks(ROOT / "docs" / "library.md", "python")]
    done = subprocess.run([sys.executable, "-c", first], cwd=folder, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("out.xml: "), done.stderr


def anchors(page):
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_links():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]*(?:#[^)]*)?)\)", page.read_text()):
            path, _, anchor = target.partition("#")
            aim = (page.parent / path).resolve() if path else page
            assert aim.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in anchors(aim), f"{page.name}: {target}"


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 80


def options():
    text = "# Options\n"
    for name in ("lpt-opt", "lpt-diff", "lpt-run"):
        done = subprocess.run([PROGRAMS / name, "--help"], env={**os.environ, "COLUMNS": "100"}, capture_output=True, text=True, check=True)
        text += f"\n## {name}\n\n```\n{done.stdout.strip()}\n```\n"
    return text


def test_options():
    assert (ROOT / "docs" / "options.md").read_text() == options(), "docs/docs_test.py writes it anew"


def test_the_example_is_the_one_that_is_built():
    assert (ROOT / "docs" / "example" / "convert.cpp").read_text() in "".join(blocks(ROOT / "docs" / "library.md", "cpp"))


if __name__ == "__main__":
    (ROOT / "docs" / "options.md").write_text(options())
