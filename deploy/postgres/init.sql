-- Run once by the superuser, over an empty data folder: the catalogue's role and its database.
-- The role is no superuser. Only a superuser may create pg_sphere, so it is created here.
\set ON_ERROR_STOP on
\set password `cat /run/secrets/provstore_database_password`
CREATE ROLE provstore LOGIN PASSWORD :'password';
CREATE DATABASE provstore OWNER provstore TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE CONNECT ON DATABASE provstore FROM PUBLIC;
\connect provstore
CREATE EXTENSION IF NOT EXISTS pg_sphere;
