"""Text from outside that may hold SQL where a value was meant (`check --untrusted`).

A fragment of SQL is recognized by what it would do to the statement that it is put into, not by
its looks: `lexer` makes tokens of any text, `reader` follows them as SQL as far as they go,
`contexts` puts the text into the places of a template and sees whether it leaves them, `constructs`
looks for what no value needs, `whole` for queries, `decode` for what an encoding hides, and
`classify` says it all.

What it does not do: it knows neither the template nor the database, so a fragment that only means
something in one of them goes unseen, and what it flags may be harmless where values are bound as
parameters, as they should be.
"""

from __future__ import annotations

from sqlwright.analyze.untrusted.classify import Judged, classify, classify_lines

__all__ = ["Judged", "classify", "classify_lines"]
