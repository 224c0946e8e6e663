//! What others have built on the tables of a projection: views, keys, grants.
//!
//! A view stands on the tables themselves, not on their names, so it would go with those that a
//! rebuild replaces. It cannot be made again for its owner by a role that is not that owner, so a
//! rebuild is refused while there is one. Grants are given again on the new tables.

use sqlx::{AssertSqlSafe, PgConnection};

/// What stands outside of the schema `$1` on something within it, as Postgres describes it.
const OUTSIDE: &str = "
with schema as (
    select oid from pg_namespace where nspname = $1
), mine (classid, objid) as (
    select 'pg_namespace'::regclass, oid from schema
    union all select 'pg_class'::regclass, oid from pg_class
        where relnamespace in (select oid from schema)
    union all select 'pg_type'::regclass, oid from pg_type
        where typnamespace in (select oid from schema)
    union all select 'pg_proc'::regclass, oid from pg_proc
        where pronamespace in (select oid from schema)
    union all select 'pg_statistic_ext'::regclass, oid from pg_statistic_ext
        where stxnamespace in (select oid from schema)
), dependent as (
    select distinct
        case when rule.oid is null then d.classid else 'pg_class'::regclass end as classid,
        coalesce(rule.ev_class, d.objid) as objid,
        -- The table or view that a part belongs to.
        coalesce(rule.ev_class, key.conrelid, preset.adrelid, cause.tgrelid, policy.polrelid) as of
    from pg_depend d
    join mine on (d.refclassid, d.refobjid) = (mine.classid, mine.objid)
    left join pg_rewrite rule on d.classid = 'pg_rewrite'::regclass and rule.oid = d.objid
    left join pg_constraint key on d.classid = 'pg_constraint'::regclass and key.oid = d.objid
    left join pg_attrdef preset on d.classid = 'pg_attrdef'::regclass and preset.oid = d.objid
    left join pg_trigger cause on d.classid = 'pg_trigger'::regclass and cause.oid = d.objid
    left join pg_policy policy on d.classid = 'pg_policy'::regclass and policy.oid = d.objid
    left join pg_class hidden
        on d.classid = 'pg_class'::regclass and hidden.oid = d.objid and hidden.relkind = 't'
    where hidden.oid is null and d.classid <> 'pg_default_acl'::regclass
)
select pg_describe_object(classid, objid, 0)
    || coalesce(
        (select ' of ' || pg_get_userbyid(relowner) from pg_class
         where classid = 'pg_class'::regclass and pg_class.oid = objid), '')
from dependent
where (classid, objid) not in (select classid, objid from mine)
    and (of is null or ('pg_class'::regclass::oid, of) not in (select classid, objid from mine))
order by 1";

/// What stands within the live schema `$1` and is nothing that the new build `$2` has: put there by
/// another role, or, where both are of one version (`$3`), by whomever.
const WITHIN: &str = "
select pg_describe_object('pg_class'::regclass, found.oid, 0)
    || ' of ' || pg_get_userbyid(found.relowner)
from pg_class found
where found.relnamespace = to_regnamespace(quote_ident($1))
    and found.relkind in ('r', 'p', 'v', 'm', 'f')
    and ($3 or found.relowner <> current_user::regrole)
    and not exists (
        select from pg_class made where made.relname = found.relname
            and made.relnamespace = to_regnamespace(quote_ident($2)))
order by 1";

/// Every grant on the schema `$1`, its tables and their columns, as the grant that gives the same
/// on `$2`; what `$2` does not have is left out.
const GRANTS: &str = "
with target as (
    select to_regnamespace(quote_ident($1))::oid as live,
        to_regnamespace(quote_ident($2))::oid as made
), given as (
    select format('schema %I', $2) as object, acl.*, null::name as attribute, nspowner as owner
    from target join pg_namespace n on n.oid = live, aclexplode(nspacl) as acl
    union all
    select format('%I.%I', $2, made.relname), acl.*, null, found.relowner
    from target join pg_class found on found.relnamespace = live
    join pg_class made on made.relnamespace = target.made and made.relname = found.relname,
        aclexplode(found.relacl) as acl
    where found.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select format('%I.%I', $2, made.relname), acl.*, attribute.attname, found.relowner
    from target join pg_class found on found.relnamespace = live
    join pg_attribute attribute on attribute.attrelid = found.oid and attribute.attacl is not null
    join pg_class made on made.relnamespace = target.made and made.relname = found.relname
    join pg_attribute same on same.attrelid = made.oid and same.attname = attribute.attname
        and not same.attisdropped,
        aclexplode(attribute.attacl) as acl
)
select format('grant %s%s on %s to %s%s', privilege_type,
    case when attribute is null then '' else format(' (%I)', attribute) end, object,
    case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
    case when is_grantable then ' with grant option' else '' end)
from given where grantee <> owner order by 1";

/// Every grant on the tables of the schema `$1`, taken back. The new build has none on columns.
const REVOKES: &str = "
select distinct format('revoke all on %I.%I from %s', $1, relname,
    case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end)
from pg_class, aclexplode(relacl) as acl
where relnamespace = to_regnamespace(quote_ident($1))
    and relkind in ('r', 'p', 'v', 'm', 'f', 'S') and grantee <> relowner
order by 1";

/// What others have built outside of `schema` on what is within it.
pub(crate) async fn outside(
    conn: &mut PgConnection,
    schema: &str,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(OUTSIDE)
        .bind(schema)
        .fetch_all(conn)
        .await
}

/// What others have put into `live`, which the new build `next` does not have. Where both are
/// `same_version`, everything that is not in both is taken for another's.
pub(crate) async fn within(
    conn: &mut PgConnection,
    live: &str,
    next: &str,
    same_version: bool,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(WITHIN)
        .bind(live)
        .bind(next)
        .bind(same_version)
        .fetch_all(conn)
        .await
}

/// Gives every grant on `live` on `next` too; where both are of the `same_version`, no others, so
/// that what was taken from a role is not given back to it.
pub(crate) async fn copy_grants(
    conn: &mut PgConnection,
    live: &str,
    next: &str,
    same_version: bool,
) -> Result<(), sqlx::Error> {
    let mut statements: Vec<String> = Vec::new();
    if same_version {
        let revokes = sqlx::query_scalar(REVOKES).bind(next);
        statements.extend(revokes.fetch_all(&mut *conn).await?);
    }
    let grants = sqlx::query_scalar(GRANTS).bind(live).bind(next);
    statements.extend(grants.fetch_all(&mut *conn).await?);
    for grant in statements {
        sqlx::query(AssertSqlSafe(grant))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}
