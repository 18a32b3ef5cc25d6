"""What pytest leaves aside: modules that need an optional extra. What examples see: no lines about progress."""

import logging
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

NEED_GRADIO = ("model_demo", "text_demo", "series_demo", "audio_demo", "page")
collect_ignore = [] if find_spec("gradio") else [f"hf_seq/demo/{name}.py" for name in NEED_GRADIO]


@pytest.fixture(autouse=True)
def _examples_print_no_progress(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take from examples the printers that tests of the command line set up for all that runs after them."""
    if not isinstance(request.node, pytest.DoctestItem):
        yield
        return
    logger = logging.getLogger("hf_seq")
    handlers, logger.handlers = logger.handlers, []
    yield
    logger.handlers = handlers
