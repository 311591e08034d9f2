std = "lua54"
cache = false
max_line_length = 130
exclude_files = { "build", "spec/tmp" }
files["spec/"] = { std = "lua54+busted" }
files["bin/thrivelua"] = { globals = { "os" } }
files["examples/"] = { read_globals = { "thrive" } }
files["thrive-scm-1.rockspec"] = { std = "rockspec" }
