# What looks at the running system from inside its network: `tests` (stories of users) and `load` (an hour of a school).
#   docker build -f deploy/compose/testing.Dockerfile --target tests -t repitbot/tests:local .
# The first stage is that of deploy/Dockerfile word for word, so that both share its layers.
FROM python:3.11-slim-bookworm AS shared
# The root may be read-only and the user any number: what is written goes to /tmp, and no home is needed.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore HOME=/tmp TMPDIR=/tmp PORT=8080 LOG_FORMAT=json
LABEL org.opencontainers.image.title="RepitBot functions" org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY requirements.lock ./
COPY lib/requirements.txt lib/
RUN pip install -c requirements.lock -r lib/requirements.txt

FROM shared AS tests
RUN pip install -c requirements.lock pytest pytest-timeout
COPY lib/ lib/
COPY tests/compose/inside/ tests/compose/inside/
USER 12000:12000
HEALTHCHECK NONE
CMD ["python", "-m", "pytest", "-c", "tests/compose/inside/pytest.ini", "tests/compose/inside/stories.py"]

FROM shared AS load
RUN pip install -c requirements.lock locust
COPY lib/ lib/
COPY tests/load/ tests/load/
USER 12000:12000
HEALTHCHECK NONE
ENTRYPOINT ["python", "-m", "locust", "-f", "tests/load/locustfile.py", "--headless", "--only-summary"]
