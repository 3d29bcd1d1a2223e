"""One healthy installation for each test worker; every broken one is a fork of it."""
import pytest
from program import verify
from sandbox.box import Box


@pytest.fixture(scope="session")
def base():
    with Box.healthy() as box:
        yield box


@pytest.fixture(scope="session")
def healthy_results(base):
    return verify(base)
