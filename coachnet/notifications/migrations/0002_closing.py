import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    # Mail goes out while the index is built.
    atomic = False

    dependencies = [
        ('notifications', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notification',
            name='reason',
            field=models.CharField(blank=True, choices=[('withdrawn', 'Inte längre aktuell'), ('turned_off', 'Mottagaren har stängt av den'), ('no_access', 'Mottagaren har inte längre tillgång'), ('no_address', 'E-postadress saknas'), ('refused', 'Mottagarens e-postserver sa nej'), ('unknown', 'E-postadressen finns inte'), ('parked', 'Gick inte att skicka efter flera försök'), ('stopped', 'Stoppad för hand')], max_length=10, verbose_name='orsak'),
        ),
        AddIndexConcurrently(
            model_name='notification',
            index=models.Index(django.db.models.functions.text.Upper('sent_to'), condition=models.Q(('reason', 'unknown')), name='notification_closing'),
        ),
    ]
