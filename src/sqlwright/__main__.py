"""`python -m sqlwright` is the command line."""

from sqlwright.cli import main

main()
