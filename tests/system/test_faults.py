"""The fault lab: each fault, against the whole suite, is named once and right, and nothing else changes."""
import pytest
from program import catalogue, verify
from sandbox.lab import FAULTS, NEAR_MISSES

BAD = ("fail", "unknown", "warn")
TIMEOUT = 20


# They never fail: they only say that the others of their service do not apply.
NEVER_FAIL = {"bucket.supported"}


def check_of(row):
    return row.split("/")[0]


def named(run):
    return ", ".join(f"{i}: {r['cause']}" for i, r in run.results.items() if r["status"] in BAD)[:200]


def without_api(checks):
    """For what is no matter of the API: it takes the longest, and the lab's W&B server asks nothing of MySQL."""
    return () if any(check.startswith("wandb.") for check in checks) else ("--skip", "wandb")


def differences(fault, run, healthy):
    """What the run says that the fault does not explain."""
    wrong = []
    for check, cause in fault.kills.items():
        row = run.results.get(check)
        status = fault.status.get(check, "fail") if isinstance(fault.status, dict) else fault.status or "fail"
        if row is None:
            wrong.append(f"{check}: no such row")
        elif (row["status"], row["cause"]) != (status, cause):
            wrong.append(f"{check}: {row['status']} {row['cause']}, declared {status} {cause}\n    {row['observed']}")
    for check, row in run.results.items():
        if check in fault.kills:
            continue
        before = healthy.results.get(check)
        if row["status"] == "blocked":
            strangers = [i for i in row["blocked_by"] if i not in fault.kills]
            if strangers:
                wrong.append(f"{check}: blocked by {strangers}")
        elif row["status"] in BAD and (before is None or (row["status"], row["cause"]) != (before["status"], before["cause"])):
            wrong.append(f"{check}: {row['status']} {row['cause']}, not declared\n    {row['observed']}")
    for check in {check_of(i) for i in healthy.results} - {check_of(i) for i in run.results}:
        wrong.append(f"{check}: missing from the report")
    return wrong


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_fault(name, base, healthy_results, record_property):
    fault = FAULTS[name]
    row = {"fault": name, "named": "", "seconds": 0.0, "right": False}
    record_property("fault", row)
    with base.fork([name]) as box:
        run = verify(box, *(without_api(fault.kills) if name.startswith("mysql.") else ()), timeout=f"{TIMEOUT}s")
    wrong = differences(fault, run, healthy_results)
    if run.seconds > TIMEOUT + 1.5:
        wrong.append(f"it took {run.seconds:.1f} s, and may take {TIMEOUT}")
    expected_exit = fault.exit if fault.exit is not None else 1
    if run.exit != expected_exit:
        wrong.append(f"exit status {run.exit}, declared {expected_exit}")
    row |= {"named": named(run), "seconds": run.seconds, "right": not wrong}
    assert not wrong, "\n" + "\n".join(wrong) + "\n\n" + run.stdout


@pytest.mark.parametrize("name", sorted(NEAR_MISSES))
def test_near_miss(name, base, healthy_results):
    near = NEAR_MISSES[name]
    with base.fork([name]) as box:
        run = verify(box, *without_api(near.spares))
    bad = [f"{i}: {r['status']} {r['cause']}: {r['observed']}" for i, r in run.results.items()
           if r["status"] in ("fail", "unknown", "blocked") and check_of(i) in {check_of(s) for s in near.spares}]
    assert not bad, "\n".join(bad) + "\n\n" + run.stdout


def test_every_check_has_a_killing_fault_and_a_near_miss():
    killed = {check_of(check) for fault in FAULTS.values() for check in fault.kills}
    spared = {check_of(check) for near in NEAR_MISSES.values() for check in near.spares}
    checks = set(catalogue())
    assert not checks - killed - NEVER_FAIL, "no killing fault: " + ", ".join(sorted(checks - killed - NEVER_FAIL))
    assert not checks - spared, "no near miss: " + ", ".join(sorted(checks - spared))
    assert not killed - checks, "faults for checks that do not exist: " + ", ".join(sorted(killed - checks))
