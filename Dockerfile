# Builds the environment apart, so that the image that runs has no compiler and no package cache.
FROM python:3.12-slim AS build
WORKDIR /source
RUN python -m venv /venv
COPY . .
RUN /venv/bin/pip wheel --no-cache-dir --wheel-dir /wheels .
RUN /venv/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.12-slim
RUN useradd --system --uid 1000 --create-home fireside && install -d -o fireside /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 FIRESIDE_DATA=/data
USER fireside
VOLUME /data
# One published port for the calls; raise it together with the published range.
ENV FIRESIDE_RELAYS=1
# The pages; calls, by UDP and, from networks that block it, by TCP. One more number for each further relay.
EXPOSE 8080/tcp 8444/udp 8444/tcp
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-P", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["sh", "-c", "fireside migrate && exec fireside serve"]
