-- What `thrivelua api` says is in the words of a command line, whatever the module has said to scripts.

local core = require "thrive.core"
local describe_ = require "thrive.describe"
local tree = require "thrive.api.tree"
local wording = require "thrive.api.wording"

-- What nobody writes on a command line.
local foreign = { "argument #", "options%.", "epoch second", "a table", "%(got table%)", "thrive%.", "content%.user",
  "encoding =", 'often "', ":levels", "client%." }

local function is_plain(text, what)
  for _, pattern in ipairs(foreign) do
    assert(not text:find(pattern), ("%s: %q in: %s"):format(what, pattern, text))
  end
end

-- Values of which none fits everything, so that every check has something to say.
local odd = { "odd", 3.5, -1, true, core.null, { 1 }, { a = 1 } }

-- A table in which every field has this value, or is a record of such.
local function filled(params, value, nested)
  local fields = {}
  for _, param in ipairs(params or {}) do
    fields[param[1]] = nested and param.fields and filled(param.fields, value, true) or value
  end
  return fields
end

describe("the words of thrivelua api", function()
  local client
  setup(function()
    client = assert(require("thrive.client").new { base_url = "http://127.0.0.1:9", tenant_id = "none", api_key = "none" })
  end)
  teardown(function() client:close() end)

  local function said(operation, ...)
    local transfer, problems = core.prepare(client, operation, ...)
    return not transfer and problems:gsub("^[%w_.]+:[%w_]+: ", "") or nil
  end

  for _, one in ipairs(describe_.operations()) do
    if not describe_.is_aptem(one.name) then
      it("say what is wrong with the values of " .. one.name, function()
        local entry, told = one.entry, 0
        local operation = core.operation(entry, one.name)
        local function check(...)
          local problems = said(operation, ...)
          if problems then
            told = told + 1
            is_plain(wording.of_call(problems), one.name)
          end
        end
        for _, value in ipairs(odd) do
          for _, nested in ipairs { false, true } do
            local given = {}
            for i in ipairs(entry.args or {}) do given[i] = "id" end
            if entry.list then
              local fields = entry.list.items.fields
              given[#given + 1] = { fields and filled(fields, value, nested) or value }
            elseif entry.event then -- its envelope is whole: the command line makes it
              given[#given + 1] = { id = value, timestamp = value, eventType = entry.event,
                content = { user = filled((tree.fields(entry)), value, nested) } }
            else
              given[#given + 1] = filled(entry.params, value, nested)
            end
            check(table.unpack(given))
            for i in ipairs(entry.args or {}) do given[i] = value end
            check(table.unpack(given))
          end
        end
        assert.is_true(told > 0 or not (entry.args or entry.params or entry.list), one.name)
      end)
    end
  end

  it("say what is wrong with a row that is the entry of a list", function()
    local users = require("thrive.catalogue").load "audiences.managers"
    for _, entry in ipairs(users.operations) do
      if entry.verb == "add" then
        local problems = said(core.operation(entry, "audiences.managers.add"), "sales", { { reference = 1, odd = 2 } })
        problems = wording.of_row(wording.of_call(problems))
        assert.is_truthy(problems:find("'reference' must be a string", 1, true), problems)
        assert.is_truthy(problems:find("'odd' is not a field", 1, true), problems)
      end
    end
  end)

  it("say what is wrong with a file", function()
    local csv = require "thrive.csv"
    for _, case in ipairs {
      { "\xFF\xFEa\0", "--encoding utf-16" }, { "a,b\n1,\xE9\n", "--encoding cp1252" },
      { "a\0,\0b\0\n\0", "--encoding utf-16le" },
    } do
      local _, err = csv.parse(case[1])
      local text = wording.of_file(tostring(err))
      assert.is_truthy(text:find(case[2], 1, true), text)
      is_plain(text, "file")
    end
  end)

  it("say what the catalogue says", function()
    local function look(what, list)
      for _, param in ipairs(list or {}) do
        is_plain(wording.of_text(param.doc), what .. ": " .. param[1])
        look(what, param.fields)
        look(what, param.items and param.items.fields)
      end
    end
    for _, one in ipairs(describe_.operations()) do
      if not describe_.is_aptem(one.name) then
        is_plain(wording.of_text(one.entry.doc), one.name)
        is_plain(wording.of_text(one.group.doc), one.name)
        look(one.name, one.entry.args)
        look(one.name, one.entry.params)
        look(one.name, one.entry.list and { one.entry.list })
      end
    end
  end)
end)
