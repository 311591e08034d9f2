--- Process-wide settings that the command line makes before a script runs; every client reads them when it is made.
-- A table and nothing else. Fields:
--
-- * `dry_run`, `read_only` (boolean): forced on for every client when true;
-- * `base_client` (table): with --sandbox, the base_url, webhooks_url and credentials that replace those of every
--   client, so that a script run in the sandbox cannot reach a real tenant;
-- * `aptem` (table): likewise the base_url, tenant and token that replace those of every client of Aptem;
-- * `progress` (boolean): long loops show on standard error how far they are, where that is a terminal; set by thrivelua,
--   never for a program that only requires the module;
-- * `on_plan` (function): called with each planned write of a dry run,
--   { operation =, method =, path =, body = };
-- * `at_exit` (array of functions): what thrivelua does before it ends, see thrive.exit;
-- * `host` (table): the plan of thrive.cli when the host is thrivelua, nil in any other program.
-- @module thrive.settings

return { at_exit = {}, host = package.loaded["thrive.host"] }
