---@meta
-- Written by "make reference" from lua/thrive/catalogue/ and lua/thrive/manual/. Do not edit.

---In thrivelua the module is a global. Elsewhere: local thrive = require "thrive"
---@type thrive
thrive = nil
