--- What every paged list takes, so that each says only what is its own. Not a group.
-- Sources of the limits: Thrive's apidocs of each list.
return function(default, max, more)
  local params = {
    { "page", "integer", min = 1, doc = "page number" },
    { "perPage", "integer", min = 1, max = max,
      doc = ("records per page, 1 to %d (the service's default: %d)"):format(max, default) },
  }
  for _, param in ipairs(more or {}) do params[#params + 1] = param end
  return params
end
