"""What holds for every result, whatever was asked."""

import json
import math

# null is an answer for these; a number is due for all that end so otherwise
MEASURES = ("_s", "_w", "_usd", "_bytes", "_GBps", "seconds", "mfu", "days", "bytes", "low", "high",
            "usd_per_million_tokens", "chips", "chips_used", "count")  # fmt: skip


def refuse(word):
    raise AssertionError(f"{word} in JSON")


def read(text):
    """JSON without what JSON does not have."""
    return json.loads(text, parse_constant=refuse)


def objects(value, path="$"):
    """Every object in a result, with its path."""
    if isinstance(value, dict):
        yield path, value
        for key, part in value.items():
            yield from objects(part, f"{path}.{key}")
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from objects(part, f"{path}[{at}]")


def may_be_null(holder):
    """Where there is no result: a job that cannot run, a row that was skipped, an open figure, a
    plan whose tokens nobody gave."""
    failed = holder.get("feasible") is False or holder.get("done") is False
    failed = failed or ("late" in holder and holder.get("days") is None)
    return failed or holder.get("skipped") is not None or "right" in holder


def check_ledger(ledger, path):
    parts = ledger["parts"]
    for part in parts:
        check_ledger(part, f"{path}/{part['name']}")
    if parts:
        total = sum(part["value"] for part in parts)
        assert math.isclose(total, ledger["value"], rel_tol=1e-9, abs_tol=1e-12), (
            f"{path}: parts sum to {total}, not {ledger['value']}")  # fmt: skip


def check_timing(holder, path):
    """A plan or job: its band holds the step, its memory fits where it says so."""
    step = holder.get("step_s")
    if step is None:
        return
    assert step > 0, f"{path}: a step of {step} s"
    if "low" in holder and "high" in holder:
        assert 0 < holder["low"] <= step <= holder["high"], f"{path}: band around {step}"
    usable = holder.get("memory_usable_bytes")
    if usable and holder.get("fits", True) and holder.get("feasible", True):
        assert holder["memory_bytes"] <= usable * (1 + 1e-9), f"{path}: over its memory"


# What nobody asked for, or what a result has no need of.
OPTIONAL = ("deadline_s", "fewest_chips", "power_limit_w", "best_period_s", "mttf_s",
            "wanted_s", "needed_flops", "raw_bytes_a_day", "cost_a_loop_usd")  # fmt: skip


def check_member(holder, key, value, path):
    assert not isinstance(value, float) or math.isfinite(value), f"{path} is {value}"
    asked = path.rpartition(".")[0].endswith(".asked")  # as it was left open
    if value is None and key.endswith(MEASURES) and key not in OPTIONAL and not asked:
        assert may_be_null(holder), f"{path} is null"
    if isinstance(value, str):
        assert value.strip().lower() not in ("nan", "inf", "-nan", "-inf"), f"{path}: {value}"


def check_result(text):
    """Parses a result and holds it against what every result must be; gives it back."""
    result = read(text)
    for path, holder in objects(result):
        for key, value in holder.items():
            check_member(holder, key, value, f"{path}.{key}")
        if {"name", "value", "parts"} <= holder.keys():
            check_ledger(holder, path)
        check_timing(holder, path)
    return result


def check_outcome(test, result, arguments, allowed=(0, 1, 2)):
    """An exit code that scripts may meet, and something said where nothing came of it."""
    told = f"{' '.join(map(str, arguments))}\nexit {result.returncode}\n{result.stderr[-1500:]}"
    test.assertIn(result.returncode, allowed, told)
    test.assertNotIn("this is a bug", result.stderr, told)
    if result.returncode == 2:
        test.assertTrue(result.stderr.strip(), told)
        if arguments[0] != "check":  # faults of some files are its result
            test.assertEqual(result.stdout, "", told)
    return told
