--- What the tenant can learn from, as every seed names it: sixty ids with their titles and types.
local rng = require "thrive.sandbox.rng"

local TITLES = {
  { "elearning", "Fire Safety", "GDPR Essentials", "Manual Handling", "Anti-Bribery", "Cyber Security Basics",
    "Health & Safety at Work", "Safeguarding Adults", "Equality, Diversity & Inclusion", "Food Hygiene Level 2",
    "Display Screen Equipment", "Lone Working", "Modern Slavery" },
  { "scorm", "First Aid at Work", "Forklift Refresher", "Working at Height", "COSHH", "Data Protection for Managers",
    "Money Laundering" },
  { "cmi5", "Infection Control", "Café Culture: Barista Skills" },
  { "video", "Welcome to the Company", "Giving Feedback", "Mental Health First Steps", "Lifting Safely in 5 Minutes",
    "Meet the Board", "Sign Language: Greetings", "Excel: Pivot Tables" },
  { "article", "Leadership in Practice", "Customer Service Standards", "Time Management Tips", "Hybrid Working",
    "Coaching Conversations", "Wellbeing at Work" },
  { "assessment", "Fire Warden Assessment", "Forklift Practical", "Driving Licence Check", "Medicines Competency" },
  { "quiz", "GDPR Quiz", "Phishing Quiz", "Product Knowledge Quiz", "Brand Quiz" },
  { "question", "What Did You Learn This Week?", "How Safe Is Your Site?" },
  { "pathway", "Induction", "New Manager Programme", "Project Management Pathway", "Sales/Upselling Pathway" },
  { "file", "Employee Handbook", "Expenses Policy", "Evacuation Plan", "Politique de sécurité" },
  { "url", "HSE Guidance", "ACAS: Difficult Conversations", "NHS Wellbeing Hub", "Data Analysis with Lua" },
  { "event", "Public Speaking Workshop", "Negotiation Masterclass" },
  { "broadcast", "Quarterly Update", "Safety Week" },
  { "mixed", "Apprentice Starter Pack" },
}

--- Every content, always in the same order.
-- @tparam table tenant
-- @treturn {table,...} sixty of `{ id =, title =, type = }`; not to be changed
return function(tenant)
  if tenant.content_ids then return tenant.content_ids end
  local random, out = rng.stream(tenant.seed, "content"), {}
  for _, titles in ipairs(TITLES) do
    for i = 2, #titles do
      -- made in the 1500 days before 2024-06-01, as the users were
      out[#out + 1] = { id = random:id(1717200000000 - random:below(1500 * 86400000)), title = titles[i], type = titles[1] }
    end
  end
  tenant.content_ids = out
  return out
end
