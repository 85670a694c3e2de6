"""What ties the pipeline to Airflow: the run a task belongs to, the gate pages behind its login, its set-up."""

DAG_ID = "regsosek_refresh"
