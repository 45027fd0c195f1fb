"""The end of a session in UTC, computed by the database from the local date, time and length."""

from django.db import migrations

# Without a start time a session ends with its day; without a length it is taken to last an hour.
CREATE = """
CREATE FUNCTION session_ends_at(day date, start_time time, minutes smallint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN start_time IS NULL THEN (day + 1)::timestamp AT TIME ZONE 'Europe/Stockholm'
        ELSE (day + start_time) AT TIME ZONE 'Europe/Stockholm' + coalesce(minutes, 60) * interval '1 minute'
    END
$$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION session_ends_at(date, time, smallint)"),
    ]
