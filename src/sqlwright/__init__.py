"""sqlwright adapts a language model to one team's databases, and tries to refute every rewrite."""

import logging

__version__ = "0.1.0"

# sqlglot warns where it falls back to an unparsed command; every such tree is an error of ours
logging.getLogger("sqlglot").setLevel(logging.ERROR)
