import coachnet.lib.swedish
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
from coachnet.lib.triggers import AddTrigger
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('lib', '0001_swedish'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True, verbose_name='namn')),
                ('kind', models.CharField(choices=[('science_park', 'Science park'), ('incubator', 'Inkubator'), ('institute', 'Forskningsinstitut'), ('university', 'Universitet eller högskola'), ('municipality', 'Kommun'), ('region', 'Region'), ('association', 'Kommunalförbund'), ('industry', 'Industriellt utvecklingscentrum'), ('adviser', 'Rådgivare eller finansiär'), ('other', 'Annan')], max_length=20, verbose_name='slag')),
                ('access_regime', models.CharField(choices=[('state_authority', 'Statlig myndighet'), ('local_authority', 'Kommunal eller regional myndighet'), ('public_company', 'Kommunalt eller regionalt bolag'), ('state_company', 'Statligt bolag'), ('private', 'Privat organisation eller förening')], max_length=20, verbose_name='offentlighetsregim')),
                ('sub_region', models.CharField(blank=True, choices=[('BOR', 'Boråsregionen'), ('FYR', 'Fyrbodal'), ('GBG', 'Göteborgsregionen'), ('SKA', 'Skaraborg')], max_length=3, verbose_name='delregion')),
                ('website', models.URLField(blank=True, verbose_name='webbplats')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='avslutad')),
                ('sort_key', models.GeneratedField(db_persist=True, expression=coachnet.lib.swedish.SvSortKey('name'), output_field=models.TextField(db_collation='C'))),
                ('search_key', models.GeneratedField(db_persist=True, expression=coachnet.lib.swedish.SvSearchKey('name'), output_field=models.TextField(db_collation='C'))),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisationer',
                'ordering': ['sort_key'],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-post')),
                ('name', models.CharField(max_length=120, verbose_name='namn')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='titel')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telefon')),
                ('language', models.CharField(choices=[('sv', 'Svenska'), ('en', 'Engelska')], default='sv', max_length=2, verbose_name='språk')),
                ('organisation_since', models.DateField(default=django.utils.timezone.localdate, verbose_name='anställd sedan')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='roller')),
                ('shortcuts_on', models.BooleanField(default=True, verbose_name='tangentgenvägar')),
                ('is_active', models.BooleanField(default=True, verbose_name='aktiv')),
                ('signed_out_at', models.DateTimeField(editable=False, null=True)),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='med sedan')),
                ('sort_key', models.GeneratedField(db_persist=True, expression=coachnet.lib.swedish.SvSortKey('name'), output_field=models.TextField(db_collation='C'))),
                ('search_key', models.GeneratedField(db_persist=True, expression=coachnet.lib.swedish.SvSearchKey(django.db.models.functions.text.Concat('name', models.Value(' '), 'email', models.Value(' '), 'title', output_field=models.TextField())), output_field=models.TextField(db_collation='C'))),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='accounts.organisation', verbose_name='organisation')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'personer',
                'indexes': [models.Index(fields=['sort_key', 'id'], name='user_swedish_order')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_any_case'), models.CheckConstraint(condition=models.Q(('roles__contained_by', ['coach', 'organiser', 'official', 'admin'])), name='user_known_roles')],
            },
        ),
        migrations.CreateModel(
            name='OrganisationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='namn')),
                ('kind', models.CharField(choices=[('science_park', 'Science park'), ('incubator', 'Inkubator'), ('institute', 'Forskningsinstitut'), ('university', 'Universitet eller högskola'), ('municipality', 'Kommun'), ('region', 'Region'), ('association', 'Kommunalförbund'), ('industry', 'Industriellt utvecklingscentrum'), ('adviser', 'Rådgivare eller finansiär'), ('other', 'Annan')], max_length=20, verbose_name='slag')),
                ('access_regime', models.CharField(choices=[('state_authority', 'Statlig myndighet'), ('local_authority', 'Kommunal eller regional myndighet'), ('public_company', 'Kommunalt eller regionalt bolag'), ('state_company', 'Statligt bolag'), ('private', 'Privat organisation eller förening')], max_length=20, verbose_name='offentlighetsregim')),
                ('sub_region', models.CharField(blank=True, choices=[('BOR', 'Boråsregionen'), ('FYR', 'Fyrbodal'), ('GBG', 'Göteborgsregionen'), ('SKA', 'Skaraborg')], max_length=3, verbose_name='delregion')),
                ('website', models.URLField(blank=True, verbose_name='webbplats')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='avslutad')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.organisation')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='accounts_or_pgh_cre_c2b7b0_idx')],
            },
        ),
        AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_organisationevent" ("access_regime", "closed_on", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sub_region", "website") VALUES (NEW."access_regime", NEW."closed_on", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sub_region", NEW."website"); RETURN NULL;', hash='e7353f35bdf99f5a4b28c21b326920b04472f7c5', operation='INSERT', pgid='pgtrigger_insert_insert_66a5c', table='accounts_organisation', when='AFTER')),
        ),
        AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."access_regime" IS DISTINCT FROM (NEW."access_regime") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."sub_region" IS DISTINCT FROM (NEW."sub_region") OR OLD."website" IS DISTINCT FROM (NEW."website"))', func='INSERT INTO "accounts_organisationevent" ("access_regime", "closed_on", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sub_region", "website") VALUES (NEW."access_regime", NEW."closed_on", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sub_region", NEW."website"); RETURN NULL;', hash='346cbc534cafdf724dc96997bd721edd669c0dbc', operation='UPDATE', pgid='pgtrigger_update_update_9e5fc', table='accounts_organisation', when='AFTER')),
        ),
        AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_organisationevent" ("access_regime", "closed_on", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sub_region", "website") VALUES (OLD."access_regime", OLD."closed_on", OLD."id", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sub_region", OLD."website"); RETURN NULL;', hash='940d2fcd81111f790ca7c30c4afd6643cb36bfed', operation='DELETE', pgid='pgtrigger_delete_delete_7b33b', table='accounts_organisation', when='AFTER')),
        ),
        AddTrigger(
            model_name='organisationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='845e2a6e8e1a6335e3e91a32605b9bf35b983db2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4e6f4', table='accounts_organisationevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='PastEmployment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='titel')),
                ('started_on', models.DateField(verbose_name='började')),
                ('ended_on', models.DateField(verbose_name='slutade')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation', verbose_name='organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='past_employments', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'tidigare anställning',
                'verbose_name_plural': 'tidigare anställningar',
                'ordering': ['-ended_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_on__gte', models.F('started_on'))), name='past_employment_in_order')],
            },
        ),
        migrations.CreateModel(
            name='PastEmploymentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='titel')),
                ('started_on', models.DateField(verbose_name='började')),
                ('ended_on', models.DateField(verbose_name='slutade')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='organisation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.pastemployment')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='accounts_pa_pgh_cre_b378fc_idx')],
            },
        ),
        AddTrigger(
            model_name='pastemployment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_pastemploymentevent" ("ended_on", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_on", "title", "user_id") VALUES (NEW."ended_on", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."started_on", NEW."title", NEW."user_id"); RETURN NULL;', hash='b06b047a96d9b82dd3a496b494d6cf2933f9b96c', operation='INSERT', pgid='pgtrigger_insert_insert_ec30d', table='accounts_pastemployment', when='AFTER')),
        ),
        AddTrigger(
            model_name='pastemployment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_pastemploymentevent" ("ended_on", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_on", "title", "user_id") VALUES (NEW."ended_on", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."started_on", NEW."title", NEW."user_id"); RETURN NULL;', hash='f802a0e56d24b164af8f9891fb4a2909d63fe12e', operation='UPDATE', pgid='pgtrigger_update_update_7498b', table='accounts_pastemployment', when='AFTER')),
        ),
        AddTrigger(
            model_name='pastemployment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_pastemploymentevent" ("ended_on", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_on", "title", "user_id") VALUES (OLD."ended_on", OLD."id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."started_on", OLD."title", OLD."user_id"); RETURN NULL;', hash='74cc71f6255b887d00ca9b33ca310bbc40b3dc12', operation='DELETE', pgid='pgtrigger_delete_delete_8b279', table='accounts_pastemployment', when='AFTER')),
        ),
        AddTrigger(
            model_name='pastemploymentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7f21a033212937d4e9e0e1bf33b35245096df5f2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_41e5e', table='accounts_pastemploymentevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('email', models.EmailField(max_length=254, verbose_name='e-post')),
                ('name', models.CharField(max_length=120, verbose_name='namn')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='titel')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telefon')),
                ('language', models.CharField(choices=[('sv', 'Svenska'), ('en', 'Engelska')], default='sv', max_length=2, verbose_name='språk')),
                ('organisation_since', models.DateField(default=django.utils.timezone.localdate, verbose_name='anställd sedan')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='roller')),
                ('shortcuts_on', models.BooleanField(default=True, verbose_name='tangentgenvägar')),
                ('is_active', models.BooleanField(default=True, verbose_name='aktiv')),
                ('signed_out_at', models.DateTimeField(editable=False, null=True)),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='med sedan')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='organisation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='accounts_us_pgh_cre_729cff_idx')],
            },
        ),
        AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("email", "id", "is_active", "joined_at", "language", "name", "organisation_id", "organisation_since", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "roles", "shortcuts_on", "signed_out_at", "title") VALUES (NEW."email", NEW."id", NEW."is_active", NEW."joined_at", NEW."language", NEW."name", NEW."organisation_id", NEW."organisation_since", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."roles", NEW."shortcuts_on", NEW."signed_out_at", NEW."title"); RETURN NULL;', hash='2befe49f46c8ce63a29ae2f06bc978e0fb3cf0de', operation='INSERT', pgid='pgtrigger_insert_insert_3867c', table='accounts_user', when='AFTER')),
        ),
        AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."joined_at" IS DISTINCT FROM (NEW."joined_at") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."organisation_since" IS DISTINCT FROM (NEW."organisation_since") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."shortcuts_on" IS DISTINCT FROM (NEW."shortcuts_on") OR OLD."signed_out_at" IS DISTINCT FROM (NEW."signed_out_at") OR OLD."title" IS DISTINCT FROM (NEW."title"))', func='INSERT INTO "accounts_userevent" ("email", "id", "is_active", "joined_at", "language", "name", "organisation_id", "organisation_since", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "roles", "shortcuts_on", "signed_out_at", "title") VALUES (NEW."email", NEW."id", NEW."is_active", NEW."joined_at", NEW."language", NEW."name", NEW."organisation_id", NEW."organisation_since", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."roles", NEW."shortcuts_on", NEW."signed_out_at", NEW."title"); RETURN NULL;', hash='232b1b11891b6653ff20c6c915dd34366b65d803', operation='UPDATE', pgid='pgtrigger_update_update_0e890', table='accounts_user', when='AFTER')),
        ),
        AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("email", "id", "is_active", "joined_at", "language", "name", "organisation_id", "organisation_since", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "roles", "shortcuts_on", "signed_out_at", "title") VALUES (OLD."email", OLD."id", OLD."is_active", OLD."joined_at", OLD."language", OLD."name", OLD."organisation_id", OLD."organisation_since", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."roles", OLD."shortcuts_on", OLD."signed_out_at", OLD."title"); RETURN NULL;', hash='e1c37dd935ff4fb1315a26f1a40393b76e0a6dca', operation='DELETE', pgid='pgtrigger_delete_delete_19f14', table='accounts_user', when='AFTER')),
        ),
        AddTrigger(
            model_name='userevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9e9498e73f6fbdf2642fb33fa14189f1ad2382c8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_45b21', table='accounts_userevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-post')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='namn')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name='roller')),
                ('language', models.CharField(choices=[('sv', 'Svenska'), ('en', 'Engelska')], default='sv', max_length=2, verbose_name='språk')),
                ('message', models.TextField(blank=True, max_length=1000, verbose_name='hälsning')),
                ('token_hash', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('sent_at', models.DateTimeField(editable=False, null=True)),
                ('refused_at', models.DateTimeField(editable=False, null=True)),
                ('expires_at', models.DateTimeField(verbose_name='gäller till')),
                ('accepted_at', models.DateTimeField(editable=False, null=True)),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                ('accepted_by', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invitation', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='inbjuden av')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation', verbose_name='organisation')),
            ],
            options={
                'verbose_name': 'inbjudan',
                'verbose_name_plural': 'inbjudningar',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('roles__contained_by', ['coach', 'organiser', 'official', 'admin']), models.Q(('roles', []), _negated=True)), name='invitation_known_roles'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='invitation_accepted_by_someone'), models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='invitation_accepted_or_withdrawn'), models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at__isnull', True), ('withdrawn_at__isnull', True)), name='invitation_one_unanswered_per_email')],
            },
        ),
        migrations.CreateModel(
            name='InvitationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('email', models.EmailField(max_length=254, verbose_name='e-post')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='namn')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name='roller')),
                ('language', models.CharField(choices=[('sv', 'Svenska'), ('en', 'Engelska')], default='sv', max_length=2, verbose_name='språk')),
                ('message', models.TextField(blank=True, max_length=1000, verbose_name='hälsning')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('sent_at', models.DateTimeField(editable=False, null=True)),
                ('refused_at', models.DateTimeField(editable=False, null=True)),
                ('expires_at', models.DateTimeField(verbose_name='gäller till')),
                ('accepted_at', models.DateTimeField(editable=False, null=True)),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                ('accepted_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='inbjuden av')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.invitation')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='organisation')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='accounts_in_pgh_cre_c72838_idx')],
            },
        ),
        AddTrigger(
            model_name='invitationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='daf23d962af867f3cb4eedb3f026a1b651002cd3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b4566', table='accounts_invitationevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='invitation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_invitationevent" ("accepted_at", "accepted_by_id", "created_at", "email", "expires_at", "id", "invited_by_id", "language", "message", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refused_at", "roles", "sent_at", "withdrawn_at") VALUES (NEW."accepted_at", NEW."accepted_by_id", NEW."created_at", NEW."email", NEW."expires_at", NEW."id", NEW."invited_by_id", NEW."language", NEW."message", NEW."name", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."refused_at", NEW."roles", NEW."sent_at", NEW."withdrawn_at"); RETURN NULL;', hash='805e647d30d8bccba7b3302763f3a69fac344d3d', operation='INSERT', pgid='pgtrigger_insert_insert_8c354', table='accounts_invitation', when='AFTER')),
        ),
        AddTrigger(
            model_name='invitation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."accepted_at" IS DISTINCT FROM (NEW."accepted_at") OR OLD."accepted_by_id" IS DISTINCT FROM (NEW."accepted_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_by_id" IS DISTINCT FROM (NEW."invited_by_id") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."message" IS DISTINCT FROM (NEW."message") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."refused_at" IS DISTINCT FROM (NEW."refused_at") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at") OR OLD."withdrawn_at" IS DISTINCT FROM (NEW."withdrawn_at"))', func='INSERT INTO "accounts_invitationevent" ("accepted_at", "accepted_by_id", "created_at", "email", "expires_at", "id", "invited_by_id", "language", "message", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refused_at", "roles", "sent_at", "withdrawn_at") VALUES (NEW."accepted_at", NEW."accepted_by_id", NEW."created_at", NEW."email", NEW."expires_at", NEW."id", NEW."invited_by_id", NEW."language", NEW."message", NEW."name", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."refused_at", NEW."roles", NEW."sent_at", NEW."withdrawn_at"); RETURN NULL;', hash='d47bfbd3ffe742e937c8ddf4a4d6bd617a2feb08', operation='UPDATE', pgid='pgtrigger_update_update_4e12d', table='accounts_invitation', when='AFTER')),
        ),
        AddTrigger(
            model_name='invitation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_invitationevent" ("accepted_at", "accepted_by_id", "created_at", "email", "expires_at", "id", "invited_by_id", "language", "message", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refused_at", "roles", "sent_at", "withdrawn_at") VALUES (OLD."accepted_at", OLD."accepted_by_id", OLD."created_at", OLD."email", OLD."expires_at", OLD."id", OLD."invited_by_id", OLD."language", OLD."message", OLD."name", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."refused_at", OLD."roles", OLD."sent_at", OLD."withdrawn_at"); RETURN NULL;', hash='21a287770636ccbb3efee2e7fe7db8ce0c70225d', operation='DELETE', pgid='pgtrigger_delete_delete_f2c14', table='accounts_invitation', when='AFTER')),
        ),
    ]
