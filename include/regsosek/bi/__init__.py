"""Superset with the dashboards of this project: declared in two YAML files, written as assets, shown by ``make bi``."""
