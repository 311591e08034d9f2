--- The ids, titles and types of the tenant's contents: what the rooms that show contents and those that only name them
-- (assignments, completions) agree on. Pure: the same seed gives the same list, whoever asks first.
local rng = require "thrive.sandbox.rng"

-- title|type; mandatory training first, by groups of the people whom it is for
local TITLES = [[
Fire Safety Awareness|scorm
GDPR Essentials|elearning
Health & Safety Induction|scorm
Cyber Security: Phishing|cmi5
Anti-Bribery and Corruption|elearning
Equality, Diversity & Inclusion|elearning
Modern Slavery|assessment
Display Screen Equipment|quiz
Manual Handling|video
Forklift Refresher|event
Food Hygiene Level 2|elearning
Safeguarding Adults|scorm
Infection Control|scorm
First Aid at Work|event
Fire Warden Training|event
Cash Handling|video
Anti-Money Laundering|assessment
Information Security Policy|file
Code of Conduct|file
Managing Performance|pathway
Recruitment and Selection|pathway
Conflict Resolution|mixed
Lone Working|article
Working at Height|scorm
COSHH Awareness|elearning
Driver Safety|video
Medication Administration|assessment
Mental Health First Aid|event
Whistleblowing Policy|file
Travel and Expenses Policy|file
Welcome to the Company|video
Meet the Board|broadcast
Our Values|article
Leadership Foundations|pathway
Coaching Conversations|mixed
Giving Feedback|video
Excel for Beginners|elearning
Excel: Pivot Tables|elearning
Data Storytelling|article
Introduction to Lua|pathway
Writing Clear English|article
Time Management|video
Presenting with Confidence|video
Negotiation Skills|mixed
Customer Service Excellence|elearning
Handling Complaints|quiz
Sales/Upselling Basics|quiz
Product Knowledge: Spring Range|cmi5
Product Knowledge: Café|cmi5
Inventory Basics|scorm
What is a Pension?|question
Wellbeing Toolkit|url
Sleep Well|url
Menopause at Work|article
Sign Language: First Steps|video
Français pour débutants|elearning
Sicherheit am Arbeitsplatz|elearning
Prévention des incendies|scorm
日本語入門|elearning
Town Hall Recording|broadcast
]]

--- The contents.
-- @tparam table tenant of which `seed` is read
-- @treturn {table,...} `{ id =, title =, type = }`, always the same table for a tenant
return function(tenant)
  if tenant.content_ids then return tenant.content_ids end
  local random = rng.stream(tenant.seed, "content")
  local out = {}
  for title, kind in TITLES:gmatch("([^|\n]+)|(%w+)\n") do
    -- ids begin with the time of their making: over three years before the seeded tenant's day, 2024-06-01
    out[#out + 1] = { id = random:id(1717200000000 - random:below(1000) * 86400000), title = title, type = kind }
  end
  tenant.content_ids = out
  return out
end
