from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    # Sessions are logged while the index is built.
    atomic = False

    dependencies = [
        ('coaching', '0004_session_place'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='sessioncoach',
            index=models.Index(fields=['coach', 'seen_until'], name='session_coach_seen'),
        ),
    ]
