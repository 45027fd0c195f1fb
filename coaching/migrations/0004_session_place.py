import pgtrigger.compiler
import pgtrigger.migrations
from coachnet.lib.triggers import AddTrigger
from django.db import migrations, models

# What the triggers below write from now on.
PLACE = """
UPDATE coaching_sessioncoach SET seen_until = CASE
    WHEN session.removed_at IS NOT NULL THEN NULL
    WHEN session.state = 'planned' OR session.state = 'held' AND session.completeness = 'draft' THEN DATE '9999-12-31'
    WHEN session.state = 'held' THEN session.date
END FROM coaching_session session WHERE session.id = session_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('coaching', '0003_reminds_contacts'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='sessioncoach',
            name='update_update',
        ),
        migrations.AddField(
            model_name='sessioncoach',
            name='seen_until',
            field=models.DateField(editable=False, null=True),
        ),
        AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='tells_its_coaches', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."completeness" IS DISTINCT FROM (NEW."completeness") OR OLD."date" IS DISTINCT FROM (NEW."date") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func="UPDATE coaching_sessioncoach SET seen_until = CASE\n    WHEN NEW.removed_at IS NOT NULL THEN NULL\n    WHEN NEW.state = 'planned' OR NEW.state = 'held' AND NEW.completeness = 'draft' THEN DATE '9999-12-31'\n    WHEN NEW.state = 'held' THEN NEW.date\nEND WHERE session_id = NEW.id; RETURN NULL;", hash='49371c7fafc2a10a1e80a4f2d65b069184159d75', operation='UPDATE OF "state", "completeness", "date", "removed_at"', pgid='pgtrigger_tells_its_coaches_a7590', table='coaching_session', when='AFTER')),
        ),
        AddTrigger(
            model_name='sessioncoach',
            trigger=pgtrigger.compiler.Trigger(name='learns_of_its_session', sql=pgtrigger.compiler.UpsertTriggerSql(func="SELECT CASE\n    WHEN its.removed_at IS NOT NULL THEN NULL\n    WHEN its.state = 'planned' OR its.state = 'held' AND its.completeness = 'draft' THEN DATE '9999-12-31'\n    WHEN its.state = 'held' THEN its.date\nEND INTO NEW.seen_until FROM coaching_session its WHERE its.id = NEW.session_id FOR SHARE; RETURN NEW;", hash='c2a2bfe7109074cfbc681eb27e37157e6046fa39', operation='INSERT', pgid='pgtrigger_learns_of_its_session_9b03e', table='coaching_sessioncoach', when='BEFORE')),
        ),
        AddTrigger(
            model_name='sessioncoach',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."coach_id" IS DISTINCT FROM (NEW."coach_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."session_id" IS DISTINCT FROM (NEW."session_id"))', func='INSERT INTO "coaching_sessioncoachevent" ("coach_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id") VALUES (NEW."coach_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."session_id"); RETURN NULL;', hash='75a0b6b8f9eff5911f03cda116bc2c0c75a0c105', operation='UPDATE', pgid='pgtrigger_update_update_cdda9', table='coaching_sessioncoach', when='AFTER')),
        ),
        migrations.RunSQL(PLACE, migrations.RunSQL.noop),
    ]
