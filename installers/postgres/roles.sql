-- 给一个站建 schema 和三个账号。由服务器的管理员运行，每个站一次：
--   psql -d centerdesk -v schema=yunhe -f roles.sql
-- 再给两个账号定密码：\password cd_migrate_yunhe  和  \password cd_desk_yunhe
-- 账号只看得见自己的 schema；再运行一次不会改坏什么。
\set ON_ERROR_STOP on
\set migrate 'cd_migrate_' :schema
\set desk 'cd_desk_' :schema
\set watch 'cd_watch_' :schema

BEGIN;
SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT', name)
  FROM unnest(ARRAY[:'migrate', :'desk', :'watch']) AS name
 WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name)
  FROM unnest(ARRAY[:'migrate', :'desk', :'watch']) AS name \gexec

-- 建表、升级版式用 cd_migrate；平时的服务台用 cd_desk，没有改、删操作记录的权；看护程序单独用时是 cd_watch，不能删任何东西。
-- 每张表上的权由 centerdesk init 和 centerdesk migrate 授予。
CREATE SCHEMA IF NOT EXISTS :"schema" AUTHORIZATION :"migrate";
GRANT USAGE ON SCHEMA :"schema" TO :"desk", :"watch";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
COMMIT;
