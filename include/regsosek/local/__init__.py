"""An installation on one machine, under ``REGSOSEK_HOME``: set-up, one refresh, Airflow in the foreground.

``make setup``, ``make run``, ``make up``, ``make down`` and ``make clean`` are commands of ``regsosek``; the containers
of docker-compose.yml call the same ones.
"""
