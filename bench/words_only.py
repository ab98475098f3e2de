"""The hub as it is where the extra `embeddings` is not installed: `python -m bench.words_only` is `python -m hub`."""

import sys
from types import ModuleType
from typing import cast

from hub.cli import main

sys.modules["onnxruntime"] = cast(ModuleType, None)  # whoever looks for it finds nothing
main()
