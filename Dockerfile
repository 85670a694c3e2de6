# Airflow with the pipeline: the environment of `make setup`, as a user without rights.
FROM python:3.13-slim

RUN useradd --uid 10001 --create-home regsosek \
    && install -d -o regsosek -g regsosek /opt/regsosek /var/lib/regsosek /var/lib/regsosek-key

USER regsosek
WORKDIR /opt/regsosek
ENV PATH=/opt/regsosek/.venv/bin:$PATH PYTHONUNBUFFERED=1

# The environment is made again only when the lock or the package's description changes, not with every line of code.
# It is compiled here, or each new container would do so at its first start.
COPY --chown=regsosek requirements.lock pyproject.toml README.md ./
COPY --chown=regsosek .ci/environment .ci/environment
COPY --chown=regsosek include/regsosek/__init__.py include/regsosek/__init__.py
RUN UV_COMPILE_BYTECODE=1 sh .ci/environment .venv && rm -rf ~/.cache

COPY --chown=regsosek . .

CMD ["regsosek", "--help"]
