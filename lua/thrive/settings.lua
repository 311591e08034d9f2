--- Process-wide settings that the command line makes before a script runs; every client reads them when it is made.
-- A table and nothing else. Fields:
--
-- * `dry_run`, `read_only` (boolean): forced on for every client when true;
-- * `profile` (string): the profile of --profile, for every client whose arguments do not name one;
-- * `base_client` (table): with --sandbox, the base_url, webhooks_url and credentials that replace those of every
--   client, so that a script run in the sandbox cannot reach a real tenant;
-- * `aptem` (table): likewise the base_url, tenant and token that replace those of every client of Aptem;
-- * `progress` (boolean): long loops show on standard error how far they are, where that is a terminal; as `guard`, it is on
--   where `host` is thrivelua;
-- * `on_plan` (function): called with each planned write of a dry run, { operation =, method =, path =, body = }, and with
--   what thrive.plan needs to look up what it would change: client, state, transfer, entry of the catalogue;
-- * `notes` (file): where thrivelua says what is no result, such as how many writes a dry run planned; else standard output;
-- * `guard` (table): see thrive.guard. Without it there is a guard where `host` is thrivelua;
-- * `watch` (array, always there): who is told of every request, whichever client makes it: tables of functions `request`,
--   `response`, `retry` and `done`, see thrive.call;
-- * `on_client` (function): called with every client that is made; what it returns lives as long as the client;
-- * `broken_log` (string): why the log of writes cannot be written: no write is sent any more, see thrive.audit;
-- * `at_exit` (array of functions): what thrivelua does before it ends, see thrive.exit;
-- * `host` (table): the plan of thrive.cli when the host is thrivelua, nil in any other program.
-- @module thrive.settings

local host = package.loaded["thrive.host"]

return { at_exit = {}, watch = {}, host = host, progress = host ~= nil }
