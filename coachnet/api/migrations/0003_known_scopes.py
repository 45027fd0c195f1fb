from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('api', '0002_more_to_write'),
    ]

    operations = [
        ValidateConstraint(
            model_name='apikey',
            name='api_key_known_scopes',
        ),
    ]
