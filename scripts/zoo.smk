# Converts a folder of models, as many at once as -c says; what is converted already is left alone.
#
# usage: snakemake -s scripts/zoo.smk -c2 -k --rerun-incomplete --nolock --config in=zoo out=int8 [args="--verify"]
#
# A model depends on a digest of its bytes in OUT/.digest, not on its times, so that a fresh checkout converts nothing.
# Where a conversion fails the others go on; only what could not be read or written is tried again. At the end OUT/zoo.tsv
# lists all models, failures first. Runs on Slurm, Kubernetes and others by Snakemake's executor plugins.
import hashlib, os, pathlib, shutil

IN, OUT = pathlib.Path(config["in"]), pathlib.Path(config["out"])
MODELS = sorted(str(path.relative_to(IN).with_suffix("")) for path in IN.rglob("*.xml") if OUT not in path.parents)


def digest(model):
    """Has the times of the model, so that its bytes are read only where those change; is written only where the bytes do."""
    files = [path for path in (IN / f"{model}.xml", IN / f"{model}.bin") if path.exists()]
    times, place = max(path.stat().st_mtime_ns for path in files), OUT / ".digest" / model
    if not place.exists() or place.stat().st_mtime_ns != times:
        text = " ".join(hashlib.file_digest(open(path, "rb"), "blake2b").hexdigest() for path in files)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.read_text() != text:
            place.write_text(text)
        os.utime(place, ns=(times, times))
    return place


def table():
    logs = {model: OUT / ".log" / f"{model}.txt" for model in MODELS}
    rows = [(log.read_text().strip().splitlines() or ["?"])[::-1] if log.exists() else ["not tried"] for log in logs.values()]
    rows = sorted((row[0] == "exit 0", model, *row[:2]) for model, row in zip(MODELS, rows))
    (OUT / "zoo.tsv").write_text("".join("\t".join((model, *words)) + "\n" for _, model, *words in rows))


rule all:
    input: [str(OUT / f"{model}.xml") for model in MODELS]

rule convert:
    input: lambda wildcards: str(digest(wildcards.model))
    output: update(str(OUT / "{model}.xml"))
    params: model=str(IN / "{model}.xml"), args=config.get("args", "")
    log: str(OUT / ".log" / "{model}.txt")
    shell: """
        for wait in 1 5 0; do
          code=0; lpt-opt {params.model:q} -o {output:q} --if-changed -j1 {params.args} > {log:q} 2>&1 || code=$?
          [ $code = 4 ] && sleep $wait || break
        done
        echo "exit $code" >> {log:q}; exit $code"""

onsuccess: table()
onerror: table()
