#!/usr/bin/env python3
"""Turns tables of measured kernels into the one table that `millwright calibrate` takes.

usage: tools/kernel_tables.py FOLDER OUT.csv [--chips a100_sxm,h100_sxm,...]

FOLDER holds gemm.csv, quantize.csv, attention_prefill.csv, attention_decode.csv, mla_prefill.csv,
mla_decode.csv, moe.csv and published.csv, or some of them, in the layout of the aiconfigurator export
(ai-dynamo/aiconfigurator, Apache-2.0): one row a kernel call, `latency_us`
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
# chips whose attention rows show it
WARM_CACHES = {"b200_sxm", "l40s"}
# a hundred casts against ten thousand products: enough that the fit cannot move a part of the one
# into the other
CAST_WEIGHT = 30


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


def attention_row(row, kernel, dtype, shape, moved):
    """Times of what fits in the last-level cache were taken warm, inside a model it is cold."""
    warm = 4e6 < moved < LAST_LEVEL.get(row["chip"], 0) and row["chip"] in WARM_CACHES
    return {
        "chip": row["chip"],
        "kernel": kernel,
        "dtype": dtype,
        "shape": shape,
        "time_us": row["latency_us"],
        "weight": WARM_WEIGHT if warm else 1,
    }


def cache_format(row):
    return "fp8" if row["dtype"] == "fp8" else f"bf16, {row['kv_dtype']} kv"


def prefill_rows(folder):
    for row in rows_of(folder, "attention_prefill.csv"):
        tokens = int(row["batch"]) * int(row["seq"])
        width = (int(row["heads"]) + int(row["kv_heads"])) * int(row["head_dim"])
        shape = (
            f"b={row['batch']},s={row['seq']},heads={row['heads']},kv={row['kv_heads']},"
            f"d={row['head_dim']},window={row['window']},causal=True"
        )
        if int(row["seq"]) > 1:
            yield attention_row(
                row, "attention prefill", cache_format(row), shape, 4 * tokens * width
            )


def mla_prefill_rows(folder):
    for row in rows_of(folder, "mla_prefill.csv"):
        tokens = int(row["batch"]) * int(row["seq"])
        shape = f"b={row['batch']},s={row['seq']},heads={row['heads']},causal=True"
        if int(row["seq"]) > 1:
            yield attention_row(
                row, "mla prefill", cache_format(row), shape, 640 * tokens * int(row["heads"])
            )


def decode_rows(folder):
    for row in rows_of(folder, "attention_decode.csv"):
        shape = (
            f"b={row['batch']},kv_len={row['kv_len']},heads={row['heads']},"
            f"kv={row['kv_heads']},d={row['head_dim']},window={row['window']}"
        )
        keys = int(row["kv_len"])
        if int(row["window"]) > 0:
            keys = min(keys, int(row["window"]))
        width = 2 * int(row["kv_heads"]) * int(row["head_dim"])
        moved = int(row["batch"]) * keys * width * OPERAND[row["kv_dtype"]]
        yield attention_row(row, "attention decode", cache_format(row), shape, moved)


def mla_decode_rows(folder):
    for row in rows_of(folder, "mla_decode.csv"):
        shape = f"b={row['batch']},kv_len={row['kv_len']},heads={row['heads']}"
        moved = 576 * int(row["batch"]) * int(row["kv_len"]) * OPERAND[row["kv_dtype"]]
        yield attention_row(row, "mla decode", cache_format(row), shape, moved)


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
    parser.add_argument("--parts", default="gemm,cast,prefill,decode,mla_prefill,mla_decode,experts,published")
    arguments = parser.parse_args()
    makers = {
        "gemm": gemm_rows,
        "cast": cast_rows,
        "prefill": prefill_rows,
        "decode": decode_rows,
        "mla_prefill": mla_prefill_rows,
        "mla_decode": mla_decode_rows,
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
