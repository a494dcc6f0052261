"""`python -m sqlwright` is the command line."""

from sqlwright.cli import main

if __name__ == "__main__":  # a worker imports it under another name
    main()
