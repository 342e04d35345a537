# The server and its worker. What is installed is locked, and checked by hash.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/provstore
COPY requirements-server.lock /src/
RUN /opt/provstore/bin/pip install --require-hashes -r /src/requirements-server.lock
COPY LICENSE README.md pyproject.toml /src/
COPY provstore /src/provstore
# The lock holds the tool that makes the package, too: nothing else is fetched. It is not for running.
RUN /opt/provstore/bin/pip install --no-deps --no-build-isolation /src \
    && /opt/provstore/bin/pip uninstall -y hatchling pathspec pluggy trove-classifiers setuptools pip

FROM python:${PYTHON}
# Graphviz draws the PNG pictures.
RUN apt-get update \
    && apt-get install -y --no-install-recommends graphviz \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/provstore provstore \
    && install -d -o provstore -g provstore -m 0750 /var/lib/provstore
COPY --from=build /opt/provstore /opt/provstore
COPY deploy/health.py /opt/provstore/lib/health.py
# Nothing is written but in the data folder (a volume) and /tmp.
ENV PATH=/opt/provstore/bin:$PATH \
    HOME=/var/lib/provstore \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PROVSTORE_DATA_DIR=/var/lib/provstore
USER 10001:10001
WORKDIR /var/lib/provstore
VOLUME /var/lib/provstore
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "/opt/provstore/lib/health.py", "http://127.0.0.1:8000/health"]
ENTRYPOINT ["provstore"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
