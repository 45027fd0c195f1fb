import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from coachnet.lib.triggers import AddTrigger
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('coaching', '0001_session_end'),
        ('companies', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='namn')),
                ('starts_on', models.DateField(verbose_name='börjar')),
                ('ends_on', models.DateField(verbose_name='slutar')),
            ],
            options={
                'verbose_name': 'program',
                'verbose_name_plural': 'program',
                'ordering': ['-starts_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='programme_dates_in_order')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120, verbose_name='namn')),
                ('starts_on', models.DateField(verbose_name='börjar')),
                ('ends_on', models.DateField(verbose_name='slutar')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coaching.programme')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='coaching_pr_pgh_cre_b242d9_idx')],
            },
        ),
        AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_programmeevent" ("ends_on", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (NEW."ends_on", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on"); RETURN NULL;', hash='0760743e7b250dd0324650dd34409385b5179fcc', operation='INSERT', pgid='pgtrigger_insert_insert_cc7fb', table='coaching_programme', when='AFTER')),
        ),
        AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "coaching_programmeevent" ("ends_on", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (NEW."ends_on", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on"); RETURN NULL;', hash='f6acf210b2d4fd51c291804dabd52b06dfe8df75', operation='UPDATE', pgid='pgtrigger_update_update_f5110', table='coaching_programme', when='AFTER')),
        ),
        AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_programmeevent" ("ends_on", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (OLD."ends_on", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."starts_on"); RETURN NULL;', hash='41ec1fd6c6600dcea2a395b7c1eef20f4d0623ec', operation='DELETE', pgid='pgtrigger_delete_delete_f4a6d', table='coaching_programme', when='AFTER')),
        ),
        AddTrigger(
            model_name='programmeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5fe601ca55895b698a30be32888f7c920dfe78a3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7d584', table='coaching_programmeevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('contact', 'Kontakt'), ('baseline', 'Nuläge'), ('plan', 'Plan'), ('implementation', 'Genomförande'), ('follow_up', 'Uppföljning'), ('ongoing', 'Fortlöpande')], default='contact', max_length=20, verbose_name='steg')),
                ('goals', models.TextField(blank=True, max_length=2000, verbose_name='mål')),
                ('started_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='började')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='avslutades')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='companies.company', verbose_name='företag')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='accounts.organisation', verbose_name='organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='coaching.programme', verbose_name='program')),
            ],
            options={
                'verbose_name': 'coachningsuppdrag',
                'verbose_name_plural': 'coachningsuppdrag',
                'ordering': ['-started_on', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_on__isnull', True)), fields=('company', 'programme'), name='engagement_one_open_per_programme'), models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='engagement_dates_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('planned', 'Planerat'), ('held', 'Genomfört'), ('cancelled', 'Inställt'), ('no_show', 'Företaget kom inte')], default='held', max_length=10, verbose_name='läge')),
                ('completeness', models.CharField(choices=[('draft', 'Ofullständigt'), ('complete', 'Komplett')], default='draft', max_length=10, verbose_name='fullständighet')),
                ('date', models.DateField(verbose_name='datum')),
                ('start_time', models.TimeField(blank=True, null=True, verbose_name='började')),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='stödtid')),
                ('preparation_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='förberedelsetid')),
                ('travel_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='restid')),
                ('channel', models.CharField(blank=True, choices=[('on_site', 'På plats'), ('online', 'Digitalt'), ('phone', 'Telefon')], max_length=10, verbose_name='hur ni möttes')),
                ('place', models.CharField(blank=True, max_length=300, verbose_name='plats eller länk')),
                ('note', models.TextField(blank=True, max_length=20000, verbose_name='anteckning')),
                ('ends_at', models.GeneratedField(db_persist=True, expression=models.Func(models.F('date'), models.F('start_time'), models.F('minutes'), function='session_ends_at'), output_field=models.DateTimeField())),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('fingerprint', models.CharField(blank=True, editable=False, max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='borttaget')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='coaching.engagement', verbose_name='coachningsuppdrag')),
                ('planned_in', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='next_session', to='coaching.session', verbose_name='planerades i')),
                ('removed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'coachningstillfälle',
                'verbose_name_plural': 'coachningstillfällen',
                'indexes': [models.Index(fields=['engagement', '-date'], name='session_by_engagement'), models.Index(fields=['-ends_at', '-id'], name='session_newest_first'), models.Index(condition=models.Q(('removed_at__isnull', True), ('state', 'planned')), fields=['ends_at'], name='session_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('minutes__isnull', True), models.Q(('minutes__gte', 1), ('minutes__lte', 1440)), _connector='OR'), name='session_minutes_in_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('completeness', 'complete'), _negated=True), models.Q(('minutes__isnull', False), ('state', 'held'), models.Q(('channel', ''), _negated=True)), _connector='OR'), name='session_complete_has_time_and_channel'), models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), ('removed_by__isnull', True)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='session_removed_by_someone')],
            },
        ),
        migrations.CreateModel(
            name='SessionCoach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('coach', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='session_coaches', to=settings.AUTH_USER_MODEL, verbose_name='coach')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation', verbose_name='organisation')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='session_coaches', to='coaching.session', verbose_name='coachningstillfälle')),
            ],
            options={
                'verbose_name': 'deltagande coach',
                'verbose_name_plural': 'deltagande coacher',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('session', 'coach'), name='session_coach_once')],
            },
        ),
        migrations.CreateModel(
            name='SessionCoachEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('coach', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='coach')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='organisation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coaching.sessioncoach')),
                ('session', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coaching.session', verbose_name='coachningstillfälle')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='coaching_se_pgh_cre_9bbc8e_idx')],
            },
        ),
        AddTrigger(
            model_name='sessioncoach',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_sessioncoachevent" ("coach_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id") VALUES (NEW."coach_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."session_id"); RETURN NULL;', hash='7fdb633a8043b979d82d285a861bf8ea0fb5b6a6', operation='INSERT', pgid='pgtrigger_insert_insert_44fc2', table='coaching_sessioncoach', when='AFTER')),
        ),
        AddTrigger(
            model_name='sessioncoach',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "coaching_sessioncoachevent" ("coach_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id") VALUES (NEW."coach_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."session_id"); RETURN NULL;', hash='51fe26b82c09c55eeed9071c945ef383ce0735ab', operation='UPDATE', pgid='pgtrigger_update_update_cdda9', table='coaching_sessioncoach', when='AFTER')),
        ),
        AddTrigger(
            model_name='sessioncoach',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_sessioncoachevent" ("coach_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id") VALUES (OLD."coach_id", OLD."id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_id"); RETURN NULL;', hash='59933856b7885e95fa36122ca318cdd1d6795876', operation='DELETE', pgid='pgtrigger_delete_delete_2949c', table='coaching_sessioncoach', when='AFTER')),
        ),
        AddTrigger(
            model_name='sessioncoachevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4bc545b63f517d8a6684d4f45ac486fb7efb25e0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1b25e', table='coaching_sessioncoachevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='SessionContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='session_contacts', to='companies.contact', verbose_name='kontaktperson')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='session_contacts', to='coaching.session', verbose_name='coachningstillfälle')),
            ],
            options={
                'verbose_name': 'deltagare från företaget',
                'verbose_name_plural': 'deltagare från företaget',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('session', 'contact'), name='session_contact_once')],
            },
        ),
        migrations.CreateModel(
            name='SessionContactEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('contact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.contact', verbose_name='kontaktperson')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coaching.sessioncontact')),
                ('session', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coaching.session', verbose_name='coachningstillfälle')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='coaching_se_pgh_cre_cc6e5c_idx')],
            },
        ),
        AddTrigger(
            model_name='sessioncontact',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_sessioncontactevent" ("contact_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id") VALUES (NEW."contact_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."session_id"); RETURN NULL;', hash='85e6c1603b6c80f3cde4e49730ca8364cb4c9bfe', operation='INSERT', pgid='pgtrigger_insert_insert_42b7a', table='coaching_sessioncontact', when='AFTER')),
        ),
        AddTrigger(
            model_name='sessioncontact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "coaching_sessioncontactevent" ("contact_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id") VALUES (NEW."contact_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."session_id"); RETURN NULL;', hash='efdc40da54c18abccc64828438a51cfcc5bf5277', operation='UPDATE', pgid='pgtrigger_update_update_dbc4b', table='coaching_sessioncontact', when='AFTER')),
        ),
        AddTrigger(
            model_name='sessioncontact',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_sessioncontactevent" ("contact_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id") VALUES (OLD."contact_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_id"); RETURN NULL;', hash='23f7466ed62bf083f735ca8f5b239fd92c8fb91b', operation='DELETE', pgid='pgtrigger_delete_delete_2b008', table='coaching_sessioncontact', when='AFTER')),
        ),
        AddTrigger(
            model_name='sessioncontactevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='79488960e1e98fd35fc4e62279426628a5464b75', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_18330', table='coaching_sessioncontactevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='SessionDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(editable=False)),
                ('base_version', models.PositiveIntegerField(default=0)),
                ('data', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('discarded_at', models.DateTimeField(editable=False, null=True)),
                ('coach', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='coaching.session')),
            ],
            options={
                'verbose_name': 'utkast',
                'verbose_name_plural': 'utkast',
                'ordering': ['-updated_at'],
                'constraints': [models.UniqueConstraint(fields=('coach', 'key'), name='session_draft_once_per_coach')],
            },
        ),
        migrations.CreateModel(
            name='SessionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('state', models.CharField(choices=[('planned', 'Planerat'), ('held', 'Genomfört'), ('cancelled', 'Inställt'), ('no_show', 'Företaget kom inte')], default='held', max_length=10, verbose_name='läge')),
                ('completeness', models.CharField(choices=[('draft', 'Ofullständigt'), ('complete', 'Komplett')], default='draft', max_length=10, verbose_name='fullständighet')),
                ('date', models.DateField(verbose_name='datum')),
                ('start_time', models.TimeField(blank=True, null=True, verbose_name='började')),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='stödtid')),
                ('preparation_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='förberedelsetid')),
                ('travel_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='restid')),
                ('channel', models.CharField(blank=True, choices=[('on_site', 'På plats'), ('online', 'Digitalt'), ('phone', 'Telefon')], max_length=10, verbose_name='hur ni möttes')),
                ('place', models.CharField(blank=True, max_length=300, verbose_name='plats eller länk')),
                ('note', models.TextField(blank=True, max_length=20000, verbose_name='anteckning')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='borttaget')),
                ('created_by', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('engagement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coaching.engagement', verbose_name='coachningsuppdrag')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coaching.session')),
                ('planned_in', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coaching.session', verbose_name='planerades i')),
                ('removed_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='coaching_se_pgh_cre_22558c_idx')],
            },
        ),
        AddTrigger(
            model_name='sessionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cbd15a03d86831f48660ce3f368c67cfd46e9f1f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2d9e4', table='coaching_sessionevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_sessionevent" ("channel", "completeness", "created_at", "created_by_id", "date", "engagement_id", "id", "minutes", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_in_id", "preparation_minutes", "removed_at", "removed_by_id", "start_time", "state", "travel_minutes", "version") VALUES (NEW."channel", NEW."completeness", NEW."created_at", NEW."created_by_id", NEW."date", NEW."engagement_id", NEW."id", NEW."minutes", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."planned_in_id", NEW."preparation_minutes", NEW."removed_at", NEW."removed_by_id", NEW."start_time", NEW."state", NEW."travel_minutes", NEW."version"); RETURN NULL;', hash='f6b025911248d8e6220e9ed898cd9971669392c7', operation='INSERT', pgid='pgtrigger_insert_insert_4d40a', table='coaching_session', when='AFTER')),
        ),
        AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."completeness" IS DISTINCT FROM (NEW."completeness") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."date" IS DISTINCT FROM (NEW."date") OR OLD."engagement_id" IS DISTINCT FROM (NEW."engagement_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."planned_in_id" IS DISTINCT FROM (NEW."planned_in_id") OR OLD."preparation_minutes" IS DISTINCT FROM (NEW."preparation_minutes") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."removed_by_id" IS DISTINCT FROM (NEW."removed_by_id") OR OLD."start_time" IS DISTINCT FROM (NEW."start_time") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."travel_minutes" IS DISTINCT FROM (NEW."travel_minutes") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "coaching_sessionevent" ("channel", "completeness", "created_at", "created_by_id", "date", "engagement_id", "id", "minutes", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_in_id", "preparation_minutes", "removed_at", "removed_by_id", "start_time", "state", "travel_minutes", "version") VALUES (NEW."channel", NEW."completeness", NEW."created_at", NEW."created_by_id", NEW."date", NEW."engagement_id", NEW."id", NEW."minutes", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."planned_in_id", NEW."preparation_minutes", NEW."removed_at", NEW."removed_by_id", NEW."start_time", NEW."state", NEW."travel_minutes", NEW."version"); RETURN NULL;', hash='ab177d4f7da0b5563689d5ae25e3efdb07a456fb', operation='UPDATE', pgid='pgtrigger_update_update_60d23', table='coaching_session', when='AFTER')),
        ),
        AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_sessionevent" ("channel", "completeness", "created_at", "created_by_id", "date", "engagement_id", "id", "minutes", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_in_id", "preparation_minutes", "removed_at", "removed_by_id", "start_time", "state", "travel_minutes", "version") VALUES (OLD."channel", OLD."completeness", OLD."created_at", OLD."created_by_id", OLD."date", OLD."engagement_id", OLD."id", OLD."minutes", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."planned_in_id", OLD."preparation_minutes", OLD."removed_at", OLD."removed_by_id", OLD."start_time", OLD."state", OLD."travel_minutes", OLD."version"); RETURN NULL;', hash='eb320deb033d287181330bb53622ce30a53b71f9', operation='DELETE', pgid='pgtrigger_delete_delete_217e9', table='coaching_session', when='AFTER')),
        ),
        migrations.CreateModel(
            name='SessionStrategy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='session_strategies', to='coaching.session', verbose_name='coachningstillfälle')),
                ('strategy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.circularstrategy', verbose_name='strategi')),
            ],
            options={
                'verbose_name': 'strategi',
                'verbose_name_plural': 'strategier',
                'ordering': ['strategy'],
                'constraints': [models.UniqueConstraint(fields=('session', 'strategy'), name='session_strategy_once')],
            },
        ),
        migrations.CreateModel(
            name='SessionStrategyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coaching.sessionstrategy')),
                ('session', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coaching.session', verbose_name='coachningstillfälle')),
                ('strategy', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.circularstrategy', verbose_name='strategi')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='coaching_se_pgh_cre_a88015_idx')],
            },
        ),
        AddTrigger(
            model_name='sessionstrategy',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_sessionstrategyevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "strategy_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."session_id", NEW."strategy_id"); RETURN NULL;', hash='a61a2e876a1f8d06e1f16ac8f5d8067f30b957ad', operation='INSERT', pgid='pgtrigger_insert_insert_082ec', table='coaching_sessionstrategy', when='AFTER')),
        ),
        AddTrigger(
            model_name='sessionstrategy',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "coaching_sessionstrategyevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "strategy_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."session_id", NEW."strategy_id"); RETURN NULL;', hash='3fe6ab27ef38180a26390ddd1310a602b5e04512', operation='UPDATE', pgid='pgtrigger_update_update_80a1f', table='coaching_sessionstrategy', when='AFTER')),
        ),
        AddTrigger(
            model_name='sessionstrategy',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_sessionstrategyevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "strategy_id") VALUES (OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_id", OLD."strategy_id"); RETURN NULL;', hash='4fc4133674165910a309ff88fcb105ce49e6fa8c', operation='DELETE', pgid='pgtrigger_delete_delete_c7e9d', table='coaching_sessionstrategy', when='AFTER')),
        ),
        AddTrigger(
            model_name='sessionstrategyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b4495f5888da71006b8aa2f37610299c392727ff', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_955cb', table='coaching_sessionstrategyevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='StageChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('contact', 'Kontakt'), ('baseline', 'Nuläge'), ('plan', 'Plan'), ('implementation', 'Genomförande'), ('follow_up', 'Uppföljning'), ('ongoing', 'Fortlöpande')], max_length=20, verbose_name='steg')),
                ('entered_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='sedan')),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stage_changes', to='coaching.engagement', verbose_name='coachningsuppdrag')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='satt av')),
            ],
            options={
                'verbose_name': 'stegbyte',
                'verbose_name_plural': 'stegbyten',
                'ordering': ['entered_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='StageChangeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('stage', models.CharField(choices=[('contact', 'Kontakt'), ('baseline', 'Nuläge'), ('plan', 'Plan'), ('implementation', 'Genomförande'), ('follow_up', 'Uppföljning'), ('ongoing', 'Fortlöpande')], max_length=20, verbose_name='steg')),
                ('entered_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='sedan')),
                ('engagement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coaching.engagement', verbose_name='coachningsuppdrag')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coaching.stagechange')),
                ('set_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='satt av')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='coaching_st_pgh_cre_a11b40_idx')],
            },
        ),
        AddTrigger(
            model_name='stagechange',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_stagechangeevent" ("engagement_id", "entered_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_by_id", "stage") VALUES (NEW."engagement_id", NEW."entered_on", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."set_by_id", NEW."stage"); RETURN NULL;', hash='164f532701816673720201996618b6ed09508a8f', operation='INSERT', pgid='pgtrigger_insert_insert_a6590', table='coaching_stagechange', when='AFTER')),
        ),
        AddTrigger(
            model_name='stagechange',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "coaching_stagechangeevent" ("engagement_id", "entered_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_by_id", "stage") VALUES (NEW."engagement_id", NEW."entered_on", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."set_by_id", NEW."stage"); RETURN NULL;', hash='b20981901267f37c760daac62a97485e662a18b3', operation='UPDATE', pgid='pgtrigger_update_update_30817', table='coaching_stagechange', when='AFTER')),
        ),
        AddTrigger(
            model_name='stagechange',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_stagechangeevent" ("engagement_id", "entered_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_by_id", "stage") VALUES (OLD."engagement_id", OLD."entered_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."set_by_id", OLD."stage"); RETURN NULL;', hash='5c33edd4069645cd7f89f99163f75e280447fdda', operation='DELETE', pgid='pgtrigger_delete_delete_cebf4', table='coaching_stagechange', when='AFTER')),
        ),
        AddTrigger(
            model_name='stagechangeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='80372d0209fa60027e903c8903455750684a6ed7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3a1c6', table='coaching_stagechangeevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('what', models.CharField(max_length=300, verbose_name='vad')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='slutdatum')),
                ('status', models.CharField(choices=[('open', 'Att göra'), ('done', 'Genomförd'), ('cancelled', 'Avbruten')], default='open', max_length=10, verbose_name='läge')),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('closed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner_coach', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to=settings.AUTH_USER_MODEL, verbose_name='ansvarig coach')),
                ('owner_contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='companies.contact', verbose_name='ansvarig hos företaget')),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='coaching.engagement', verbose_name='coachningsuppdrag')),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='actions', to='coaching.session', verbose_name='coachningstillfälle')),
            ],
            options={
                'verbose_name': 'åtgärd',
                'verbose_name_plural': 'åtgärder',
                'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['owner_coach', 'due_on'], name='action_open_by_coach')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('owner_coach__isnull', False), ('owner_contact__isnull', True)), models.Q(('owner_coach__isnull', True), ('owner_contact__isnull', False)), _connector='OR'), name='action_one_owner'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='action_closed_by_someone')],
            },
        ),
        migrations.CreateModel(
            name='ActionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('what', models.CharField(max_length=300, verbose_name='vad')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='slutdatum')),
                ('status', models.CharField(choices=[('open', 'Att göra'), ('done', 'Genomförd'), ('cancelled', 'Avbruten')], default='open', max_length=10, verbose_name='läge')),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('closed_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner_coach', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ansvarig coach')),
                ('owner_contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.contact', verbose_name='ansvarig hos företaget')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coaching.action')),
                ('engagement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coaching.engagement', verbose_name='coachningsuppdrag')),
                ('session', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coaching.session', verbose_name='coachningstillfälle')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='coaching_ac_pgh_cre_f8da9e_idx')],
            },
        ),
        AddTrigger(
            model_name='actionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8e98f04e64f42011f9e1bb9bb12f76255bd1fffc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cd9b4', table='coaching_actionevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_actionevent" ("closed_at", "closed_by_id", "created_at", "due_on", "engagement_id", "id", "owner_coach_id", "owner_contact_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "status", "what") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."due_on", NEW."engagement_id", NEW."id", NEW."owner_coach_id", NEW."owner_contact_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."session_id", NEW."status", NEW."what"); RETURN NULL;', hash='35c3548e8cd9f2d80aa45bcbc2ee8c505f65af64', operation='INSERT', pgid='pgtrigger_insert_insert_92cbc', table='coaching_action', when='AFTER')),
        ),
        AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "coaching_actionevent" ("closed_at", "closed_by_id", "created_at", "due_on", "engagement_id", "id", "owner_coach_id", "owner_contact_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "status", "what") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."due_on", NEW."engagement_id", NEW."id", NEW."owner_coach_id", NEW."owner_contact_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."session_id", NEW."status", NEW."what"); RETURN NULL;', hash='6c2c700ba6b6c8a740b80fa00a8cde586d346007', operation='UPDATE', pgid='pgtrigger_update_update_8b0e3', table='coaching_action', when='AFTER')),
        ),
        AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_actionevent" ("closed_at", "closed_by_id", "created_at", "due_on", "engagement_id", "id", "owner_coach_id", "owner_contact_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "status", "what") VALUES (OLD."closed_at", OLD."closed_by_id", OLD."created_at", OLD."due_on", OLD."engagement_id", OLD."id", OLD."owner_coach_id", OLD."owner_contact_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_id", OLD."status", OLD."what"); RETURN NULL;', hash='866ed2c60e43ddc6e53146b9624b30b7797c9eb1', operation='DELETE', pgid='pgtrigger_delete_delete_bdda0', table='coaching_action', when='AFTER')),
        ),
        migrations.CreateModel(
            name='EngagementCoach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_lead', models.BooleanField(default=False, verbose_name='leder uppdraget')),
                ('joined_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='kom med')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='lämnade')),
                ('coach', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='coach')),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='coaching.engagement', verbose_name='coachningsuppdrag')),
            ],
            options={
                'verbose_name': 'coach i uppdraget',
                'verbose_name_plural': 'coacher i uppdraget',
                'ordering': ['-is_lead', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_on__isnull', True)), fields=('engagement', 'coach'), name='engagement_coach_once'), models.UniqueConstraint(condition=models.Q(('is_lead', True), ('left_on__isnull', True)), fields=('engagement',), name='engagement_one_lead')],
            },
        ),
        migrations.CreateModel(
            name='EngagementCoachEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('is_lead', models.BooleanField(default=False, verbose_name='leder uppdraget')),
                ('joined_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='kom med')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='lämnade')),
                ('coach', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='coach')),
                ('engagement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coaching.engagement', verbose_name='coachningsuppdrag')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coaching.engagementcoach')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='coaching_en_pgh_cre_6c89f9_idx')],
            },
        ),
        AddTrigger(
            model_name='engagementcoach',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_engagementcoachevent" ("coach_id", "engagement_id", "id", "is_lead", "joined_on", "left_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."coach_id", NEW."engagement_id", NEW."id", NEW."is_lead", NEW."joined_on", NEW."left_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='5d18ba943fcce727516087c2045b19b1d9187853', operation='INSERT', pgid='pgtrigger_insert_insert_38ee0', table='coaching_engagementcoach', when='AFTER')),
        ),
        AddTrigger(
            model_name='engagementcoach',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "coaching_engagementcoachevent" ("coach_id", "engagement_id", "id", "is_lead", "joined_on", "left_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."coach_id", NEW."engagement_id", NEW."id", NEW."is_lead", NEW."joined_on", NEW."left_on", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='046939fc6db1d96d59a1031817a87fb88c002970', operation='UPDATE', pgid='pgtrigger_update_update_d1132', table='coaching_engagementcoach', when='AFTER')),
        ),
        AddTrigger(
            model_name='engagementcoach',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_engagementcoachevent" ("coach_id", "engagement_id", "id", "is_lead", "joined_on", "left_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."coach_id", OLD."engagement_id", OLD."id", OLD."is_lead", OLD."joined_on", OLD."left_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='e39f06f7df2815a4c9882402825c4bd72f413fd4', operation='DELETE', pgid='pgtrigger_delete_delete_fe247', table='coaching_engagementcoach', when='AFTER')),
        ),
        AddTrigger(
            model_name='engagementcoachevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c08ba5242f081c7f0a978ada0a66e63ad37b1756', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5f848', table='coaching_engagementcoachevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='EngagementEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('stage', models.CharField(choices=[('contact', 'Kontakt'), ('baseline', 'Nuläge'), ('plan', 'Plan'), ('implementation', 'Genomförande'), ('follow_up', 'Uppföljning'), ('ongoing', 'Fortlöpande')], default='contact', max_length=20, verbose_name='steg')),
                ('goals', models.TextField(blank=True, max_length=2000, verbose_name='mål')),
                ('started_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='började')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='avslutades')),
                ('company', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.company', verbose_name='företag')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='organisation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coaching.engagement')),
                ('programme', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coaching.programme', verbose_name='program')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='coaching_en_pgh_cre_b793aa_idx')],
            },
        ),
        AddTrigger(
            model_name='engagementevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2bbe88167c76291741077d12f7b34d69f8a99767', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fd025', table='coaching_engagementevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='engagement',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_engagementevent" ("company_id", "ended_on", "goals", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "stage", "started_on") VALUES (NEW."company_id", NEW."ended_on", NEW."goals", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."stage", NEW."started_on"); RETURN NULL;', hash='1c8923e5c1fdeb8fa748dd098e5e78f9362c6091', operation='INSERT', pgid='pgtrigger_insert_insert_f60ff', table='coaching_engagement', when='AFTER')),
        ),
        AddTrigger(
            model_name='engagement',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "coaching_engagementevent" ("company_id", "ended_on", "goals", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "stage", "started_on") VALUES (NEW."company_id", NEW."ended_on", NEW."goals", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."programme_id", NEW."stage", NEW."started_on"); RETURN NULL;', hash='0f093e57f5ce65b5738f4df7c1601b1dca94f4ac', operation='UPDATE', pgid='pgtrigger_update_update_6ce6c', table='coaching_engagement', when='AFTER')),
        ),
        AddTrigger(
            model_name='engagement',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_engagementevent" ("company_id", "ended_on", "goals", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "stage", "started_on") VALUES (OLD."company_id", OLD."ended_on", OLD."goals", OLD."id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."stage", OLD."started_on"); RETURN NULL;', hash='0a0eb71d7fe490ea3026bae84ba15d0d8f93316c', operation='DELETE', pgid='pgtrigger_delete_delete_f1f37', table='coaching_engagement', when='AFTER')),
        ),
        migrations.AddField(
            model_name='session',
            name='coaches',
            field=models.ManyToManyField(related_name='sessions', through='coaching.SessionCoach', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='session',
            name='contacts',
            field=models.ManyToManyField(blank=True, related_name='sessions', through='coaching.SessionContact', to='companies.contact'),
        ),
        migrations.AddField(
            model_name='session',
            name='strategies',
            field=models.ManyToManyField(blank=True, related_name='+', through='coaching.SessionStrategy', to='companies.circularstrategy'),
        ),
    ]
