import django.contrib.postgres.fields
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('api', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='apikey',
            name='api_key_known_scopes',
        ),
        migrations.AlterField(
            model_name='apikey',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Läsa det du själv ser'), ('write-companies', 'Lägga till och ändra företag'), ('write-sessions', 'Logga tillfällen'), ('write-actions', 'Lägga till åtgärder')], max_length=20), size=None, verbose_name='får'),
        ),
        migrations.AlterField(
            model_name='apikeyevent',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Läsa det du själv ser'), ('write-companies', 'Lägga till och ändra företag'), ('write-sessions', 'Logga tillfällen'), ('write-actions', 'Lägga till åtgärder')], max_length=20), size=None, verbose_name='får'),
        ),
        AddConstraintNotValid(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['read', 'write-companies', 'write-sessions', 'write-actions']), models.Q(('scopes', []), _negated=True)), name='api_key_known_scopes'),
        ),
    ]
