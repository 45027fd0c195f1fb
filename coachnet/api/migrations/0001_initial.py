import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from coachnet.lib.triggers import AddTrigger
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='namn')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Läsa det du själv ser'), ('write-sessions', 'Logga tillfällen'), ('write-actions', 'Lägga till åtgärder')], max_length=20), size=None, verbose_name='får')),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='skapad')),
                ('expires_at', models.DateTimeField(verbose_name='gäller till')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='återkallad')),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='senast använd')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'nyckel till det öppna gränssnittet',
                'verbose_name_plural': 'nycklar till det öppna gränssnittet',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['read', 'write-sessions', 'write-actions']), models.Q(('scopes', []), _negated=True)), name='api_key_known_scopes'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='api_key_expires_after_it_is_made')],
            },
        ),
        migrations.CreateModel(
            name='ApiKeyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80, verbose_name='namn')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Läsa det du själv ser'), ('write-sessions', 'Logga tillfällen'), ('write-actions', 'Lägga till åtgärder')], max_length=20), size=None, verbose_name='får')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='skapad')),
                ('expires_at', models.DateTimeField(verbose_name='gäller till')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='återkallad')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='api.apikey')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='api_apikeye_pgh_cre_17eb6d_idx')],
            },
        ),
        AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "api_apikeyevent" ("created_at", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes", "user_id") VALUES (NEW."created_at", NEW."expires_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."revoked_at", NEW."scopes", NEW."user_id"); RETURN NULL;', hash='227c9e035dd377568448fb0cd68212a9336f0597', operation='INSERT', pgid='pgtrigger_insert_insert_f828c', table='api_apikey', when='AFTER')),
        ),
        AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))', func='INSERT INTO "api_apikeyevent" ("created_at", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes", "user_id") VALUES (NEW."created_at", NEW."expires_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revoked_at", NEW."scopes", NEW."user_id"); RETURN NULL;', hash='8b5e1430033e5ed40543e1fe577221560aab07f3', operation='UPDATE', pgid='pgtrigger_update_update_1fd43', table='api_apikey', when='AFTER')),
        ),
        AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "api_apikeyevent" ("created_at", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes", "user_id") VALUES (OLD."created_at", OLD."expires_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."revoked_at", OLD."scopes", OLD."user_id"); RETURN NULL;', hash='6951048c98c0f25aee9b696a58cb850a39a21afd', operation='DELETE', pgid='pgtrigger_delete_delete_bca37', table='api_apikey', when='AFTER')),
        ),
        AddTrigger(
            model_name='apikeyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='478b452f3a7952466f910c8ef9dc2890d13643b2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_85f46', table='api_apikeyevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='StoredAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('fingerprint', models.CharField(max_length=64)),
                ('body', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='api.apikey')),
            ],
            options={
                'verbose_name': 'sparat svar',
                'verbose_name_plural': 'sparade svar',
                'indexes': [models.Index(fields=['created_at'], name='stored_answer_by_age')],
                'constraints': [models.UniqueConstraint(fields=('key', 'name'), name='stored_answer_once')],
            },
        ),
    ]
