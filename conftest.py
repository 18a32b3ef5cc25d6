"""What pytest leaves aside: the one module that needs an optional extra to be imported at all."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("gradio") else ["hf_seq/demo/page.py"]
