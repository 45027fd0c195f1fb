"""Whatever figures are counted from tells the rollup when it changes, whoever changes it and however.

Triggers, since the apps below may not know this one, and since bulk writes and plain SQL must count too.
A trigger only adds a row to dashboards_stale in the same transaction; the refresh does the rest (ADR 0022).
"""

from django.conf import settings
from django.db import migrations

SESSION = """
CREATE FUNCTION dashboards_session_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dashboards_stale (what, key)
        SELECT 'company', company_id FROM coaching_engagement
        WHERE id IN (OLD.engagement_id, NEW.engagement_id);
    INSERT INTO dashboards_stale (what, key)
        SELECT 'coach', coach_id FROM coaching_sessioncoach WHERE session_id IN (OLD.id, NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER dashboards_session_changed
    AFTER INSERT OR DELETE OR UPDATE OF engagement_id, state, completeness, date, minutes, removed_at
    ON coaching_session FOR EACH ROW EXECUTE FUNCTION dashboards_session_changed()
"""
SESSION_COACH = """
CREATE FUNCTION dashboards_session_coach_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dashboards_stale (what, key)
        SELECT 'coach', key FROM unnest(ARRAY[OLD.coach_id, NEW.coach_id]) key WHERE key IS NOT NULL;
    INSERT INTO dashboards_stale (what, key)
        SELECT 'company', engagement.company_id FROM coaching_session session
        JOIN coaching_engagement engagement ON engagement.id = session.engagement_id
        WHERE session.id IN (OLD.session_id, NEW.session_id);
    RETURN NULL;
END $$;
CREATE TRIGGER dashboards_session_coach_changed
    AFTER INSERT OR DELETE OR UPDATE OF session_id, coach_id, organisation_id
    ON coaching_sessioncoach FOR EACH ROW EXECUTE FUNCTION dashboards_session_coach_changed()
"""
ENGAGEMENT = """
CREATE FUNCTION dashboards_engagement_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dashboards_stale (what, key) VALUES ('company', OLD.company_id), ('company', NEW.company_id);
    RETURN NULL;
END $$;
CREATE TRIGGER dashboards_engagement_changed AFTER UPDATE OF company_id ON coaching_engagement
    FOR EACH ROW EXECUTE FUNCTION dashboards_engagement_changed()
"""
COMPANY = """
CREATE FUNCTION dashboards_company_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dashboards_stale (what, key) VALUES ('company', OLD.id);
    RETURN NULL;
END $$;
CREATE TRIGGER dashboards_company_changed
    AFTER DELETE OR UPDATE OF municipality_id, sni_id, size_class, main_strategy_id
    ON companies_company FOR EACH ROW EXECUTE FUNCTION dashboards_company_changed()
"""
# What companies, sessions and people point at, and what a figure is split by.
MUNICIPALITY = """
CREATE FUNCTION dashboards_municipality_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dashboards_stale (what, key)
        SELECT 'company', id FROM companies_company WHERE municipality_id = NEW.code;
    RETURN NULL;
END $$;
CREATE TRIGGER dashboards_municipality_changed AFTER UPDATE OF sub_region_id ON companies_municipality
    FOR EACH ROW WHEN (OLD.sub_region_id IS DISTINCT FROM NEW.sub_region_id)
    EXECUTE FUNCTION dashboards_municipality_changed()
"""
ORGANISATION = """
CREATE FUNCTION dashboards_organisation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dashboards_stale (what, key)
        SELECT DISTINCT 'company', engagement.company_id FROM coaching_sessioncoach coach
        JOIN coaching_session session ON session.id = coach.session_id
        JOIN coaching_engagement engagement ON engagement.id = session.engagement_id
        WHERE coach.organisation_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER dashboards_organisation_changed AFTER UPDATE OF kind ON accounts_organisation
    FOR EACH ROW WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION dashboards_organisation_changed()
"""
PERSON = """
CREATE FUNCTION dashboards_person_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dashboards_stale (what, key) VALUES ('person', coalesce(NEW.id, OLD.id));
    RETURN NULL;
END $$;
CREATE TRIGGER dashboards_person_changed AFTER UPDATE OF roles, is_active, joined_at ON accounts_user
    FOR EACH ROW WHEN ((OLD.roles, OLD.is_active, OLD.joined_at)
        IS DISTINCT FROM (NEW.roles, NEW.is_active, NEW.joined_at))
    EXECUTE FUNCTION dashboards_person_changed();
CREATE TRIGGER dashboards_person_came_or_went AFTER INSERT OR DELETE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION dashboards_person_changed()
"""
MEETING = """
CREATE FUNCTION dashboards_meeting_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dashboards_stale (what, key) VALUES ('meeting', 0);
    RETURN NULL;
END $$;
CREATE TRIGGER dashboards_meeting_changed AFTER INSERT OR DELETE OR UPDATE ON events_event
    FOR EACH STATEMENT EXECUTE FUNCTION dashboards_meeting_changed();
CREATE TRIGGER dashboards_registration_changed AFTER INSERT OR DELETE OR UPDATE ON events_registration
    FOR EACH STATEMENT EXECUTE FUNCTION dashboards_meeting_changed();
CREATE TRIGGER dashboards_event_invitation_changed AFTER DELETE OR UPDATE OF removed_at ON events_eventinvitation
    FOR EACH STATEMENT EXECUTE FUNCTION dashboards_meeting_changed()
"""
TRIGGERS = {
    "dashboards_session_changed": SESSION,
    "dashboards_session_coach_changed": SESSION_COACH,
    "dashboards_engagement_changed": ENGAGEMENT,
    "dashboards_company_changed": COMPANY,
    "dashboards_municipality_changed": MUNICIPALITY,
    "dashboards_organisation_changed": ORGANISATION,
    "dashboards_person_changed": PERSON,
    "dashboards_meeting_changed": MEETING,
}


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0001_initial"),
        ("coaching", "0002_initial"),
        ("companies", "0001_initial"),
        ("events", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(create, f"DROP FUNCTION {name}() CASCADE") for name, create in TRIGGERS.items()
    ]
