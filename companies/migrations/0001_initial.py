import coachnet.lib.encrypted
import coachnet.lib.swedish
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from coachnet.lib.triggers import AddTrigger
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('lib', '0001_swedish'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='AssessmentDimension',
            fields=[
                ('name_sv', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('code', models.CharField(max_length=3, primary_key=True, serialize=False)),
            ],
            options={
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='CircularStrategy',
            fields=[
                ('name_sv', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('code', models.CharField(max_length=3, primary_key=True, serialize=False)),
                ('definition_sv', models.TextField()),
                ('definition_en', models.TextField()),
                ('is_credited', models.BooleanField(default=True)),
                ('r_strategies_potting', models.CharField(blank=True, max_length=40)),
                ('bocken_loop', models.CharField(blank=True, max_length=40)),
                ('accenture_model', models.CharField(blank=True, max_length=60)),
                ('rise_dimension', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'verbose_name': 'cirkulär strategi',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='GlossaryTerm',
            fields=[
                ('sv', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('en', models.CharField(max_length=120)),
                ('note', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('name_sv', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('code', models.CharField(max_length=10, primary_key=True, serialize=False)),
                ('unit', models.CharField(max_length=80)),
                ('definition_sv', models.TextField()),
                ('definition_en', models.TextField()),
                ('source', models.CharField(max_length=200)),
            ],
            options={
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='SubRegion',
            fields=[
                ('code', models.CharField(max_length=3, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Municipality',
            fields=[
                ('code', models.CharField(max_length=4, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('sub_region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='municipalities', to='companies.subregion')),
            ],
            options={
                'verbose_name': 'kommun',
                'verbose_name_plural': 'kommuner',
                'ordering': [coachnet.lib.swedish.SvSortKey('name')],
            },
        ),
        migrations.CreateModel(
            name='SniCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_sv', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('version', models.CharField(choices=[('SNI2007', 'SNI 2007'), ('SNI2025', 'SNI 2025')], max_length=7)),
                ('code', models.CharField(max_length=5)),
            ],
            options={
                'verbose_name': 'bransch (SNI)',
                'ordering': ['version', 'code'],
                'constraints': [models.UniqueConstraint(fields=('version', 'code'), name='sni_code_per_version')],
            },
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='företagsnamn')),
                ('legal_form', models.CharField(choices=[('limited', 'Aktiebolag'), ('sole_trader', 'Enskild firma'), ('partnership', 'Handelsbolag eller kommanditbolag'), ('economic_association', 'Ekonomisk förening'), ('non_profit', 'Ideell förening'), ('foundation', 'Stiftelse'), ('foreign_branch', 'Filial till utländskt företag'), ('other', 'Annan')], default='limited', max_length=20, verbose_name='företagsform')),
                ('organisation_number', models.CharField(blank=True, max_length=10, verbose_name='organisationsnummer')),
                ('personal_number', coachnet.lib.encrypted.SealedField()),
                ('personal_number_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('size_class', models.CharField(blank=True, choices=[('micro', 'Mikro (under 10 anställda)'), ('small', 'Litet (10–49)'), ('medium', 'Medelstort (50–249)'), ('large', 'Stort (250 eller fler)')], max_length=10, verbose_name='storleksklass')),
                ('website', models.URLField(blank=True, verbose_name='webbplats')),
                ('description', models.TextField(blank=True, max_length=2000, verbose_name='vad företaget gör')),
                ('is_confidential', models.BooleanField(default=False, verbose_name='sekretessmarkering')),
                ('confidential_reason', models.CharField(blank=True, max_length=500, verbose_name='skäl')),
                ('confidential_provision', models.CharField(blank=True, max_length=100, verbose_name='trolig bestämmelse')),
                ('confidential_set_at', models.DateTimeField(blank=True, null=True, verbose_name='markerat')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('sort_key', models.GeneratedField(db_persist=True, expression=coachnet.lib.swedish.SvSortKey('name'), output_field=models.TextField(db_collation='C'))),
                ('search_key', models.GeneratedField(db_persist=True, expression=coachnet.lib.swedish.SvSearchKey('name'), output_field=models.TextField(db_collation='C'))),
                ('confidential_set_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='markerat av')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('main_strategy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.circularstrategy', verbose_name='huvudstrategi')),
                ('responsible_coach', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='responsible_for', to=settings.AUTH_USER_MODEL, verbose_name='ansvarig coach')),
                ('responsible_organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='responsible_for', to='accounts.organisation', verbose_name='ansvarig organisation')),
                ('strategies', models.ManyToManyField(blank=True, related_name='companies', to='companies.circularstrategy', verbose_name='fler strategier')),
                ('municipality', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='companies', to='companies.municipality', verbose_name='kommun')),
                ('sni', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='companies', to='companies.snicode', verbose_name='bransch (SNI)')),
            ],
            options={
                'verbose_name': 'företag',
                'verbose_name_plural': 'företag',
                'indexes': [models.Index(fields=['sort_key', 'id'], name='company_swedish_order'), django.contrib.postgres.indexes.GinIndex(fields=['search_key'], name='company_search', opclasses=['gin_trgm_ops']), models.Index(fields=['organisation_number'], name='company_number_prefix', opclasses=['varchar_pattern_ops']), models.Index(condition=models.Q(('personal_number_hash', ''), _negated=True), fields=['personal_number_hash'], name='company_sole_trader')],
                'constraints': [models.CheckConstraint(condition=models.Q(('organisation_number', ''), ('organisation_number__regex', '^[0-9]{10}$'), _connector='OR'), name='company_number_ten_digits'), models.CheckConstraint(condition=models.Q(models.Q(('legal_form', 'sole_trader'), _negated=True), ('organisation_number', ''), _connector='OR'), name='company_sole_trader_number_kept_apart'), models.CheckConstraint(condition=models.Q(models.Q(('personal_number', ''), ('personal_number_hash', '')), models.Q(('legal_form', 'sole_trader'), models.Q(('personal_number', ''), _negated=True), models.Q(('personal_number_hash', ''), _negated=True)), _connector='OR'), name='company_personal_number_of_sole_trader'), models.UniqueConstraint(condition=models.Q(('organisation_number', ''), _negated=True), fields=('organisation_number',), name='company_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('confidential_set_at__isnull', True), ('confidential_set_by__isnull', True), ('is_confidential', False)), models.Q(('confidential_set_at__isnull', False), ('confidential_set_by__isnull', False), ('is_confidential', True), models.Q(('confidential_reason', ''), _negated=True)), _connector='OR'), name='company_confidential_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='namn')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='titel')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-post')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telefon')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='slutade')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='companies.company', verbose_name='företag')),
            ],
            options={
                'verbose_name': 'kontaktperson',
                'verbose_name_plural': 'kontaktpersoner',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ContactEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120, verbose_name='namn')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='titel')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-post')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telefon')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='slutade')),
                ('company', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.company', verbose_name='företag')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='companies.contact')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='companies_c_pgh_cre_a861ea_idx')],
            },
        ),
        AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "companies_contactevent" ("company_id", "email", "id", "left_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "title") VALUES (NEW."company_id", NEW."email", NEW."id", NEW."left_on", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."title"); RETURN NULL;', hash='7df14a9a3b1ea29d565e8001c975d334b6f0d41d', operation='INSERT', pgid='pgtrigger_insert_insert_2cb70', table='companies_contact', when='AFTER')),
        ),
        AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "companies_contactevent" ("company_id", "email", "id", "left_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "title") VALUES (NEW."company_id", NEW."email", NEW."id", NEW."left_on", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."title"); RETURN NULL;', hash='2ecec6c6e3fc816471cac8a65b6b2ad861a58d31', operation='UPDATE', pgid='pgtrigger_update_update_2d40d', table='companies_contact', when='AFTER')),
        ),
        AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "companies_contactevent" ("company_id", "email", "id", "left_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "title") VALUES (OLD."company_id", OLD."email", OLD."id", OLD."left_on", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."title"); RETURN NULL;', hash='de3c75db25e5303f6f3cffd0033f9ba3d16d98e5', operation='DELETE', pgid='pgtrigger_delete_delete_fec31', table='companies_contact', when='AFTER')),
        ),
        AddTrigger(
            model_name='contactevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f71dbc2c5cb7f473e2331a8192dad7e5efda0102', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e6e93', table='companies_contactevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='CompanyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='företagsnamn')),
                ('legal_form', models.CharField(choices=[('limited', 'Aktiebolag'), ('sole_trader', 'Enskild firma'), ('partnership', 'Handelsbolag eller kommanditbolag'), ('economic_association', 'Ekonomisk förening'), ('non_profit', 'Ideell förening'), ('foundation', 'Stiftelse'), ('foreign_branch', 'Filial till utländskt företag'), ('other', 'Annan')], default='limited', max_length=20, verbose_name='företagsform')),
                ('organisation_number', models.CharField(blank=True, max_length=10, verbose_name='organisationsnummer')),
                ('size_class', models.CharField(blank=True, choices=[('micro', 'Mikro (under 10 anställda)'), ('small', 'Litet (10–49)'), ('medium', 'Medelstort (50–249)'), ('large', 'Stort (250 eller fler)')], max_length=10, verbose_name='storleksklass')),
                ('website', models.URLField(blank=True, verbose_name='webbplats')),
                ('description', models.TextField(blank=True, max_length=2000, verbose_name='vad företaget gör')),
                ('is_confidential', models.BooleanField(default=False, verbose_name='sekretessmarkering')),
                ('confidential_reason', models.CharField(blank=True, max_length=500, verbose_name='skäl')),
                ('confidential_provision', models.CharField(blank=True, max_length=100, verbose_name='trolig bestämmelse')),
                ('confidential_set_at', models.DateTimeField(blank=True, null=True, verbose_name='markerat')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('confidential_set_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='markerat av')),
                ('created_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('main_strategy', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.circularstrategy', verbose_name='huvudstrategi')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='companies.company')),
                ('responsible_coach', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ansvarig coach')),
                ('responsible_organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='ansvarig organisation')),
                ('municipality', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.municipality', verbose_name='kommun')),
                ('sni', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.snicode', verbose_name='bransch (SNI)')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='companies_c_pgh_cre_992504_idx')],
            },
        ),
        AddTrigger(
            model_name='companyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='05d3413d3fcf997ec12064383c808dae23fcee04', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0943d', table='companies_companyevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='company',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "companies_companyevent" ("confidential_provision", "confidential_reason", "confidential_set_at", "confidential_set_by_id", "created_at", "created_by_id", "description", "id", "is_confidential", "legal_form", "main_strategy_id", "municipality_id", "name", "organisation_number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "responsible_coach_id", "responsible_organisation_id", "size_class", "sni_id", "version", "website") VALUES (NEW."confidential_provision", NEW."confidential_reason", NEW."confidential_set_at", NEW."confidential_set_by_id", NEW."created_at", NEW."created_by_id", NEW."description", NEW."id", NEW."is_confidential", NEW."legal_form", NEW."main_strategy_id", NEW."municipality_id", NEW."name", NEW."organisation_number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."responsible_coach_id", NEW."responsible_organisation_id", NEW."size_class", NEW."sni_id", NEW."version", NEW."website"); RETURN NULL;', hash='a311296765490b83b22aa8258c67fa313c50bfd1', operation='INSERT', pgid='pgtrigger_insert_insert_a4101', table='companies_company', when='AFTER')),
        ),
        AddTrigger(
            model_name='company',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."confidential_provision" IS DISTINCT FROM (NEW."confidential_provision") OR OLD."confidential_reason" IS DISTINCT FROM (NEW."confidential_reason") OR OLD."confidential_set_at" IS DISTINCT FROM (NEW."confidential_set_at") OR OLD."confidential_set_by_id" IS DISTINCT FROM (NEW."confidential_set_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_confidential" IS DISTINCT FROM (NEW."is_confidential") OR OLD."legal_form" IS DISTINCT FROM (NEW."legal_form") OR OLD."main_strategy_id" IS DISTINCT FROM (NEW."main_strategy_id") OR OLD."municipality_id" IS DISTINCT FROM (NEW."municipality_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."organisation_number" IS DISTINCT FROM (NEW."organisation_number") OR OLD."responsible_coach_id" IS DISTINCT FROM (NEW."responsible_coach_id") OR OLD."responsible_organisation_id" IS DISTINCT FROM (NEW."responsible_organisation_id") OR OLD."size_class" IS DISTINCT FROM (NEW."size_class") OR OLD."sni_id" IS DISTINCT FROM (NEW."sni_id") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."website" IS DISTINCT FROM (NEW."website"))', func='INSERT INTO "companies_companyevent" ("confidential_provision", "confidential_reason", "confidential_set_at", "confidential_set_by_id", "created_at", "created_by_id", "description", "id", "is_confidential", "legal_form", "main_strategy_id", "municipality_id", "name", "organisation_number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "responsible_coach_id", "responsible_organisation_id", "size_class", "sni_id", "version", "website") VALUES (NEW."confidential_provision", NEW."confidential_reason", NEW."confidential_set_at", NEW."confidential_set_by_id", NEW."created_at", NEW."created_by_id", NEW."description", NEW."id", NEW."is_confidential", NEW."legal_form", NEW."main_strategy_id", NEW."municipality_id", NEW."name", NEW."organisation_number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."responsible_coach_id", NEW."responsible_organisation_id", NEW."size_class", NEW."sni_id", NEW."version", NEW."website"); RETURN NULL;', hash='2994349bcb1c0aa13da41df2b950f6566321397a', operation='UPDATE', pgid='pgtrigger_update_update_3d5ae', table='companies_company', when='AFTER')),
        ),
        AddTrigger(
            model_name='company',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "companies_companyevent" ("confidential_provision", "confidential_reason", "confidential_set_at", "confidential_set_by_id", "created_at", "created_by_id", "description", "id", "is_confidential", "legal_form", "main_strategy_id", "municipality_id", "name", "organisation_number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "responsible_coach_id", "responsible_organisation_id", "size_class", "sni_id", "version", "website") VALUES (OLD."confidential_provision", OLD."confidential_reason", OLD."confidential_set_at", OLD."confidential_set_by_id", OLD."created_at", OLD."created_by_id", OLD."description", OLD."id", OLD."is_confidential", OLD."legal_form", OLD."main_strategy_id", OLD."municipality_id", OLD."name", OLD."organisation_number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."responsible_coach_id", OLD."responsible_organisation_id", OLD."size_class", OLD."sni_id", OLD."version", OLD."website"); RETURN NULL;', hash='644e45746076ed4eb86f714ae58267d7c91b662f', operation='DELETE', pgid='pgtrigger_delete_delete_4fa84', table='companies_company', when='AFTER')),
        ),
        migrations.CreateModel(
            name='AssessmentLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('descriptor_sv', models.TextField()),
                ('descriptor_en', models.TextField()),
                ('dimension', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='companies.assessmentdimension')),
            ],
            options={
                'ordering': ['dimension', 'level'],
                'constraints': [models.UniqueConstraint(fields=('dimension', 'level'), name='assessment_level_once'), models.CheckConstraint(condition=models.Q(('level__lte', 5)), name='assessment_level_0_to_5')],
            },
        ),
        migrations.CreateModel(
            name='CompanyStrategies',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('companies.company_strategies',),
        ),
        migrations.CreateModel(
            name='CompanyStrategiesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('circularstrategy', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.circularstrategy')),
                ('company', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='companies.company')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='companies.companystrategies')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at', '-pgh_id'], name='companies_c_pgh_cre_a85179_idx')],
            },
        ),
        AddTrigger(
            model_name='companystrategies',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "companies_companystrategiesevent" ("circularstrategy_id", "company_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."circularstrategy_id", NEW."company_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='4a769c3351d72063e4d751d4b7b2b52a7cc9208f', operation='INSERT', pgid='pgtrigger_insert_insert_38652', table='companies_company_strategies', when='AFTER')),
        ),
        AddTrigger(
            model_name='companystrategies',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "companies_companystrategiesevent" ("circularstrategy_id", "company_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."circularstrategy_id", NEW."company_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='5fcb85a798024278d5b80f595597cc0242800c99', operation='UPDATE', pgid='pgtrigger_update_update_ff11f', table='companies_company_strategies', when='AFTER')),
        ),
        AddTrigger(
            model_name='companystrategies',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "companies_companystrategiesevent" ("circularstrategy_id", "company_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."circularstrategy_id", OLD."company_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='e5ca7100c01dcd198d4f117031e73d4aadefafcf', operation='DELETE', pgid='pgtrigger_delete_delete_224a5', table='companies_company_strategies', when='AFTER')),
        ),
        AddTrigger(
            model_name='companystrategiesevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2125185c998df688661f557e9d638f44aefa2f39', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_55f21', table='companies_companystrategiesevent', when='BEFORE')),
        ),
    ]
