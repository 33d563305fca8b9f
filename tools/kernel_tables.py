#!/usr/bin/env python3
"""Turns tables of measured kernels into the one table that `millwright calibrate` takes.

usage: tools/kernel_tables.py FOLDER OUT.csv [--chips a100_sxm,h100_sxm,...]

FOLDER holds gemm.csv, quantize.csv, attention_prefill.csv, moe.csv and published.csv in the layout of the
aiconfigurator export (ai-dynamo/aiconfigurator, Apache-2.0): one row a kernel call, `latency_us`
microseconds. The kernel families in data/kernels were fitted to such a table; see
docs/accuracy.md for the commands.
"""

import argparse
import csv
import pathlib

# bytes of last-level cache: weights that fit in it five times over were timed warm
LAST_LEVEL = {"a100_sxm": 40e6, "h100_sxm": 50e6, "h200_sxm": 50e6, "b200_sxm": 126e6, "l40s": 96e6}
OPERAND = {"bf16": 2, "fp8": 1, "fp8_block": 1, "nvfp4": 0.5}
WARM_WEIGHT = 0.3
# a hundred casts against ten thousand products: enough that the fit cannot move a part of the one
# into the other
CAST_WEIGHT = 30
# serving attention kernels include rotary embedding and cache writes, which training does not
SHORTEST_PROMPT = 1024


def rows_of(folder, name):
    path = folder / name
    if path.exists():
        with path.open(newline="") as file:
            yield from csv.DictReader(file)


def gemm_rows(folder):
    for row in rows_of(folder, "gemm.csv"):
        if row["dtype"] not in OPERAND:
            continue
        weights = 5 * int(row["n"]) * int(row["k"]) * OPERAND[row["dtype"]]
        warm = weights < LAST_LEVEL.get(row["chip"], 0)
        cast = "" if row["dtype"] == "bf16" else " with cast"
        yield {
            "chip": row["chip"],
            "kernel": "gemm",
            "dtype": row["dtype"] + cast,
            "shape": f"m={row['m']},n={row['n']},k={row['k']}",
            "time_us": row["latency_us"],
            "weight": WARM_WEIGHT if warm else 1,
        }


def cast_rows(folder):
    """The cast of FP8 with a scale a tensor: the pass for the scale and the one that writes."""
    passes = {}
    for row in rows_of(folder, "quantize.csv"):
        key = (row["chip"], row["m"], row["k"])
        passes.setdefault(key, []).append(float(row["latency_us"]))
    for (chip, m, k), times in passes.items():
        if len(times) == 2:
            yield {
                "chip": chip,
                "kernel": "cast",
                "dtype": "fp8",
                "shape": f"m={m},k={k}",
                "time_us": sum(times),
                "weight": CAST_WEIGHT,
            }


def attention_rows(folder):
    # chips with figures of training kernels are fitted to those alone
    trained = {row["chip"] for row in rows_of(folder, "published.csv")}
    for row in rows_of(folder, "attention_prefill.csv"):
        if row["chip"] in trained:
            continue
        if row["dtype"] != "bf16" or row["kv_dtype"] != "bf16":
            continue
        if int(row["seq"]) < SHORTEST_PROMPT:
            continue
        yield {
            "chip": row["chip"],
            "kernel": "attention fwd causal",
            "dtype": "bf16",
            "shape": f"b={row['batch']},s={row['seq']},heads={row['heads']},"
            f"kv={row['kv_heads']},d={row['head_dim']},window={row['window']},causal=True",
            "time_us": row["latency_us"],
            "weight": 1,
        }


def expert_rows(folder):
    for row in rows_of(folder, "moe.csv"):
        # kernels of their own for few tokens are another design
        if row["dtype"] not in OPERAND or row["kernel"] == "trtllm_min_latency":
            continue
        shape = ",".join(
            f"{key}={row[key]}"
            for key in "tokens hidden inter topk experts gated tp ep alpha".split()
        )
        yield {
            "chip": row["chip"],
            "kernel": "routed experts",
            "dtype": row["dtype"],
            "shape": shape,
            "time_us": row["latency_us"],
            "weight": 1,
        }


def published_rows(folder):
    """Attention of training, forward and backward, as the FlashAttention figures print it."""
    for row in rows_of(folder, "published.csv"):
        if row["metric"] != "tflops" or "seq=" not in row["shape"]:
            continue
        words = dict(word.split("=") for word in row["shape"].split() if "=" in word)
        width, length = int(words["hd"]), int(words["seq"])
        batch = max(1, 16384 // length)
        heads = 2048 // width
        passes = "fwd+bwd" if "fwd+bwd" in row["shape"] else "fwd"
        library = {"flash_attn2": "FlashAttention-2", "flash_attn3": "FlashAttention-3"}
        yield {
            "chip": row["chip"],
            "kernel": f"attention {library.get(row['kernel'], row['kernel'])} {passes}",
            "dtype": "bf16",
            "shape": f"b={batch},s={length},heads={heads},d={width},"
            f"causal={'True' if words.get('causal') == '1' else 'False'}",
            "tflops": row["value"],
            "weight": 1,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--chips", default="", help="only these chips, by their names in the tables")
    parser.add_argument("--parts", default="gemm,cast,attention,experts,published")
    arguments = parser.parse_args()
    makers = {
        "gemm": gemm_rows,
        "cast": cast_rows,
        "attention": attention_rows,
        "experts": expert_rows,
        "published": published_rows,
    }
    wanted = set(filter(None, arguments.chips.split(",")))
    columns = ["id", "source", "chip", "kernel", "dtype", "shape", "tflops", "time_us", "weight"]
    with arguments.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for part in arguments.parts.split(","):
            for number, row in enumerate(makers[part](arguments.folder)):
                if not wanted or row["chip"] in wanted:
                    source = {"id": f"{part}-{number}", "source": "aiconfigurator"}
                    writer.writerow(source | row)


if __name__ == "__main__":
    main()
