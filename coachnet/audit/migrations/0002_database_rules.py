"""What only the database can promise: no table of history is emptied or rewritten, no change of sign-in is missed."""

from django.db import migrations

# TRUNCATE fires no row trigger. The test runner alone sets the word that lets it empty tables.
REFUSE_TRUNCATE = """
CREATE FUNCTION audit_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('coachnet.may_truncate', true) IS DISTINCT FROM 'yes' THEN
        RAISE EXCEPTION 'Table % is under audit and is never truncated', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$
"""

# A context is written with its first change and may gain facts (the person who signs in) while it is open in the
# very connection that wrote it. Nothing that it says is ever taken back, and it is never removed.
KEEP_CONTEXT = """
CREATE FUNCTION audit_keep_context() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND NEW.id = OLD.id
        AND NEW.created_at = OLD.created_at
        AND NEW.id::text = current_setting('pghistory.context_id', true)
        AND NEW.metadata @> jsonb_strip_nulls(OLD.metadata)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Contexts of history are added, never changed or removed'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_keep_context BEFORE UPDATE OR DELETE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION audit_keep_context()
"""

# Credentials have no history of their own, since their content must not be copied. That they changed is recorded
# here, whatever way the change came: a page, Django admin, a command or plain SQL.
# Arguments: what was changed, and the column that holds the account.
SIGN_IN_CHANGED = """
CREATE FUNCTION audit_sign_in_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    facts jsonb := coalesce(nullif(current_setting('pghistory.context_metadata', true), ''), '{}')::jsonb;
    changed jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
    INSERT INTO audit_accessevent (kind, user_id, at, address, request_id, url, detail) VALUES (
        'security',
        (changed ->> TG_ARGV[1])::bigint,
        now(),
        nullif(facts ->> 'address', '')::inet,
        coalesce(facts ->> 'request_id', ''),
        coalesce(facts ->> 'url', ''),
        jsonb_strip_nulls(jsonb_build_object(
            'what', TG_ARGV[0],
            'done', lower(TG_OP),
            'type', changed ->> 'type',
            'by', facts -> 'user',
            'command', facts -> 'command'
        ))
    );
    RETURN NULL;
END $$;
CREATE TRIGGER audit_password AFTER UPDATE OF password ON accounts_user
    FOR EACH ROW WHEN (OLD.password IS DISTINCT FROM NEW.password)
    EXECUTE FUNCTION audit_sign_in_changed('password', 'id');
CREATE TRIGGER audit_email AFTER UPDATE OF email, verified, "primary" OR DELETE ON account_emailaddress
    FOR EACH ROW EXECUTE FUNCTION audit_sign_in_changed('email', 'user_id');
CREATE TRIGGER audit_email_added AFTER INSERT ON account_emailaddress
    FOR EACH ROW EXECUTE FUNCTION audit_sign_in_changed('email', 'user_id');
CREATE TRIGGER audit_second_step AFTER INSERT OR DELETE ON mfa_authenticator
    FOR EACH ROW EXECUTE FUNCTION audit_sign_in_changed('second_step', 'user_id');
CREATE TRIGGER audit_outside_account AFTER INSERT OR DELETE ON socialaccount_socialaccount
    FOR EACH ROW EXECUTE FUNCTION audit_sign_in_changed('outside_account', 'user_id')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.RunSQL(REFUSE_TRUNCATE, "DROP FUNCTION audit_refuse_truncate() CASCADE"),
        migrations.RunSQL(KEEP_CONTEXT, "DROP FUNCTION audit_keep_context() CASCADE"),
        migrations.RunSQL(SIGN_IN_CHANGED, "DROP FUNCTION audit_sign_in_changed() CASCADE"),
    ]
