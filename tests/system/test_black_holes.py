"""Whatever hangs, the report is complete and out within the deadline plus a second."""
import pytest
from program import catalogue, verify

ENDPOINTS = ["host", "mysql", "bucket"]
KINDS = ["silent", "drops", "drip"]
BEHIND = {"host": {"tls", "wandb"}, "mysql": set(), "bucket": {"wandb"}}   # what is reached through the endpoint as well


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_black_hole(endpoint, kind, base, healthy_results):
    with base.fork([f"{endpoint}.{kind}"]) as box:
        run = verify(box, timeout="4s")
    assert run.seconds < 5.0, f"{run.seconds:.2f} s"
    assert {row["check"] for row in run.report["results"]} == set(catalogue())
    assert run.exit in (1, 3)
    own = {endpoint} | BEHIND[endpoint]
    assert any(row["status"] in ("fail", "unknown") for i, row in run.results.items() if i.split(".")[0] in own)
    healthy = {i for i, row in healthy_results.results.items() if row["status"] == "pass"}
    spoiled = {i for i in healthy if run.results.get(i, {}).get("status") not in ("pass",)}
    services = {i.split(".")[0] for i in spoiled}
    assert services <= own, f"others suffered too: {sorted(spoiled)}"


def test_everything_black_holed_at_once(base):
    with base.fork([f"{endpoint}.silent" for endpoint in ENDPOINTS]) as box:
        run = verify(box, timeout="3s")
    assert run.seconds < 4.0
    assert {row["check"] for row in run.report["results"]} == set(catalogue())
