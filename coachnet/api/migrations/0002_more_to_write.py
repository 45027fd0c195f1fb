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
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Läsa det du själv ser'), ('write-companies', 'Lägga till och ändra företag'), ('write-engagements', 'Börja, ändra och avsluta uppdrag'), ('write-sessions', 'Planera, logga och ändra tillfällen'), ('write-actions', 'Lägga till och följa upp åtgärder'), ('write-registrations', 'Svara på inbjudningar och pricka av')], max_length=20), size=None, verbose_name='får'),
        ),
        migrations.AlterField(
            model_name='apikeyevent',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Läsa det du själv ser'), ('write-companies', 'Lägga till och ändra företag'), ('write-engagements', 'Börja, ändra och avsluta uppdrag'), ('write-sessions', 'Planera, logga och ändra tillfällen'), ('write-actions', 'Lägga till och följa upp åtgärder'), ('write-registrations', 'Svara på inbjudningar och pricka av')], max_length=20), size=None, verbose_name='får'),
        ),
        AddConstraintNotValid(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['read', 'write-companies', 'write-engagements', 'write-sessions', 'write-actions', 'write-registrations']), models.Q(('scopes', []), _negated=True)), name='api_key_known_scopes'),
        ),
    ]
