--- The manual of thrivelua's prompt.

return {
  { name = "prompt", kind = "topic", signature = "thrivelua, thrivelua -i script.lua", also = { "repl", "history" },
    doc = "A session at a terminal: expressions need no `return`, chunks go on over several lines until they are whole, and "
      .. "what they return is shown as `thrive.inspect` does it; what it calls cf.Name is `additionalFields.Name` of the "
      .. "record. A `local` ends with its chunk: to keep a value, assign it without that word.\n\n"
      .. "Ctrl-C drops the line, or ends what runs, a call too; the session goes on. Ctrl-D leaves, `exit` too. Tab completes, "
      .. "Ctrl-R searches what was entered before, Up and Down walk through it, Page Up through what begins like the line; "
      .. "`~/.editrc` binds other keys. Tasks go on only while something waits: a call, `task:wait`, `thrive.sleep`.\n\n"
      .. "What is entered is kept for the next session, in `$XDG_STATE_HOME/thrive/history` (`~/.local/state/thrive/history`), "
      .. "which only its owner can read. Lines are left out that start with a blank, or hold a secret: one of a client, of the "
      .. "environment, of the profiles, or whatever is assigned to a name like api_key, token, password.\n\n"
      .. "The prompt names the sandbox, the profile or the region, in red where it is production.",
    heading = "globals",
    fields = {
      { "_, _1", "any", doc = "the first result of the last chunk that had any, or the error of a call that failed" },
      { "_2 … _9", "any", doc = "those before" },
      { "client", "thrive.Client", doc = "made when it is first used, of the sandbox, the environment or the profile; may be "
        .. "assigned" },
      { "help, apropos", "function", doc = "thrive.help, thrive.apropos" },
      { "_PROMPT, _PROMPT2", "string", doc = "what to show instead of the prompt, and where a chunk goes on" },
    },
    see = { "thrive.inspect", "thrive.help", "profiles" } },
}
