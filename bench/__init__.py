"""How fast a refresh is, beside the least that has to be done: ``python -m bench --help``, docs/performance.md."""
