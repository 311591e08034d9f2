--- The manual of errors: the object, and every kind with what to do about it.

local function kind(name, when, advice, see)
  return { name = name, kind = "kind", signature = ('err.kind == "%s"'):format(name), doc = when, advice = advice, see = see }
end

return {
  { name = "errors", kind = "object", signature = "local value, err = client.users:get(id)", class = "thrive.Error",
    doc = "What goes wrong in the world comes back as nil, err; assert, or a client with `raise = true`, turns it into an error. "
      .. "`tostring(err)` is one line that says what to do; `help(err)` explains it. No secret is ever in one.",
    also = { "error", "err" },
    fields = {
      { "kind", "string", editor = "thrive.ErrorKind", doc = "what kind of error: see below" },
      { "message", "string", doc = "what happened" },
      { "hint", "string", optional = true, doc = "what to do, where that is more than its kind says" },
      { "status", "integer", optional = true, doc = "status of the answer; absent when none came" },
      { "code", "string", optional = true, doc = "the service's code, or the module's name of what happened" },
      { "fields", "table", optional = true, doc = "validation: what the service says of each field" },
      { "operation", "string", optional = true, doc = 'name of the operation, such as "users.get"' },
      { "method", "string", optional = true, doc = "method of the request" },
      { "path", "string", optional = true, doc = "path of the request" },
      { "request_id", "string", optional = true, doc = "the service's id of the request: quote it to support" },
      { "attempts", "integer", optional = true, doc = "attempts; 0 when nothing was sent" },
      { "elapsed", "number", optional = true, doc = "seconds since the first attempt began" },
      { "retry_after", "number", optional = true, doc = "seconds that the service asks to wait" },
      { "retryable", "boolean", optional = true, doc = "might it succeed if it were sent again as it is?" },
      { "sent", "boolean", optional = true, doc = "can the service have seen it?" },
      { "stopped_by", "string", optional = true, doc = "why it was not tried again, when it could have been" },
      { "cause", "string", optional = true, editor = "thrive.ErrorKind",
        doc = "ambiguous: the kind that it would have been if it were safe to repeat" },
      { "body", "string", optional = true, doc = "beginning of the answer of the service" },
      { "result", "any", optional = true, doc = "partial: the result, with what was done" },
    },
    example = [[
local ok, err = client.users:suspend("left-long-ago")
if not ok and err.kind == "not_found" then
  print("nobody to suspend")
elseif not ok then
  error(err)
end]],
    see = { "calls", "retries", "thrive.iserror" } },

  kind("config", "Credentials are missing or contradict each other, or a host cannot be used. Nothing was sent.",
    "Fix the client's options or the environment; the message names what was looked at.", { "thrive.client" }),
  kind("auth", "401: the service does not accept the credentials.",
    "Check the tenant id, the secret and the region. A token that has run out is renewed by itself.", { "thrive.client" }),
  kind("forbidden", "403, or a token whose scope does not do: then nothing was sent.",
    "Use credentials that may do this; with OAuth, make the client with another scope.", { "scopes" }),
  kind("not_found", "404 or 410: there is no such record in this tenant.",
    "Check the id or ref, and that it belongs to this tenant. Some calls take a Thrive id, others a ref: see their help."),
  kind("conflict", "409: something with the same ref, email or reference exists, or the record is in another state.",
    "Read the record that is there, and decide which one is right."),
  kind("validation", "400, 415, 422 or another 4xx: the service refuses the values.",
    "Correct the values named and send again; `err.fields` says what is wrong with each where the service tells."),
  kind("rate_limited", "429: too many requests, and the time to wait was longer than the call could.",
    "Wait `err.retry_after` seconds, or lower concurrency. All calls of the client slow down by themselves after a 429.",
    { "retries", "client:stats" }),
  kind("server", "5xx, or a redirect, which is not followed.",
    "Try later, and quote `err.request_id` to support. After a redirect check `base_url` and region."),
  kind("timeout", "No answer in time: timeout of an attempt, or deadline of the call.",
    "Try again, or raise timeout or deadline.", { "options" }),
  kind("network", "No connection, or it broke.", "Check the connection, the proxy and the host name."),
  kind("tls", "The certificate is not trusted.",
    "Set `ca_file` (or `SSL_CERT_FILE`) to the company's certificate where a proxy re-signs; verification cannot be turned off.",
    { "thrive.client" }),
  kind("decode", "The answer is not what the API documents: HTML of a proxy, cut-off JSON, more than 64 MiB, a page that "
    .. "comes again.", "Check `base_url`; look at `err.message`, which quotes how the answer begins; report it."),
  kind("cancelled", "The call was given up before its answer came: its client was closed, or the task that made it.",
    "Nothing, if that was meant; else close the client later."),
  kind("ambiguous", "The answer of a write that must not be repeated was lost: the change may or may not have been made.",
    "Look before you send it again: read the record.", { "retries" }),
  kind("partial", "Part of the work was done: some entries of a bulk call, or a list that ended early.",
    "Bulk: see `result.outcomes`, one for every entry, and send those that failed again. A list: read it again, and do not "
      .. "take it for the whole.", { "bulk", "lists" }),
  kind("guard", "A guard kept a write from being sent: the client is `read_only` (code read_only), a run of thrivelua would "
    .. "delete, suspend, remove or replace more than 10 and more than 5 % of the active users (code max_changes), somebody at "
    .. "the terminal said no (code declined), or the log of writes cannot be written (code log).",
    "Make sure that it is meant: a feed that broke off makes everybody a leaver. Then run without `--read-only`, or with "
      .. "`--max-changes N` or `--yes`; `--dry-run` shows what would be changed.", { "thrive.client", "client:plan" }),
}
