--- The groups of the API that the sandbox serves, in the order in which they are seeded. A new group is one file that
-- returns `{ seed = function(tenant), routes = {…}, commands = {…} }` (each optional), and one line here.
--
-- A route is `{ method, path = "/rest/v1/x/{id}", scope = "read"|"write"|"webhooks", query = spec, body = spec,
-- check = function(tenant, fields, problems), run = function(tenant, request) → reply }`; specs are those of
-- thrive.sandbox.check; where the body is an array, `list = { min =, max =, items = spec }` is given for it in place of
-- `body`. When run is called, everything that the specs say is true of request.params, request.fields and
-- request.args. A command is `function(tenant, command) → value`, called by a method of the sandbox object.
--
-- A room whose credentials are not Thrive's has a `guard = { prefix = "/x/", authenticate = function(tenant, headers) →
-- principal, or nil and a reply }` for every path under that prefix.
return {
  require("thrive.sandbox.tokens").room,
  require("thrive.sandbox.tags"),
  require("thrive.sandbox.lifecycle"),
  require("thrive.sandbox.users"),
  require("thrive.sandbox.audiences"),
  require("thrive.sandbox.members"),
  require("thrive.sandbox.managers"),
  require("thrive.sandbox.assignments"),
  require("thrive.sandbox.completions"),
  require("thrive.sandbox.contents").room,
  require("thrive.sandbox.activities"),
  require("thrive.sandbox.cpd"),
  require("thrive.sandbox.aptem"),
  require("thrive.sandbox.events"),
}
