# Builds the environment apart, so that the image that runs has no compiler, no installer and no package cache.
FROM python:3.12-slim-trixie AS build
# Only what the lock files name: the installer and the build backend in one environment, the libraries in another.
COPY locks/build.txt locks/run.txt /locks/
RUN python -m venv /build && \
    /build/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r /locks/build.txt
RUN python -m venv --without-pip /venv && \
    /build/bin/pip --python /venv install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r /locks/run.txt
WORKDIR /source
COPY . .
RUN /build/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /wheels . && \
    /build/bin/pip --python /venv install --no-index --no-deps /wheels/*.whl

FROM python:3.12-slim-trixie
# pg_dump and pg_restore copy a PostgreSQL database of up to this version.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client-17 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 1000 --create-home fireside && install -d -o fireside /data /backups
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 FIRESIDE_DATA=/data
USER fireside
VOLUME /data
# One published port for the calls; raise it together with the published range.
ENV FIRESIDE_RELAYS=1
# The pages; calls, by UDP and, from networks that block it, by TCP. One more number for each further relay.
EXPOSE 8080/tcp 8444/udp 8444/tcp
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-P", "-m", "server.healthcheck"]
CMD ["sh", "-c", "fireside migrate && exec fireside serve"]
