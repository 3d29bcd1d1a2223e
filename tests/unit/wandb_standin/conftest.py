"""One sandbox for all of them; `api` is a client in a project of its own, `server(…)` one of a server that misbehaves."""
import contextlib
import secrets

import pytest
from sandbox.box import Box
from wandb_api import Api


@pytest.fixture(scope="session")
def base():
    with Box.healthy() as box:
        yield box


@pytest.fixture
def api(base):
    """Of the healthy server, in a project of its own."""
    return Api(base, project="p" + secrets.token_hex(4))


@pytest.fixture
def server(base):
    """A function that gives the API of a server with a behaviour."""
    with contextlib.ExitStack() as stack:
        yield lambda **behaviour: Api(stack.enter_context(base.fork([], change=lambda box: box.wandb(**behaviour))))
