"""`python -m hub` is `trunkline`."""

from hub.cli import main

main()
