"""An installation on one machine, under ``REGSOSEK_HOME``: set-up, one refresh, Airflow in the foreground.

``make setup``, ``make run``, ``make up``, ``make down`` and ``make clean`` are the commands of ``python -m
regsosek.local``; the containers of docker-compose.yml call the same ones.
"""
