--- Iterator functions that belong to something which a loop closes at its end: function → that value. A call such as
-- `thrive.progress(client.users:each(), { … })` hands on only the first of the values that `each` returns; here the last
-- one is found again. Who makes such a function puts it in; it does not keep anything alive. Its `label`, and that of an array
-- that is put in, is what progress calls a map over it.
-- @module thrive.loops
return setmetatable({}, { __mode = "k" })
