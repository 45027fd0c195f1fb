"""Swedish order and accent-tolerant search, the same on every Postgres, with or without ICU.

Both functions are IMMUTABLE, so they may stand in generated columns and indexes. Their bodies are
SQL-standard (BEGIN ATOMIC): names are resolved when the function is made, so a restore with an empty
search_path finds them too. `lower(… COLLATE "C")` folds ASCII alone, whatever the cluster's locale.
"""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞČŁŒŠŽ"
LOWER = "abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþčłœšž"

# unaccent() is only STABLE because a dictionary may be edited; ours is the one that ships with Postgres.
SEARCH_KEY = """
CREATE FUNCTION sv_search_key(t text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT lower(unaccent('unaccent'::regdictionary, normalize(t, NFC)) COLLATE "C");
END
"""

# 1. Letters: æ→ä, ø→ö, ü→y, other accents dropped, lower case, å ä ö → the three signs after z in ASCII.
# 2. Among equal letters, fewer accents first; 3. among equal accents, lower case before upper.
SORT_KEY = f"""
CREATE FUNCTION sv_sort_key(t text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT letters
        || chr(1) || CASE WHEN accents = letters COLLATE "C" THEN '' ELSE accents END
        || chr(1) || CASE WHEN whole = small COLLATE "C" THEN ''
                     ELSE translate(whole, '{UPPER}{LOWER}', '{LOWER}{UPPER}') END
    FROM (
        SELECT whole, small,
            lower(unaccent('unaccent'::regdictionary,
                translate(whole, '{{|}}~ÅåÄäÆæÖöØøÜü', '(!)-{{{{||||}}}}}}}}yy')) COLLATE "C") AS letters,
            translate(small, '{{|}}~åäö', '(!)-{{|}}') AS accents
        FROM (SELECT n AS whole, translate(n, '{UPPER}', '{LOWER}') AS small
              FROM (SELECT normalize(t, NFC) AS n) AS composed) AS cased
    ) AS keyed;
END
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(SEARCH_KEY, "DROP FUNCTION sv_search_key(text)"),
        migrations.RunSQL(SORT_KEY, "DROP FUNCTION sv_sort_key(text)"),
    ]
