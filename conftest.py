"""What pytest leaves aside: the modules that need an optional extra to be imported at all."""

from importlib.util import find_spec

NEED_GRADIO = ("model_demo", "text_demo", "series_demo", "page")
collect_ignore = [] if find_spec("gradio") else [f"hf_seq/demo/{name}.py" for name in NEED_GRADIO]
