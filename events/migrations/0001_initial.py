import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import events.models.invitations
import pgtrigger.compiler
from coachnet.lib.triggers import AddTrigger
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('companies', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('network', 'Nätverksträff'), ('topic', 'Ämnesträff')], default='network', max_length=10, verbose_name='slag')),
                ('state', models.CharField(choices=[('draft', 'Utkast'), ('published', 'Publicerad'), ('cancelled', 'Inställd')], default='draft', max_length=10, verbose_name='läge')),
                ('title', models.CharField(max_length=120, verbose_name='rubrik')),
                ('description', models.TextField(blank=True, max_length=5000, verbose_name='om träffen')),
                ('programme', models.TextField(blank=True, max_length=5000, verbose_name='program')),
                ('starts_at', models.DateTimeField(verbose_name='börjar')),
                ('ends_at', models.DateTimeField(verbose_name='slutar')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='plats')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='länk')),
                ('capacity', models.PositiveIntegerField(blank=True, null=True, verbose_name='antal platser')),
                ('answer_by', models.DateField(blank=True, null=True, verbose_name='sista svarsdag')),
                ('sequence', models.PositiveIntegerField(default=0, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='publicerad')),
                ('cancelled_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='inställd')),
                ('cancel_words', models.CharField(blank=True, max_length=500, verbose_name='varför träffen är inställd')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='arrangör')),
                ('hosts', models.ManyToManyField(blank=True, related_name='hosted_events', to='accounts.organisation', verbose_name='värdar')),
            ],
            options={
                'verbose_name': 'träff',
                'verbose_name_plural': 'träffar',
                'indexes': [models.Index(fields=['starts_at', 'id'], name='event_soonest_first'), models.Index(fields=['ends_at', 'id'], name='event_by_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='event_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(models.Q(('title', ''), _negated=True), models.Q(models.Q(('place', ''), _negated=True), models.Q(('link', ''), _negated=True), _connector='OR')), _connector='OR'), name='event_published_is_somewhere'), models.CheckConstraint(condition=models.Q(('capacity__isnull', True), ('capacity__gte', 1), _connector='OR'), name='event_has_room_for_one'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('published_at__isnull', False), _connector='OR'), name='event_published_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', False), ('state', 'cancelled')), models.Q(models.Q(('state', 'cancelled'), _negated=True), ('cancelled_at__isnull', True)), _connector='OR'), name='event_cancelled_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='EventEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('network', 'Nätverksträff'), ('topic', 'Ämnesträff')], default='network', max_length=10, verbose_name='slag')),
                ('state', models.CharField(choices=[('draft', 'Utkast'), ('published', 'Publicerad'), ('cancelled', 'Inställd')], default='draft', max_length=10, verbose_name='läge')),
                ('title', models.CharField(max_length=120, verbose_name='rubrik')),
                ('description', models.TextField(blank=True, max_length=5000, verbose_name='om träffen')),
                ('programme', models.TextField(blank=True, max_length=5000, verbose_name='program')),
                ('starts_at', models.DateTimeField(verbose_name='börjar')),
                ('ends_at', models.DateTimeField(verbose_name='slutar')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='plats')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='länk')),
                ('capacity', models.PositiveIntegerField(blank=True, null=True, verbose_name='antal platser')),
                ('answer_by', models.DateField(blank=True, null=True, verbose_name='sista svarsdag')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='publicerad')),
                ('cancelled_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='inställd')),
                ('cancel_words', models.CharField(blank=True, max_length=500, verbose_name='varför träffen är inställd')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_by', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='arrangör')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='events.event')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='events_even_pgh_cre_b4db98_idx')],
            },
        ),
        AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='sequence_follows_moves', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ends_at" IS DISTINCT FROM (NEW."ends_at") OR OLD."link" IS DISTINCT FROM (NEW."link") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='NEW.sequence = GREATEST(NEW.sequence, OLD.sequence + 1); RETURN NEW;', hash='6227f171a4829dbd27a576396bd569b6c12db19c', operation='UPDATE', pgid='pgtrigger_sequence_follows_moves_0afd0', table='events_event', when='BEFORE')),
        ),
        AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_eventevent" ("answer_by", "cancel_words", "cancelled_at", "capacity", "created_at", "created_by_id", "description", "ends_at", "id", "kind", "link", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "programme", "published_at", "starts_at", "state", "title", "version") VALUES (NEW."answer_by", NEW."cancel_words", NEW."cancelled_at", NEW."capacity", NEW."created_at", NEW."created_by_id", NEW."description", NEW."ends_at", NEW."id", NEW."kind", NEW."link", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."programme", NEW."published_at", NEW."starts_at", NEW."state", NEW."title", NEW."version"); RETURN NULL;', hash='da284564df27777cddfc92fa12cb14a619b6e728', operation='INSERT', pgid='pgtrigger_insert_insert_82b94', table='events_event', when='AFTER')),
        ),
        AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."answer_by" IS DISTINCT FROM (NEW."answer_by") OR OLD."cancel_words" IS DISTINCT FROM (NEW."cancel_words") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."capacity" IS DISTINCT FROM (NEW."capacity") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."ends_at" IS DISTINCT FROM (NEW."ends_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."link" IS DISTINCT FROM (NEW."link") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."programme" IS DISTINCT FROM (NEW."programme") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "events_eventevent" ("answer_by", "cancel_words", "cancelled_at", "capacity", "created_at", "created_by_id", "description", "ends_at", "id", "kind", "link", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "programme", "published_at", "starts_at", "state", "title", "version") VALUES (NEW."answer_by", NEW."cancel_words", NEW."cancelled_at", NEW."capacity", NEW."created_at", NEW."created_by_id", NEW."description", NEW."ends_at", NEW."id", NEW."kind", NEW."link", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."programme", NEW."published_at", NEW."starts_at", NEW."state", NEW."title", NEW."version"); RETURN NULL;', hash='9ea5b77354c81fac42e7c06f96d13ac9ae9a46d3', operation='UPDATE', pgid='pgtrigger_update_update_73f59', table='events_event', when='AFTER')),
        ),
        AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_eventevent" ("answer_by", "cancel_words", "cancelled_at", "capacity", "created_at", "created_by_id", "description", "ends_at", "id", "kind", "link", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "programme", "published_at", "starts_at", "state", "title", "version") VALUES (OLD."answer_by", OLD."cancel_words", OLD."cancelled_at", OLD."capacity", OLD."created_at", OLD."created_by_id", OLD."description", OLD."ends_at", OLD."id", OLD."kind", OLD."link", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."programme", OLD."published_at", OLD."starts_at", OLD."state", OLD."title", OLD."version"); RETURN NULL;', hash='b4c7b5f7fb13777f92c9531819c25c1f2d4af469', operation='DELETE', pgid='pgtrigger_delete_delete_d74a6', table='events_event', when='AFTER')),
        ),
        AddTrigger(
            model_name='eventevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='43347ccbdab496444ed254deb4882c4dd53f9e9f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5b378', table='events_eventevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='EventInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='namn')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-post')),
                ('language', models.CharField(choices=[('sv', 'Svenska'), ('en', 'Engelska')], default='sv', max_length=2, verbose_name='språk')),
                ('how', models.CharField(choices=[('invited', 'Inbjuden'), ('walk_in', 'Kom utan inbjudan')], default='invited', max_length=10, verbose_name='hur')),
                ('link_key', models.CharField(default=events.models.invitations.new_link_key, editable=False, max_length=32, unique=True)),
                ('calendar_turn', models.PositiveIntegerField(default=0, editable=False)),
                ('times_sent', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='utskick')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='borttagen')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='event_invitations', to='companies.contact', verbose_name='kontaktperson')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='events.event', verbose_name='träff')),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='inbjuden av')),
                ('removed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='event_invitations', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'inbjudan',
                'verbose_name_plural': 'inbjudningar',
                'constraints': [models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('event', 'user'), name='event_invitation_member_once'), models.UniqueConstraint(models.F('event'), django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='event_invitation_guest_once'), models.CheckConstraint(condition=models.Q(models.Q(('email', ''), ('name', ''), ('user__isnull', False)), models.Q(('user__isnull', True), models.Q(('name', ''), _negated=True)), _connector='OR'), name='event_invitation_member_or_guest'), models.CheckConstraint(condition=models.Q(('user__isnull', False), models.Q(('email', ''), _negated=True), ('how', 'walk_in'), _connector='OR'), name='event_invitation_reachable'), models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), ('removed_by__isnull', True)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='event_invitation_removed_by_someone')],
            },
        ),
        migrations.CreateModel(
            name='EventInvitationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='namn')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-post')),
                ('language', models.CharField(choices=[('sv', 'Svenska'), ('en', 'Engelska')], default='sv', max_length=2, verbose_name='språk')),
                ('how', models.CharField(choices=[('invited', 'Inbjuden'), ('walk_in', 'Kom utan inbjudan')], default='invited', max_length=10, verbose_name='hur')),
                ('times_sent', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='utskick')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='borttagen')),
                ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.contact', verbose_name='kontaktperson')),
                ('event', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.event', verbose_name='träff')),
                ('invited_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='inbjuden av')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='events.eventinvitation')),
                ('removed_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='events_even_pgh_cre_6b7365_idx')],
            },
        ),
        AddTrigger(
            model_name='eventinvitation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_eventinvitationevent" ("contact_id", "created_at", "email", "event_id", "how", "id", "invited_by_id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "removed_by_id", "times_sent", "user_id") VALUES (NEW."contact_id", NEW."created_at", NEW."email", NEW."event_id", NEW."how", NEW."id", NEW."invited_by_id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."removed_at", NEW."removed_by_id", NEW."times_sent", NEW."user_id"); RETURN NULL;', hash='53186f204e6cb4587c7b1d209db8e109fbb9eb7e', operation='INSERT', pgid='pgtrigger_insert_insert_69b8c', table='events_eventinvitation', when='AFTER')),
        ),
        AddTrigger(
            model_name='eventinvitation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."event_id" IS DISTINCT FROM (NEW."event_id") OR OLD."how" IS DISTINCT FROM (NEW."how") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_by_id" IS DISTINCT FROM (NEW."invited_by_id") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."removed_by_id" IS DISTINCT FROM (NEW."removed_by_id") OR OLD."times_sent" IS DISTINCT FROM (NEW."times_sent") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))', func='INSERT INTO "events_eventinvitationevent" ("contact_id", "created_at", "email", "event_id", "how", "id", "invited_by_id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "removed_by_id", "times_sent", "user_id") VALUES (NEW."contact_id", NEW."created_at", NEW."email", NEW."event_id", NEW."how", NEW."id", NEW."invited_by_id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."removed_at", NEW."removed_by_id", NEW."times_sent", NEW."user_id"); RETURN NULL;', hash='47c274b02606365bcdd0dd7ff4455ef845863bf6', operation='UPDATE', pgid='pgtrigger_update_update_d3e13', table='events_eventinvitation', when='AFTER')),
        ),
        AddTrigger(
            model_name='eventinvitation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_eventinvitationevent" ("contact_id", "created_at", "email", "event_id", "how", "id", "invited_by_id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "removed_by_id", "times_sent", "user_id") VALUES (OLD."contact_id", OLD."created_at", OLD."email", OLD."event_id", OLD."how", OLD."id", OLD."invited_by_id", OLD."language", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."removed_at", OLD."removed_by_id", OLD."times_sent", OLD."user_id"); RETURN NULL;', hash='46265fd8c7a56f564f16bced9588e6954c9112f2', operation='DELETE', pgid='pgtrigger_delete_delete_e3e0a', table='events_eventinvitation', when='AFTER')),
        ),
        AddTrigger(
            model_name='eventinvitationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8150299d584143c39375c7937e57eb8445a58f92', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0c70b', table='events_eventinvitationevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rating', models.PositiveSmallIntegerField(choices=[(5, 'Mycket nyttig'), (4, 'Nyttig'), (3, 'Ganska nyttig'), (2, 'Lite nyttig'), (1, 'Inte nyttig')], verbose_name='hur nyttig')),
                ('text', models.TextField(blank=True, max_length=2000, verbose_name='vad tänker du')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('invitation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='events.eventinvitation', verbose_name='inbjudan')),
            ],
            options={
                'verbose_name': 'omdöme',
                'verbose_name_plural': 'omdömen',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('rating__gte', 1), ('rating__lte', 5)), name='feedback_between_one_and_five')],
            },
        ),
        migrations.CreateModel(
            name='FeedbackEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('rating', models.PositiveSmallIntegerField(choices=[(5, 'Mycket nyttig'), (4, 'Nyttig'), (3, 'Ganska nyttig'), (2, 'Lite nyttig'), (1, 'Inte nyttig')], verbose_name='hur nyttig')),
                ('text', models.TextField(blank=True, max_length=2000, verbose_name='vad tänker du')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('invitation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.eventinvitation', verbose_name='inbjudan')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='events.feedback')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='events_feed_pgh_cre_4e26cf_idx')],
            },
        ),
        AddTrigger(
            model_name='feedback',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_feedbackevent" ("created_at", "id", "invitation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating", "text") VALUES (NEW."created_at", NEW."id", NEW."invitation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rating", NEW."text"); RETURN NULL;', hash='e52996499c8a9b0d9b3817595bc08bf38b247cbf', operation='INSERT', pgid='pgtrigger_insert_insert_fb2c6', table='events_feedback', when='AFTER')),
        ),
        AddTrigger(
            model_name='feedback',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "events_feedbackevent" ("created_at", "id", "invitation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating", "text") VALUES (NEW."created_at", NEW."id", NEW."invitation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rating", NEW."text"); RETURN NULL;', hash='a88ad931bdcaed738dd225338e0bb9fa9b053f61', operation='UPDATE', pgid='pgtrigger_update_update_53374', table='events_feedback', when='AFTER')),
        ),
        AddTrigger(
            model_name='feedback',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_feedbackevent" ("created_at", "id", "invitation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating", "text") VALUES (OLD."created_at", OLD."id", OLD."invitation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rating", OLD."text"); RETURN NULL;', hash='1d90497bdbdb3c591f04a2bfbb1760ba53c07595', operation='DELETE', pgid='pgtrigger_delete_delete_0b791', table='events_feedback', when='AFTER')),
        ),
        AddTrigger(
            model_name='feedbackevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='48d6f9c2cbb53cf793a9dc2c5e422ec63da1dd04', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8eb0d', table='events_feedbackevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('coming', 'Kommer'), ('waiting', 'Väntar på plats'), ('offered', 'Erbjuden plats'), ('declined', 'Kommer inte'), ('cancelled', 'Lämnade återbud'), ('expired', 'Svarade inte på erbjudandet')], max_length=10, verbose_name='svar')),
                ('answered_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='svarade')),
                ('offered_until', models.DateTimeField(blank=True, null=True, verbose_name='erbjuden till')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='avslutad')),
                ('diet', models.CharField(blank=True, max_length=200, verbose_name='specialkost')),
                ('step', models.PositiveSmallIntegerField(default=1, editable=False)),
                ('attended_at', models.DateTimeField(blank=True, null=True, verbose_name='var där')),
                ('attended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='avprickad av')),
                ('invitation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registrations', to='events.eventinvitation', verbose_name='inbjudan')),
            ],
            options={
                'verbose_name': 'anmälan',
                'verbose_name_plural': 'anmälningar',
                'indexes': [models.Index(fields=['invitation', 'state'], name='registration_of_invitation'), models.Index(condition=models.Q(('state', 'offered')), fields=['offered_until'], name='registration_offers_running')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['coming', 'waiting', 'offered'])), fields=('invitation',), name='registration_one_live'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'offered'), _negated=True), ('offered_until__isnull', False), _connector='OR'), name='registration_offer_has_an_end'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state__in', ['coming', 'waiting', 'offered'])), models.Q(models.Q(('state__in', ['coming', 'waiting', 'offered']), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='registration_closed_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('attended_at__isnull', True), ('attended_by__isnull', True)), models.Q(('attended_at__isnull', False), ('attended_by__isnull', False), ('state', 'coming')), _connector='OR'), name='registration_attended_with_a_place')],
            },
        ),
        migrations.CreateModel(
            name='RegistrationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('state', models.CharField(choices=[('coming', 'Kommer'), ('waiting', 'Väntar på plats'), ('offered', 'Erbjuden plats'), ('declined', 'Kommer inte'), ('cancelled', 'Lämnade återbud'), ('expired', 'Svarade inte på erbjudandet')], max_length=10, verbose_name='svar')),
                ('answered_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='svarade')),
                ('offered_until', models.DateTimeField(blank=True, null=True, verbose_name='erbjuden till')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='avslutad')),
                ('attended_at', models.DateTimeField(blank=True, null=True, verbose_name='var där')),
                ('attended_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='avprickad av')),
                ('invitation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.eventinvitation', verbose_name='inbjudan')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='events.registration')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='events_regi_pgh_cre_e358ff_idx')],
            },
        ),
        AddTrigger(
            model_name='registration',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_registrationevent" ("answered_at", "attended_at", "attended_by_id", "closed_at", "id", "invitation_id", "offered_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (NEW."answered_at", NEW."attended_at", NEW."attended_by_id", NEW."closed_at", NEW."id", NEW."invitation_id", NEW."offered_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."state"); RETURN NULL;', hash='82bb5e329008be77471312be7399836ce5d0c9d1', operation='INSERT', pgid='pgtrigger_insert_insert_c84d7', table='events_registration', when='AFTER')),
        ),
        AddTrigger(
            model_name='registration',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."attended_at" IS DISTINCT FROM (NEW."attended_at") OR OLD."attended_by_id" IS DISTINCT FROM (NEW."attended_by_id") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invitation_id" IS DISTINCT FROM (NEW."invitation_id") OR OLD."offered_until" IS DISTINCT FROM (NEW."offered_until") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='INSERT INTO "events_registrationevent" ("answered_at", "attended_at", "attended_by_id", "closed_at", "id", "invitation_id", "offered_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (NEW."answered_at", NEW."attended_at", NEW."attended_by_id", NEW."closed_at", NEW."id", NEW."invitation_id", NEW."offered_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."state"); RETURN NULL;', hash='3b2207bf0d62e0194ad7d8bd220e3d54701ff772', operation='UPDATE', pgid='pgtrigger_update_update_87442', table='events_registration', when='AFTER')),
        ),
        AddTrigger(
            model_name='registration',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_registrationevent" ("answered_at", "attended_at", "attended_by_id", "closed_at", "id", "invitation_id", "offered_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (OLD."answered_at", OLD."attended_at", OLD."attended_by_id", OLD."closed_at", OLD."id", OLD."invitation_id", OLD."offered_until", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."state"); RETURN NULL;', hash='9130e2a2119967202f02089c843f6edbe5d21b45', operation='DELETE', pgid='pgtrigger_delete_delete_893c7', table='events_registration', when='AFTER')),
        ),
        AddTrigger(
            model_name='registrationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='61692b6e3cf67f85b61a72c5caa4e10a709bb867', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e12c4', table='events_registrationevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='EventHosts',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('events.event_hosts',),
        ),
        migrations.CreateModel(
            name='EventHostsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('event', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.event')),
                ('organisation', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='events.eventhosts')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='events_even_pgh_cre_8e6b90_idx')],
            },
        ),
        AddTrigger(
            model_name='eventhosts',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_eventhostsevent" ("event_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."event_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='f3ef5007cc282155e3d5a23365e0c7a7412453fd', operation='INSERT', pgid='pgtrigger_insert_insert_0b50c', table='events_event_hosts', when='AFTER')),
        ),
        AddTrigger(
            model_name='eventhosts',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "events_eventhostsevent" ("event_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."event_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='e5e9ce95be05ace8c37d18f6f0757de57d1d34a0', operation='UPDATE', pgid='pgtrigger_update_update_ac6f2', table='events_event_hosts', when='AFTER')),
        ),
        AddTrigger(
            model_name='eventhosts',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_eventhostsevent" ("event_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."event_id", OLD."id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='4f9c7a5e4c6479d13f86ab6ccbfc92b217e684cc', operation='DELETE', pgid='pgtrigger_delete_delete_24469', table='events_event_hosts', when='AFTER')),
        ),
        AddTrigger(
            model_name='eventhostsevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='06c65909e2662e38c30a3fa81ec8eb4f2f3a3e72', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5b835', table='events_eventhostsevent', when='BEFORE')),
        ),
    ]
