---@meta thrive
-- Written by "make reference" from lua/thrive/catalogue/ and lua/thrive/manual/. Do not edit.

---What kind of error it is.
---@alias thrive.ErrorKind "config"|"auth"|"forbidden"|"not_found"|"conflict"|"validation"|"rate_limited"|"server"|"timeout"|"network"|"tls"|"decode"|"cancelled"|"ambiguous"|"partial"|"guard"

---A row of a CSV file: column name → text.
---@alias thrive.CsvRow table<string, any>

---Functions that are called with what is going on, in an event without any secret. One that fails does no harm to the call: it is a warning. The call waits for it, so that it should not take long.
---@class thrive.Event
---@field operation string name of the operation, such as "users.get"; "request" for `client:request`
---@field method string method of the request
---@field path string path of the request
---@field url string address of the request
---@field attempts integer attempts so far, with this one
---@field status? integer status of the answer; absent when none came
---@field request_id? string the service's id of the request
---@field timings thrive.Timings seconds: see meta
---@field delay? number retry: seconds until the next attempt

---The options of one call: its last table.
---@class thrive.CallOptions
---@field timeout? number seconds that one attempt may take (default: the client's)
---@field deadline? number seconds that the whole call may take, with its attempts, pauses and token (default: the client's)
---@field max_retries? integer how often it is sent again at most (default: the client's)
---@field headers? table<string, string> more headers, by name

---The option that replace takes on top of those of every call.
---@class thrive.BulkOptions: thrive.CallOptions
---@field split? boolean more than 100 entries: the first hundred replace, the others are added, which is not one step (default: false)

---Seconds, of the last attempt unless it says otherwise.
---@class thrive.Timings
---@field dns number until the name was resolved
---@field connect number until there was a connection
---@field tls number until it was encrypted
---@field first_byte number until the answer began
---@field total number until it had come whole
---@field elapsed number since the first attempt began, with all attempts and pauses

---What is known of the request that a call has made: its third result.
---@class thrive.Meta
---@field status? integer status of the last answer; absent when none came
---@field attempts integer attempts; 0 when nothing was sent
---@field headers table<string, string> headers of the answer, names in lower case
---@field url string address of the request
---@field request_id? string the service's id of the request: quote it to support
---@field operation string name of the operation, such as "users.get"
---@field method string method of the request
---@field path string path of the request
---@field planned? boolean true when a dry run held the write back
---@field timings thrive.Timings seconds, of the last attempt unless it says otherwise

---The options that each, pages and all take on top of those of every call.
---@class thrive.IterationOptions: thrive.CallOptions
---@field prefetch? integer so many pages, up to 1000, travel ahead of the reader; 0: none (default: 4, and up to 16 while the reader is found waiting)
---@field fields? string[] names: only these members of each record are built, the rest of the text is skipped (default: all)
---@field limit? integer ends after so many records, and asks for no page beyond (default: none)
---@field dedupe? string the name of a member ("id"): a record whose value there was met before is dropped, for lists that shift while they are read (default: none)
---@field cursor? string a `page.cursor` of the same list (its arguments, parameters, shard): goes on after that page (default: none)
---@field shard? thrive.Shard # { index =, of = }: every of-th page, from the index-th on; index counts from 0 or from 1 (of and 0 are the same share): see `thrive.shard` (default: none)

---Absent where the service has none.
---@class thrive.Pagination
---@field page integer number of this page, from 1
---@field perPage integer records of a page
---@field totalPages integer pages there are
---@field totalResults integer records there are

---One page of a list. A page that comes again, or is not the one that was asked for, is an error of kind decode with the code page_loop or page_wrong.
---@class thrive.Page
---@field results table[] the records
---@field pagination? thrive.Pagination absent where the service has none
---@field cursor? string of pages: a line of text with which a later run goes on after this page
---@field complete? boolean of pages, the last one: did as many records come as the service announced?

---What goes wrong in the world comes back as nil, err; assert, or a client with `raise = true`, turns it into an error. `tostring(err)` is one line that says what to do; `help(err)` explains it. No secret is ever in one.
---@class thrive.Error
---@field kind thrive.ErrorKind what kind of error: see below
---@field message string what happened
---@field hint? string what to do, where that is more than its kind says
---@field status? integer status of the answer; absent when none came
---@field code? string the service's code, or the module's name of what happened
---@field fields? table validation: what the service says of each field
---@field operation? string name of the operation, such as "users.get"
---@field method? string method of the request
---@field path? string path of the request
---@field request_id? string the service's id of the request: quote it to support
---@field attempts? integer attempts; 0 when nothing was sent
---@field elapsed? number seconds since the first attempt began
---@field retry_after? number seconds that the service asks to wait
---@field retryable? boolean might it succeed if it were sent again as it is?
---@field sent? boolean can the service have seen it?
---@field stopped_by? string why it was not tried again, when it could have been
---@field cause? thrive.ErrorKind ambiguous: the kind that it would have been if it were safe to repeat
---@field body? string beginning of the answer of the service
---@field result? any partial: the result, with what was done

---JSON's null: clears a field, where nil leaves it alone. The same value as cjson.null.
---@class thrive.null: userdata

---Reads a CSV file row by row. It may be a `<close>` variable.
---@class thrive.CsvReader
---@field header? string[] names of the columns, in order; absent with header = false
---@field separator string what stands between the cells
---@field line integer line that the row returned last begins on
---@field trimmed integer cells that trim has changed

---Writes a CSV file row by row. It should be a `<close>` variable.
---@class thrive.CsvWriter
---@field columns? string[] names of the columns, once they are known
---@field rows integer how many rows were written
---@field dropped table<string, integer> how often a field came that has no column, by name: it appeared after the columns were settled

---Id and time of an event.
---@class thrive.EventDetails
---@field id? string unique id of the event; made when you give none
---@field timestamp? string|number when it happened; now when you give none (ISO 8601 date-time)

---A record of client.users.
---@class thrive.Acknowledgement
---@field status? integer status
---@field message? string what was done

---The line manager.
---@class thrive.BasicUser.positions.manager
---@field id string Thrive id
---@field name? string name
---@field ref? string ref

---Posts held.
---@class thrive.BasicUser.positions
---@field id string id of the post
---@field title? string job title
---@field manager? thrive.BasicUser.positions.manager the line manager
---@field ouId? string id of the organisational unit
---@field isActive? boolean does the person hold it now?
---@field startDate? string since when
---@field endDate? string until when
---@field createdAt? string when the record was made
---@field updatedAt? string when it was last changed

---A record of client.users.
---@class thrive.BasicUser
---@field id string Thrive id
---@field ref? string your identifier
---@field firstName? string given name
---@field lastName? string family name
---@field email? string email address
---@field role? "administrator"|"learneradmin"|"learner"|string administrator, learneradmin or learner
---@field status? "active"|"inactive"|"expired"|"new"|string active, inactive, expired or new
---@field positions thrive.BasicUser.positions[] posts held
---@field additionalFields? table<string, any> custom fields by name; shown as cf.Name
---@field languageCode? string language

---Rank.
---@class thrive.User.rank
---@field currentCategory? number category
---@field currentLevel? number level in it

---A record of client.users.
---@class thrive.User: thrive.BasicUser
---@field deleted? boolean is the record deleted?
---@field compliance? number compliance score
---@field level? number level
---@field firstLogin? string first login
---@field lastLogin? string last login
---@field tags? table<string, any> tags by kind, such as { skills = { … } }
---@field usersFollowing string[] ids of users followed
---@field tagsFollowing string[] ids of tags followed
---@field createdAt? string when the record was made
---@field updatedAt? string when it was last changed
---@field hasPicture? boolean has the user a picture?
---@field timeZone? string IANA time zone
---@field summary? string what the user says of themselves
---@field relevancy? number relevancy score
---@field rank? thrive.User.rank rank
---@field agreedTerms? string terms agreed to: a boolean by the documents, a string in practice
---@field onboarded? boolean has the user been onboarded?
---@field audiences any[] audiences: ids, or objects with an id
---@field singleSignOn? boolean logs in by single sign-on

---A record of client.users.
---@class thrive.UserLifecycle
---@field id string Thrive id
---@field loginMethod? "email"|"ref"|string email or ref
---@field ref? string your identifier
---@field email? string email address
---@field firstName? string given name
---@field lastName? string family name
---@field role? "administrator"|"learneradmin"|"learner"|string administrator, learneradmin or learner
---@field jobTitle? string job title
---@field managerRef? string ref of the line manager
---@field startDate? string when the person started
---@field endDate? string when the person left
---@field timeZone? string IANA time zone
---@field languageCode? string language
---@field active? boolean active, or suspended
---@field createdAt? string when the record was made
---@field updatedAt? string when it was last changed
---@field sso? boolean managed by an authentication provider
---@field domain? string domain
---@field additionalFields? table<string, any> custom fields by name; shown as cf.Name

---The structure it is in; only for a child.
---@class thrive.Audience.parent
---@field id string Thrive id
---@field name? string name
---@field reference? string your reference

---A record of client.audiences.
---@class thrive.Audience
---@field id string Thrive id
---@field name? string name
---@field reference? string your reference
---@field apiControlled? boolean made by the API, and only changed by it
---@field category? "audience"|"structure"|string audience or structure
---@field type? "manual"|"smart"|string manual or smart
---@field parent? thrive.Audience.parent the structure it is in; only for a child
---@field createdAt? string when it was made
---@field updatedAt? string when it was last changed
---@field memberOperations? table<string, any> after an update that moved it to another parent: what became of its members

---One for each.
---@class thrive.BulkResult.success.entities
---@field reference string the input: email, ref or id

---What was done.
---@class thrive.BulkResult.success
---@field count integer how many
---@field entities thrive.BulkResult.success.entities[] one for each

---One for each.
---@class thrive.BulkResult.failure.entities
---@field reference string the input: email, ref or id
---@field reason? string why not

---What was not.
---@class thrive.BulkResult.failure
---@field count integer how many
---@field entities thrive.BulkResult.failure.entities[] one for each

---One for every input, in its order.
---@class thrive.BulkResult.outcomes
---@field input any what was given
---@field outcome "success"|"failure"|"unknown"|string success, failure or unknown
---@field reason? string why not; absent for success
---@field err? thrive.Error the error of the request that it was in, where that failed

---A record of client.audiences.members.
---@class thrive.BulkResult
---@field success thrive.BulkResult.success what was done
---@field failure thrive.BulkResult.failure what was not
---@field outcomes thrive.BulkResult.outcomes[] one for every input, in its order

---A record of client.audiences.members.
---@class thrive.Member
---@field userId? string Thrive id of the user
---@field reference? string the user's ref
---@field email? string the user's email address

---Managing the audience.
---@class thrive.Manager.permissions.audienceManager
---@field manageContent? boolean assign content
---@field assignments? boolean manage assignments
---@field manageMembers? boolean change members

---Managing the people in it.
---@class thrive.Manager.permissions.peopleManager
---@field canViewLearnPage? boolean see their learning
---@field insights? boolean see insights
---@field manage? boolean manage them

---Structures only: managing what is in the structure.
---@class thrive.Manager.permissions.administrator
---@field canAddAudienceManagers? boolean add managers
---@field canManageAudiences? boolean manage audiences

---What the manager may do.
---@class thrive.Manager.permissions
---@field audienceManager? thrive.Manager.permissions.audienceManager managing the audience
---@field peopleManager? thrive.Manager.permissions.peopleManager managing the people in it
---@field administrator? thrive.Manager.permissions.administrator structures only: managing what is in the structure

---A record of client.audiences.managers.
---@class thrive.Manager
---@field userId? string Thrive id of the user
---@field reference? string the user's ref
---@field email? string the user's email address
---@field permissions? thrive.Manager.permissions what the manager may do

---A record of client.assignments.
---@class thrive.Assignment
---@field id string Thrive id
---@field audienceId? string the audience
---@field primaryContentId? string the content
---@field alternativeContentIds string[] content that counts as well
---@field hideAlternativeContent? boolean is that content hidden?
---@field completionPeriod? integer days to complete it in
---@field recurrence? integer days after which it is due again
---@field isActive? boolean is it active?
---@field isDeleted? boolean is it deleted?
---@field createdAt? string when it was made
---@field deletedAt? string when it was deleted
---@field updatedAt? string when it was last changed

---Changes of status.
---@class thrive.Enrolment.history
---@field type? string what kind of change
---@field completionId? string the completion that caused it
---@field previousStatus? string status before
---@field nextStatus? string status after
---@field createdAt? string when it happened
---@field updatedAt? string when it was last changed

---A record of client.assignments.enrolments.
---@class thrive.Enrolment
---@field id string Thrive id
---@field userId? string the user
---@field assignmentId? string the assignment
---@field audienceId? string the audience
---@field primaryContentId? string the content
---@field status? "archived"|"complete"|"open"|"overdue"|"scheduled"|"unassigned"|string archived, complete, open, overdue, scheduled or unassigned
---@field availableDate? string from when it can be done
---@field dueDate? string when it is due
---@field lastCompletedAt? string when it was last completed
---@field history thrive.Enrolment.history[] changes of status
---@field updatedAt? string when it was last changed

---A record of client.completions.
---@class thrive.Completion
---@field id string Thrive id
---@field userId? string the user
---@field contentId? string the content
---@field contentVersion? number its version
---@field skills string[] skills that it counts for
---@field completionType? string how it was completed
---@field hadDueDate? boolean was it due by a date?
---@field isRPL? boolean recognition of prior learning
---@field completedAt? string when
---@field activeUntil? string until when it counts

---A record of client.completions.
---@class thrive.CompletionStatement
---@field statementId string id of the statement
---@field created? boolean true when the record is new, false when it existed

---How long it takes.
---@class thrive.Content.duration
---@field value? number how many
---@field unit? string of what: minutes

---By whom.
---@class thrive.Content.contentHistory.performedBy
---@field type? string what kind of actor
---@field value? string its id

---What was done to it.
---@class thrive.Content.contentHistory
---@field action? string what
---@field timestamp? string when
---@field performedBy? thrive.Content.contentHistory.performedBy by whom

---A record of client.content.
---@class thrive.Content
---@field id string Thrive id
---@field title? string title
---@field description? string description; may hold HTML
---@field tags string[] names of its tags
---@field type? string article, video, scorm and others
---@field createdAt? string when it was made
---@field updatedAt? string when it was last changed
---@field author? string id of its author; absent when it was curated automatically
---@field isOfficial? boolean is it official?
---@field duration? thrive.Content.duration how long it takes
---@field contentHistory thrive.Content.contentHistory[] what was done to it

---A record of client.activities.
---@class thrive.Activity
---@field id string Thrive id
---@field type? string viewed, completed, loggedin, found and others
---@field name? string name; may be missing
---@field user? string the user
---@field date? string when
---@field contextId? string what it was done to
---@field contextType? string what kind of thing that is
---@field contentType? string type of the content
---@field data? table<string, any> details, in a shape of each type
---@field with? table<string, any> others involved

---A record of client.cpd.categories.
---@class thrive.CpdCategory
---@field categoryId string id
---@field name? string name

---What was done.
---@class thrive.CpdEntry.activity
---@field type? string what kind of activity
---@field name? string its name

---Its category.
---@class thrive.CpdEntry.category
---@field categoryId? string id
---@field name? string name

---A record of client.cpd.entries.
---@class thrive.CpdEntry
---@field logEntryId string id
---@field userId? string the user
---@field activity? thrive.CpdEntry.activity what was done
---@field category? thrive.CpdEntry.category its category
---@field entryDate? string when
---@field durationMinutes? integer how long
---@field description? string what the user says of it
---@field isVerified? boolean was it verified?

---A record of client.cpd.requirements.
---@class thrive.CpdRequirement
---@field audienceRequirementId string id
---@field audienceId? string the audience
---@field requiredMinutes? integer minutes required
---@field createdAt? string when it was made
---@field updatedAt? string when it was last changed

---A record of client.cpd.summaries.
---@class thrive.CpdSummary
---@field userId? string the user
---@field durationMinutes? integer minutes logged

---A record of client.tags.
---@class thrive.Tag
---@field tag? string name
---@field id string Thrive id
---@field contents string[] ids of content with it
---@field campaigns string[] ids of campaigns with it
---@field interests string[] ids of users interested in it
---@field skills string[] ids of users who have it as a skill

---A record of client.skills.
---@class thrive.SkillLevel
---@field name? string name
---@field isEnabled? boolean is it in use?
---@field value? number what users:update_skills takes as level

---A record of client.events.
---@class thrive.EventUser
---@field ref? string your identifier
---@field email? string email address
---@field firstName? string given name
---@field lastName? string family name
---@field role? "administrator"|"learneradmin"|"learner"|string administrator, learneradmin or learner
---@field jobTitle? string job title
---@field managerRef? string ref of the line manager
---@field startDate? string when the person started
---@field endDate? string when the person left
---@field timeZone? string IANA time zone
---@field languageCode? string language
---@field sso? boolean managed by an authentication provider
---@field domain? string domain
---@field active? boolean active, or suspended
---@field createdAt? string when the record was made
---@field updatedAt? string when it was last changed

---A record of aptem.users.
---@class thrive.AptemUser
---@field id integer Aptem's id (32 bits)
---@field firstName? string given name
---@field lastName? string family name
---@field phone? string telephone number
---@field referenceNumber? string your reference; a search calls it refNum
---@field email? string email address
---@field username? string user name
---@field status? string status
---@field dateOfBirth? string date of birth
---@field caseOwnerId? integer id of the case owner
---@field mentorId? integer id of the mentor
---@field groupId? integer id of the group
---@field programmeId? integer id of the programme
---@field employerId? integer id of the employer
---@field employerAddressId? integer id of the employer's address
---@field plannedHours? integer planned hours
---@field weeklyHours? integer hours a week
---@field managerId? integer id of the manager
---@field jobActiveSync? boolean is the user kept in step with JobActive?
---@field caseOwnerFirstName? string given name of the case owner
---@field caseOwnerLastName? string family name of the case owner
---@field postCode? string post code
---@field address1? string first line of the address
---@field address2? string second line of the address
---@field townCity? string town or city
---@field countyState? string county or state
---@field programmeStartDate? string when the programme starts
---@field managerFirstName? string given name of the manager
---@field managerLastName? string family name of the manager
---@field managerEmail? string email address of the manager
---@field managerPhone? string telephone number of the manager
---@field IAEnglish? string initial assessment in English
---@field IAMath? string initial assessment in mathematics
---@field IAICT? string initial assessment in ICT
---@field diagEnglish? string diagnostic assessment in English
---@field diagMath? string diagnostic assessment in mathematics
---@field diagIct? string diagnostic assessment in ICT
---@field title? string title
---@field preferredName? string preferred name
---@field personalEmail? string private email address
---@field gender? string gender
---@field authenticationType? string how the user logs in

---The fields of client.users:create.
---@class thrive.users.CreateFields
---@field ref string your organisation's unique identifier for this person
---@field firstName string given name
---@field lastName string family name
---@field email? string email address
---@field loginMethod? "email"|"ref" how the person logs in (the service's default: email)
---@field role? "administrator"|"learneradmin"|"learner" role (the service's default: learner)
---@field jobTitle? string name of the person's role in your organisation
---@field managerRef? string ref of the line manager
---@field startDate? string|number when the person started (ISO 8601)
---@field endDate? string|number when the person left (ISO 8601)
---@field timeZone? string IANA name such as Europe/London; else the tenant's
---@field languageCode? string such as en-gb; one that the tenant has enabled
---@field sso? boolean is the account managed by an authentication provider?
---@field domain? string domain that the person belongs to
---@field additionalFields? table<string, any> custom fields by name; they must be configured

---The fields of client.users:update.
---@class thrive.users.UpdateFields
---@field firstName? string given name
---@field lastName? string family name
---@field email? string|thrive.null email address (thrive.null clears it)
---@field loginMethod? "email"|"ref" how the person logs in (the service's default: email)
---@field role? "administrator"|"learneradmin"|"learner" role (the service's default: learner)
---@field jobTitle? string|thrive.null name of the person's role in your organisation (thrive.null clears it)
---@field managerRef? string|thrive.null ref of the line manager (thrive.null clears it)
---@field startDate? string|number|thrive.null when the person started (ISO 8601; thrive.null clears it)
---@field endDate? string|number|thrive.null when the person left (ISO 8601; thrive.null clears it)
---@field timeZone? string|thrive.null IANA name such as Europe/London; else the tenant's (thrive.null clears it)
---@field languageCode? string|thrive.null such as en-gb; one that the tenant has enabled (thrive.null clears it)
---@field sso? boolean is the account managed by an authentication provider?
---@field domain? string|thrive.null domain that the person belongs to (thrive.null clears it)
---@field additionalFields? table<string, any>|thrive.null custom fields by name; they must be configured (thrive.null clears it)

---The fields of client.users:suspend.
---@class thrive.users.SuspendFields
---@field endDate? string|number when the person left (ISO 8601)

---The parameters of client.users:list.
---@class thrive.users.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page (the service's default: 100) (1 to 1000)
---@field updatedSince? string|number only users changed at or after this time (ISO 8601)
---@field statuses? string|("active"|"inactive"|"expired"|"new")[] only users of these statuses
---@field omitStatuses? string|("active"|"inactive"|"expired"|"new")[] no users of these statuses
---@field status? "active"|"inactive"|"expired"|"new" only users of this status

---One page of a list.
---@class thrive.UserPage: thrive.Page
---@field results thrive.User[] the records

---One of the skills.
---@class thrive.users.UpdateSkillsSkills
---@field tagName string name of the skill's tag
---@field level? number level reached; -1 for none (-1 or more)
---@field targetLevel? number level aimed at; -1 for none (-1 or more)

---People: create, update, suspend, delete (v2); read (v1); tags and skills of learners.
---@class thrive.groups.users
local users = {}

---Creates a user. The ref must be new.
---
---`POST /rest/v2/users`
---
---```lua
---local user = assert(client.users:create{
---  ref = "HR-1001", firstName = "Ada", lastName = "Lovelace",
---  email = "ada@example.org", startDate = "2026-01-05",
---  additionalFields = { department = "Sales" },
---})
---print(user.id, user.active)
---```
---@param fields thrive.users.CreateFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.UserLifecycle? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:create(fields, options) end

---Changes the fields given; thrive.null clears one, what is left out stays.
---
---`PATCH /rest/v2/users/ref/{ref}`
---
---```lua
---local user = assert(client.users:update("U0007", {
---  jobTitle = "Team lead", managerRef = thrive.null,
---}))
---print(user.jobTitle, user.managerRef)
---```
---@param ref string|integer the person's ref
---@param fields thrive.users.UpdateFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.UserLifecycle? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:update(ref, fields, options) end

---Makes a user inactive. To bring one back, send the event user_joined.
---
---`PATCH /rest/v2/users/ref/{ref}/suspend`
---
---```lua
---local leaving = { endDate = "2026-11-30" }
---local user = assert(client.users:suspend("U0007", leaving))
---print(user.active)
---```
---@param ref string|integer the person's ref
---@param fields? thrive.users.SuspendFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.UserLifecycle? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:suspend(ref, fields, options) end

---Irreversible: removes the personal data and the ref, keeps the training history.
---
---`DELETE /rest/v2/users/ref/{ref}`
---
---```lua
---assert(client.users:delete("U0007"))
---```
---@param ref string|integer the person's ref
---@param options? thrive.CallOptions options of the call
---@return true? done # true when it was done
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:delete(ref, options) end

---Users, a page at a time.
---
---`GET /rest/v1/users`
---
---```lua
---local page = assert(client.users:list{
---  statuses = { "active", "new" }, perPage = 50,
---})
---print(#page.results, page.pagination.totalResults)
---
---for user in client.users:each{ updatedSince = "2026-01-01" } do
---  print(user.ref, user.email)
---end
---```
---@param params? thrive.users.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.UserPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:list(params, options) end

---Loops over the records of a list, page after page. Users, a page at a time.
---
---`GET /rest/v1/users`
---@param params? thrive.users.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.User iterator # record after record
function users:each(params, options) end

---Loops over the pages of a list. Users, a page at a time.
---
---`GET /rest/v1/users`
---@param params? thrive.users.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.UserPage, thrive.Meta iterator # page after page, with its meta
function users:pages(params, options) end

---Every record of a list as one array. Users, a page at a time.
---
---`GET /rest/v1/users`
---@param params? thrive.users.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.User[] records # all of them
function users:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Users, a page at a time.
---
---`GET /rest/v1/users`
---@param params? thrive.users.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:count(params, options) end

---One user by Thrive id.
---
---`GET /rest/v1/user/{id}`
---
---```lua
---local id = assert(client.users:get_by_ref("U0007")).id
---local user = assert(client.users:get(id))
---print(user.lastLogin, #user.audiences)
---```
---@param id string|integer the user's Thrive id (24 hex digits), not the ref
---@param options? thrive.CallOptions options of the call
---@return thrive.User? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:get(id, options) end

---One user by ref.
---
---`GET /rest/v1/users/ref/{ref}`
---
---```lua
---local user, err = client.users:get_by_ref("U0007")
---print(user and user.status or err)
---```
---@param ref string|integer the person's ref
---@param options? thrive.CallOptions options of the call
---@return thrive.BasicUser? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:get_by_ref(ref, options) end

---Adds existing tags to a learner, by name.
---
---`POST /rest/v1/users/{id}/tags`
---
---```lua
---local user = assert(client.users:get_by_ref("U0007"))
---assert(client.users:add_tags(user.id, { "First Aid", "Coaching" }))
---```
---@param id string|integer the user's Thrive id (24 hex digits), not the ref
---@param names string[] tag names, any number; sent in hundreds
---@param options? thrive.CallOptions options of the call
---@return (thrive.Acknowledgement|thrive.BulkResult)? result # what became of every entry
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:add_tags(id, names, options) end

---Takes tags from a learner, by name.
---
---`PATCH /rest/v1/users/{id}/tags`
---
---```lua
---local user = assert(client.users:get_by_ref("U0007"))
---assert(client.users:add_tags(user.id, { "Coaching" }))
---assert(client.users:remove_tags(user.id, { "Coaching" }))
---```
---@param id string|integer the user's Thrive id (24 hex digits), not the ref
---@param names string[] tag names, any number; sent in hundreds
---@param options? thrive.CallOptions options of the call
---@return (thrive.Acknowledgement|thrive.BulkResult)? result # what became of every entry
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:remove_tags(id, names, options) end

---Sets levels of skills; the values are those of skills:levels().
---
---`PATCH /rest/v1/users/{id}/skills`
---
---```lua
---local user = assert(client.users:get_by_ref("U0007"))
---local levels = assert(client.skills:levels())
---local first, last = levels[1].value, levels[#levels].value
---assert(client.users:update_skills(user.id, {
---  { tagName = "First Aid", level = first, targetLevel = last },
---}))
---```
---@param id string|integer the user's Thrive id (24 hex digits), not the ref
---@param skills thrive.users.UpdateSkillsSkills[] skills, any number; sent in hundreds
---@param options? thrive.CallOptions options of the call
---@return (thrive.Acknowledgement|thrive.BulkResult)? result # what became of every entry
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function users:update_skills(id, skills, options) end

---The parameters of client.audiences:list.
---@class thrive.audiences.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 1000 (the service's default: 100) (1 to 1000)
---@field apiControlled? boolean only audiences that the API made (true) or did not make (false)
---@field updatedSince? string|number only audiences changed at or after this time (ISO 8601)

---One page of a list.
---@class thrive.AudiencePage: thrive.Page
---@field results thrive.Audience[] the records

---The fields of client.audiences:create.
---@class thrive.audiences.CreateFields
---@field name? string name (at most 100 characters)
---@field reference? string your reference; unique (at most 100 characters)
---@field parentId? string id or reference of the structure that it goes into
---@field category? "structure"|"audience" what to make

---The fields of client.audiences:update.
---@class thrive.audiences.UpdateFields
---@field name? string new name (at most 100 characters)
---@field reference? string new reference (at most 100 characters)
---@field parentId? string id of the structure that it moves to

---Audiences and the structures that hold them. What the API may change is what the API made.
---@class thrive.groups.audiences
---@field members thrive.groups.audiences.members The people in an audience.
---@field managers thrive.groups.audiences.managers The people who manage an audience, and what they may do.
local audiences = {}

---Audiences, a page at a time.
---
---`GET /rest/v1/audiences`
---
---```lua
---for audience in client.audiences:each{ apiControlled = true } do
---  local parent = audience.parent
---  print(audience.reference, audience.name, parent and parent.name)
---end
---```
---@param params? thrive.audiences.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.AudiencePage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences:list(params, options) end

---Loops over the records of a list, page after page. Audiences, a page at a time.
---
---`GET /rest/v1/audiences`
---@param params? thrive.audiences.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.Audience iterator # record after record
function audiences:each(params, options) end

---Loops over the pages of a list. Audiences, a page at a time.
---
---`GET /rest/v1/audiences`
---@param params? thrive.audiences.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.AudiencePage, thrive.Meta iterator # page after page, with its meta
function audiences:pages(params, options) end

---Every record of a list as one array. Audiences, a page at a time.
---
---`GET /rest/v1/audiences`
---@param params? thrive.audiences.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.Audience[] records # all of them
function audiences:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Audiences, a page at a time.
---
---`GET /rest/v1/audiences`
---@param params? thrive.audiences.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences:count(params, options) end

---Makes a structure (category structure, no parentId) or a child audience (category audience, with parentId).
---
---`POST /rest/v1/audiences`
---
---```lua
---local regions = assert(client.audiences:create{
---  name = "Regions", reference = "regions", category = "structure",
---})
---local north = assert(client.audiences:create{
---  name = "North", reference = "regions/north", category = "audience",
---  parentId = regions.id,
---})
---print(north.id)
---```
---@param fields? thrive.audiences.CreateFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.Audience? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences:create(fields, options) end

---One audience.
---
---`GET /rest/v1/audiences/{audience}`
---
---```lua
----- The audience's id would do as well.
---local audience = assert(client.audiences:get("all-colleagues"))
---print(audience.name, audience.type)
---```
---@param audience string|integer the audience's id or reference
---@param options? thrive.CallOptions options of the call
---@return thrive.Audience? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences:get(audience, options) end

---Changes the name, the reference or the parent.
---
---`PATCH /rest/v1/audiences/{audience}`
---
---```lua
---local changes = { name = "Care and support" }
---local audience = assert(client.audiences:update("dept-care", changes))
---print(audience.name)
---```
---@param audience string|integer the audience's id or reference
---@param fields thrive.audiences.UpdateFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.Audience? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences:update(audience, fields, options) end

---Deletes an audience. What becomes of a structure's children is the service's decision: the documents disagree.
---
---`DELETE /rest/v1/audiences/{audience}`
---
---```lua
---local closed = assert(client.audiences:create{
---  name = "Closed", reference = "closed", category = "structure",
---})
---assert(client.audiences:delete(closed.id))
---```
---@param audience string|integer the audience's id or reference
---@param options? thrive.CallOptions options of the call
---@return true? done # true when it was done
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences:delete(audience, options) end

---The parameters of client.audiences.members:list.
---@class thrive.audiences.members.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 1000 (the service's default: 100) (1 to 1000)

---One page of a list.
---@class thrive.MemberPage: thrive.Page
---@field results thrive.Member[] the records

---The people in an audience.
---@class thrive.groups.audiences.members
local audiences_members = {}

---Members, a page at a time.
---
---`GET /rest/v1/audiences/{audience}/members`
---
---```lua
---for member in client.audiences.members:each("dept-care") do
---  print(member.reference, member.email)
---end
---```
---@param audience string|integer the audience's id or reference
---@param params? thrive.audiences.members.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.MemberPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences_members:list(audience, params, options) end

---Loops over the records of a list, page after page. Members, a page at a time.
---
---`GET /rest/v1/audiences/{audience}/members`
---@param audience string|integer the audience's id or reference
---@param params? thrive.audiences.members.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.Member iterator # record after record
function audiences_members:each(audience, params, options) end

---Loops over the pages of a list. Members, a page at a time.
---
---`GET /rest/v1/audiences/{audience}/members`
---@param audience string|integer the audience's id or reference
---@param params? thrive.audiences.members.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.MemberPage, thrive.Meta iterator # page after page, with its meta
function audiences_members:pages(audience, params, options) end

---Every record of a list as one array. Members, a page at a time.
---
---`GET /rest/v1/audiences/{audience}/members`
---@param audience string|integer the audience's id or reference
---@param params? thrive.audiences.members.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.Member[] records # all of them
function audiences_members:all(audience, params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Members, a page at a time.
---
---`GET /rest/v1/audiences/{audience}/members`
---@param audience string|integer the audience's id or reference
---@param params? thrive.audiences.members.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences_members:count(audience, params, options) end

---Adds users; any number, sent in hundreds.
---
---`POST /rest/v1/audiences/{audience}/members`
---
---```lua
---local refs = {}
---for user in client.users:each({ status = "active" }, { limit = 250 }) do
---  refs[#refs + 1] = user.ref
---end
----- Three requests of at most a hundred.
---local result, err = client.audiences.members:add("group-mentors", refs)
---if err and err.kind ~= "partial" then error(err) end
---for _, outcome in ipairs(result.outcomes) do
---  if outcome.outcome ~= "success" then
---    print(outcome.input, outcome.outcome, outcome.reason)
---  end
---end
---```
---@param audience string|integer the audience's id or reference
---@param users string[] users: email, ref or id of each
---@param options? thrive.CallOptions options of the call
---@return thrive.BulkResult? result # what became of every entry
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences_members:add(audience, users, options) end

---Makes these users the members, and nobody else. Over 100 only with options.split = true: the first hundred replace, the others are added, and between the two the audience is incomplete.
---
---`PATCH /rest/v1/audiences/{audience}/members`
---
---```lua
---local members, mentors = client.audiences.members, { "U0001", "U0002" }
---local result = assert(members:replace("group-mentors", mentors))
---print(result.success.count)
---```
---@param audience string|integer the audience's id or reference
---@param users string[] users: email, ref or id of each
---@param options? thrive.BulkOptions options of the call
---@return thrive.BulkResult? result # what became of every entry
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences_members:replace(audience, users, options) end

---Takes one user out.
---
---`DELETE /rest/v1/audiences/{audience}/members/{user}`
---
---```lua
---local mentors = { "U0001", "U0002" }
---assert(client.audiences.members:replace("group-mentors", mentors))
---assert(client.audiences.members:remove("group-mentors", "U0002"))
---```
---@param audience string|integer the audience's id or reference
---@param user string|integer email, ref or id of the user
---@param options? thrive.CallOptions options of the call
---@return true? done # true when it was done
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences_members:remove(audience, user, options) end

---One page of a list.
---@class thrive.ManagerPage: thrive.Page
---@field results thrive.Manager[] the records

---Managing the audience.
---@class thrive.audiences.managers.AddManagers.permissions.audienceManager
---@field manageContent? boolean assign content
---@field assignments? boolean manage assignments
---@field manageMembers? boolean change members (read only: not sent) (left out)

---Managing the people in it.
---@class thrive.audiences.managers.AddManagers.permissions.peopleManager
---@field canViewLearnPage? boolean see their learning
---@field insights? boolean see insights
---@field manage? boolean manage them

---Structures only: managing what is in the structure.
---@class thrive.audiences.managers.AddManagers.permissions.administrator
---@field canAddAudienceManagers? boolean add managers
---@field canManageAudiences? boolean manage audiences (read only: not sent) (left out)

---What the manager may do.
---@class thrive.audiences.managers.AddManagers.permissions
---@field audienceManager? thrive.audiences.managers.AddManagers.permissions.audienceManager managing the audience
---@field peopleManager? thrive.audiences.managers.AddManagers.permissions.peopleManager managing the people in it
---@field administrator? thrive.audiences.managers.AddManagers.permissions.administrator structures only: managing what is in the structure

---One of the managers.
---@class thrive.audiences.managers.AddManagers
---@field reference string email or ref of the user
---@field permissions thrive.audiences.managers.AddManagers.permissions what the manager may do
---@field userId? string Thrive id (read only: not sent) (left out)
---@field email? string email address (read only: not sent) (left out)

---Managing the audience.
---@class thrive.audiences.managers.ReplaceManagers.permissions.audienceManager
---@field manageContent? boolean assign content
---@field assignments? boolean manage assignments
---@field manageMembers? boolean change members (read only: not sent) (left out)

---Managing the people in it.
---@class thrive.audiences.managers.ReplaceManagers.permissions.peopleManager
---@field canViewLearnPage? boolean see their learning
---@field insights? boolean see insights
---@field manage? boolean manage them

---Structures only: managing what is in the structure.
---@class thrive.audiences.managers.ReplaceManagers.permissions.administrator
---@field canAddAudienceManagers? boolean add managers
---@field canManageAudiences? boolean manage audiences (read only: not sent) (left out)

---What the manager may do.
---@class thrive.audiences.managers.ReplaceManagers.permissions
---@field audienceManager? thrive.audiences.managers.ReplaceManagers.permissions.audienceManager managing the audience
---@field peopleManager? thrive.audiences.managers.ReplaceManagers.permissions.peopleManager managing the people in it
---@field administrator? thrive.audiences.managers.ReplaceManagers.permissions.administrator structures only: managing what is in the structure

---One of the managers.
---@class thrive.audiences.managers.ReplaceManagers
---@field reference string email or ref of the user
---@field permissions thrive.audiences.managers.ReplaceManagers.permissions what the manager may do
---@field userId? string Thrive id (read only: not sent) (left out)
---@field email? string email address (read only: not sent) (left out)

---The people who manage an audience, and what they may do.
---@class thrive.groups.audiences.managers
local audiences_managers = {}

---All managers; this list has no pages.
---
---`GET /rest/v1/audiences/{audience}/managers`
---
---```lua
---local page = assert(client.audiences.managers:list("company"))
---for _, manager in ipairs(page.results) do
---  local may = manager.permissions.audienceManager
---  print(manager.reference, may.manageContent)
---end
---```
---@param audience string|integer the audience's id or reference
---@param options? thrive.CallOptions options of the call
---@return thrive.ManagerPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences_managers:list(audience, options) end

---Adds managers; any number, sent in hundreds.
---
---`POST /rest/v1/audiences/{audience}/managers`
---
---```lua
---assert(client.audiences.managers:add("dept-care", { {
---  reference = "U0002",
---  permissions = {
---    audienceManager = { manageContent = true },
---    peopleManager = { insights = true },
---  },
---} }))
---```
---@param audience string|integer the audience's id or reference
---@param managers thrive.audiences.managers.AddManagers[] managers: { reference =, permissions = { … } } of each
---@param options? thrive.CallOptions options of the call
---@return thrive.BulkResult? result # what became of every entry
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences_managers:add(audience, managers, options) end

---Makes these the managers, and nobody else. Over 100 only with options.split = true: the first hundred replace, the others are added, and between the two the list is incomplete.
---
---`PATCH /rest/v1/audiences/{audience}/managers`
---
---```lua
----- Read, change, write: what can be read but not written is left out.
---local new = { { reference = "U0002", permissions = {} } }
---assert(client.audiences.managers:add("dept-care", new))
---local managers = assert(client.audiences.managers:list("dept-care")).results
---for _, manager in ipairs(managers) do
---  manager.permissions.audienceManager = { assignments = true }
---end
---assert(client.audiences.managers:replace("dept-care", managers))
---```
---@param audience string|integer the audience's id or reference
---@param managers thrive.audiences.managers.ReplaceManagers[] managers: { reference =, permissions = { … } } of each
---@param options? thrive.BulkOptions options of the call
---@return thrive.BulkResult? result # what became of every entry
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences_managers:replace(audience, managers, options) end

---Takes one manager away.
---
---`DELETE /rest/v1/audiences/{audience}/managers/{user}`
---
---```lua
---local new = { { reference = "U0002", permissions = {} } }
---assert(client.audiences.managers:add("dept-care", new))
---assert(client.audiences.managers:remove("dept-care", "U0002"))
---```
---@param audience string|integer the audience's id or reference
---@param user string|integer email, ref or id of the user
---@param options? thrive.CallOptions options of the call
---@return true? done # true when it was done
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function audiences_managers:remove(audience, user, options) end

---The parameters of client.assignments:list.
---@class thrive.assignments.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 100 (the service's default: 100) (1 to 100)
---@field audienceId? string only those of this audience: its id or reference
---@field updatedSince? string|number only assignments changed at or after this time (ISO 8601)

---One page of a list.
---@class thrive.AssignmentPage: thrive.Page
---@field results thrive.Assignment[] the records

---The fields of client.assignments:create.
---@class thrive.assignments.CreateFields
---@field audienceId string the audience
---@field contentId string the content
---@field alternativeContentIds? string[] content that counts as well
---@field hideAlternativeContent? boolean hide that content
---@field completionPeriod? integer days to complete it in (the service's default: 30) (0 or more)
---@field recurrence? integer days after which it is due again (0 or more)

---The fields of client.assignments:update.
---@class thrive.assignments.UpdateFields
---@field audienceId string the audience
---@field contentId? string the content
---@field completionPeriod? integer days to complete it in (0 or more)
---@field recurrence? integer|thrive.null days after which it is due again; thrive.null: never (0 or more; thrive.null clears it)
---@field alternativeContentIds? string[] content that counts as well

---The fields of client.assignments:delete.
---@class thrive.assignments.DeleteFields
---@field audienceId string the audience

---Content assigned to an audience, with a time to complete it in.
---@class thrive.groups.assignments
---@field enrolments thrive.groups.assignments.enrolments How far each person is with an assignment.
local assignments = {}

---Assignments, a page at a time.
---
---`GET /rest/v1/assignments`
---
---```lua
---local audience = { audienceId = "all-colleagues" }
---for assignment in client.assignments:each(audience) do
---  print(assignment.id, assignment.primaryContentId, assignment.recurrence)
---end
---```
---@param params? thrive.assignments.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.AssignmentPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function assignments:list(params, options) end

---Loops over the records of a list, page after page. Assignments, a page at a time.
---
---`GET /rest/v1/assignments`
---@param params? thrive.assignments.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.Assignment iterator # record after record
function assignments:each(params, options) end

---Loops over the pages of a list. Assignments, a page at a time.
---
---`GET /rest/v1/assignments`
---@param params? thrive.assignments.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.AssignmentPage, thrive.Meta iterator # page after page, with its meta
function assignments:pages(params, options) end

---Every record of a list as one array. Assignments, a page at a time.
---
---`GET /rest/v1/assignments`
---@param params? thrive.assignments.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.Assignment[] records # all of them
function assignments:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Assignments, a page at a time.
---
---`GET /rest/v1/assignments`
---@param params? thrive.assignments.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function assignments:count(params, options) end

---Assigns content to an audience.
---
---`POST /rest/v1/assignments`
---
---```lua
---local content = assert(client.content:list{ perPage = 1 }).results[1]
---local assignment = assert(client.assignments:create{
---  audienceId = "dept-care", contentId = content.id,
---  completionPeriod = 14, recurrence = 365,
---})
---print(assignment.primaryContentId == content.id)
---```
---@param fields thrive.assignments.CreateFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.Assignment? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function assignments:create(fields, options) end

---One assignment.
---
---`GET /rest/v1/assignments/{id}`
---
---```lua
---local id = assert(client.assignments:list{ perPage = 1 }).results[1].id
---print(assert(client.assignments:get(id)).completionPeriod)
---```
---@param id string|integer the assignment's id
---@param options? thrive.CallOptions options of the call
---@return thrive.Assignment? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function assignments:get(id, options) end

---Changes the fields given; audienceId has to be among them.
---
---`PATCH /rest/v1/assignments/{id}`
---
---```lua
---local assignment = assert(client.assignments:list{ perPage = 1 }).results[1]
---assert(client.assignments:update(assignment.id, {
---  audienceId = assignment.audienceId, completionPeriod = 60,
---}))
---```
---@param id string|integer the assignment's id
---@param fields thrive.assignments.UpdateFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.Assignment? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function assignments:update(id, fields, options) end

---Deletes an assignment. The service wants its audience in the body.
---
---`DELETE /rest/v1/assignments/{id}`
---
---```lua
---local assignment = assert(client.assignments:list{ perPage = 1 }).results[1]
---assert(client.assignments:delete(assignment.id, {
---  audienceId = assignment.audienceId,
---}))
---```
---@param id string|integer the assignment's id
---@param fields thrive.assignments.DeleteFields see its fields
---@param options? thrive.CallOptions options of the call
---@return true? done # true when it was done
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function assignments:delete(id, fields, options) end

---The parameters of client.assignments.enrolments:list.
---@class thrive.assignments.enrolments.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 100 (the service's default: 100) (1 to 100)
---@field updatedAtFrom? string|number only enrolments changed at or after this time (ISO 8601)
---@field updatedAtTo? string|number only enrolments changed until this time (ISO 8601; needs updatedAtFrom)
---@field status? "archived"|"complete"|"open"|"overdue"|"scheduled"|"unassigned" only enrolments of this status

---One page of a list.
---@class thrive.EnrolmentPage: thrive.Page
---@field results thrive.Enrolment[] the records

---How far each person is with an assignment.
---@class thrive.groups.assignments.enrolments
local assignments_enrolments = {}

---Enrolments, a page at a time.
---
---`GET /rest/v1/assignments/{assignment}/enrolments`
---
---```lua
---local assignment = assert(client.assignments:list{ perPage = 1 }).results[1]
---local late = { status = "overdue" }
---for enrolment in client.assignments.enrolments:each(assignment.id, late) do
---  print(enrolment.userId, enrolment.dueDate)
---end
---```
---@param assignment string|integer the assignment's id
---@param params? thrive.assignments.enrolments.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.EnrolmentPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function assignments_enrolments:list(assignment, params, options) end

---Loops over the records of a list, page after page. Enrolments, a page at a time.
---
---`GET /rest/v1/assignments/{assignment}/enrolments`
---@param assignment string|integer the assignment's id
---@param params? thrive.assignments.enrolments.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.Enrolment iterator # record after record
function assignments_enrolments:each(assignment, params, options) end

---Loops over the pages of a list. Enrolments, a page at a time.
---
---`GET /rest/v1/assignments/{assignment}/enrolments`
---@param assignment string|integer the assignment's id
---@param params? thrive.assignments.enrolments.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.EnrolmentPage, thrive.Meta iterator # page after page, with its meta
function assignments_enrolments:pages(assignment, params, options) end

---Every record of a list as one array. Enrolments, a page at a time.
---
---`GET /rest/v1/assignments/{assignment}/enrolments`
---@param assignment string|integer the assignment's id
---@param params? thrive.assignments.enrolments.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.Enrolment[] records # all of them
function assignments_enrolments:all(assignment, params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Enrolments, a page at a time.
---
---`GET /rest/v1/assignments/{assignment}/enrolments`
---@param assignment string|integer the assignment's id
---@param params? thrive.assignments.enrolments.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function assignments_enrolments:count(assignment, params, options) end

---One enrolment.
---
---`GET /rest/v1/assignments/{assignment}/enrolments/{enrolment}`
---
---```lua
---local enrolments = client.assignments.enrolments
---local assignment = assert(client.assignments:list{ perPage = 1 }).results[1]
---local page = assert(enrolments:list(assignment.id, { perPage = 1 }))
---local enrolment = assert(enrolments:get(assignment.id, page.results[1].id))
---print(enrolment.status, #enrolment.history)
---```
---@param assignment string|integer the assignment's id
---@param enrolment string|integer the enrolment's id
---@param options? thrive.CallOptions options of the call
---@return thrive.Enrolment? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function assignments_enrolments:get(assignment, enrolment, options) end

---The parameters of client.completions:list.
---@class thrive.completions.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 1000 (the service's default: 1000) (1 to 1000)
---@field contentId? string only those of this content
---@field isRPL? boolean only prior learning (true), or none of it (false)
---@field userId? string only those of this user: Thrive id
---@field completedDateRangeStart? string|number completed at or after this time (ISO 8601)
---@field completedDateRangeEnd? string|number completed until this time (ISO 8601)

---One page of a list.
---@class thrive.CompletionPage: thrive.Page
---@field results thrive.Completion[] the records

---The fields of client.completions:create.
---@class thrive.completions.CreateFields
---@field userId string the user: Thrive id
---@field contentId string the content
---@field completedAt string|number when (ISO 8601 date-time)

---What was completed, by whom and when.
---@class thrive.groups.completions
local completions = {}

---Completions, a page at a time.
---
---`GET /rest/v1/learning/completions`
---
---```lua
---for completion in client.completions:each{
---  completedDateRangeStart = os.time() - 30 * 86400, isRPL = false,
---} do
---  print(completion.userId, completion.contentId, completion.completedAt)
---end
---```
---@param params? thrive.completions.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.CompletionPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function completions:list(params, options) end

---Loops over the records of a list, page after page. Completions, a page at a time.
---
---`GET /rest/v1/learning/completions`
---@param params? thrive.completions.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.Completion iterator # record after record
function completions:each(params, options) end

---Loops over the pages of a list. Completions, a page at a time.
---
---`GET /rest/v1/learning/completions`
---@param params? thrive.completions.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.CompletionPage, thrive.Meta iterator # page after page, with its meta
function completions:pages(params, options) end

---Every record of a list as one array. Completions, a page at a time.
---
---`GET /rest/v1/learning/completions`
---@param params? thrive.completions.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.Completion[] records # all of them
function completions:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Completions, a page at a time.
---
---`GET /rest/v1/learning/completions`
---@param params? thrive.completions.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function completions:count(params, options) end

---One completion.
---
---`GET /rest/v1/learning/completions/{id}`
---
---```lua
---local id = assert(client.completions:list{ perPage = 1 }).results[1].id
---print(assert(client.completions:get(id)).completionType)
---```
---@param id string|integer the completion's id
---@param options? thrive.CallOptions options of the call
---@return thrive.Completion? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function completions:get(id, options) end

---Records that a user has completed content. Safe to repeat: the same record is not made twice.
---
---`POST /rest/v1/learning/completions`
---
---```lua
---local user = assert(client.users:get_by_ref("U0007"))
---local content = assert(client.content:list{ perPage = 1 }).results[1]
---local statement = assert(client.completions:create{
---  userId = user.id, contentId = content.id,
---  completedAt = "2023-06-30T17:00:00Z",
---})
---print(statement.statementId, statement.created)
---```
---@param fields thrive.completions.CreateFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.CompletionStatement? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function completions:create(fields, options) end

---The parameters of client.content:list.
---@class thrive.content.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 1000 (the service's default: 20) (1 to 1000)
---@field types? string|("article"|"assessment"|"broadcast"|"cmi5"|"elearning"|"event"|"file"|"pathway"|"question"|"quiz"|"scorm"|"url"|"video"|"mixed")[] only these types
---@field omitTypes? string|("article"|"assessment"|"broadcast"|"cmi5"|"elearning"|"event"|"file"|"pathway"|"question"|"quiz"|"scorm"|"url"|"video"|"mixed")[] none of these types; the service ignores it beside types
---@field updatedSince? string|number only content changed at or after this time (ISO 8601)

---One page of a list.
---@class thrive.ContentPage: thrive.Page
---@field results thrive.Content[] the records

---What there is to learn.
---@class thrive.groups.content
local content = {}

---Content, a page at a time.
---
---`GET /rest/v1/contents`
---
---```lua
---for content in client.content:each{
---  types = { "video", "article" }, updatedSince = "2023-01-01",
---} do
---  print(content.title, table.concat(content.tags, ", "))
---end
---```
---@param params? thrive.content.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.ContentPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function content:list(params, options) end

---Loops over the records of a list, page after page. Content, a page at a time.
---
---`GET /rest/v1/contents`
---@param params? thrive.content.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.Content iterator # record after record
function content:each(params, options) end

---Loops over the pages of a list. Content, a page at a time.
---
---`GET /rest/v1/contents`
---@param params? thrive.content.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.ContentPage, thrive.Meta iterator # page after page, with its meta
function content:pages(params, options) end

---Every record of a list as one array. Content, a page at a time.
---
---`GET /rest/v1/contents`
---@param params? thrive.content.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.Content[] records # all of them
function content:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Content, a page at a time.
---
---`GET /rest/v1/contents`
---@param params? thrive.content.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function content:count(params, options) end

---One piece of content.
---
---`GET /rest/v1/contents/{id}`
---
---```lua
---local id = assert(client.content:list{ perPage = 1 }).results[1].id
---local content = assert(client.content:get(id))
---print(content.title, content.duration and content.duration.value)
---```
---@param id string|integer the content's id
---@param options? thrive.CallOptions options of the call
---@return thrive.Content? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function content:get(id, options) end

---The parameters of client.activities:list.
---@class thrive.activities.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 1000 (the service's default: 20) (1 to 1000)
---@field actions? string|string[] only these actions
---@field omitActions? string|string[] none of these actions
---@field contentIds? string|string[] only those on this content: ids
---@field contentType? string only those on things of this type, such as content
---@field timestampFrom? string|number done at or after this time, in UTC (YYYY-MM-DD hh:mm:ss)
---@field timestampTo? string|number done until this time, in UTC (YYYY-MM-DD hh:mm:ss)

---One page of a list.
---@class thrive.ActivityPage: thrive.Page
---@field results thrive.Activity[] the records

---What users did: viewed, completed, logged in and so on.
---@class thrive.groups.activities
local activities = {}

---Activities, a page at a time.
---
---`GET /rest/v1/activities`
---
---```lua
---for activity in client.activities:each{
---  actions = { "completed" },
---  timestampFrom = "2023-01-01 00:00:00",
---  timestampTo = "2023-01-08 00:00:00",
---} do
---  print(activity.date, activity.user, activity.name)
---end
---```
---@param params? thrive.activities.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.ActivityPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function activities:list(params, options) end

---Loops over the records of a list, page after page. Activities, a page at a time.
---
---`GET /rest/v1/activities`
---@param params? thrive.activities.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.Activity iterator # record after record
function activities:each(params, options) end

---Loops over the pages of a list. Activities, a page at a time.
---
---`GET /rest/v1/activities`
---@param params? thrive.activities.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.ActivityPage, thrive.Meta iterator # page after page, with its meta
function activities:pages(params, options) end

---Every record of a list as one array. Activities, a page at a time.
---
---`GET /rest/v1/activities`
---@param params? thrive.activities.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.Activity[] records # all of them
function activities:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Activities, a page at a time.
---
---`GET /rest/v1/activities`
---@param params? thrive.activities.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function activities:count(params, options) end

---One activity.
---
---`GET /rest/v1/activity/{id}`
---
---```lua
---local id = assert(client.activities:list{ perPage = 1 }).results[1].id
---print(assert(client.activities:get(id)).type)
---```
---@param id string|integer the activity's id
---@param options? thrive.CallOptions options of the call
---@return thrive.Activity? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function activities:get(id, options) end

---Continuing professional development: categories, log entries, requirements and sums per user.
---@class thrive.groups.cpd
---@field categories thrive.groups.cpd.categories Categories of CPD.
---@field entries thrive.groups.cpd.entries Entries of the CPD log.
---@field requirements thrive.groups.cpd.requirements How much CPD an audience has to do.
---@field summaries thrive.groups.cpd.summaries How much CPD each user did between two times.
local cpd = {}

---The parameters of client.cpd.categories:list.
---@class thrive.cpd.categories.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 1000 (the service's default: 100) (1 to 1000)
---@field updatedSince? string|number only categories changed at or after this time (ISO 8601)

---One page of a list.
---@class thrive.CpdCategoryPage: thrive.Page
---@field results thrive.CpdCategory[] the records

---Categories of CPD.
---@class thrive.groups.cpd.categories
local cpd_categories = {}

---Categories, a page at a time.
---
---`GET /rest/v1/cpdCategories`
---
---```lua
---for category in client.cpd.categories:each() do
---  print(category.categoryId, category.name)
---end
---```
---@param params? thrive.cpd.categories.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.CpdCategoryPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_categories:list(params, options) end

---Loops over the records of a list, page after page. Categories, a page at a time.
---
---`GET /rest/v1/cpdCategories`
---@param params? thrive.cpd.categories.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.CpdCategory iterator # record after record
function cpd_categories:each(params, options) end

---Loops over the pages of a list. Categories, a page at a time.
---
---`GET /rest/v1/cpdCategories`
---@param params? thrive.cpd.categories.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.CpdCategoryPage, thrive.Meta iterator # page after page, with its meta
function cpd_categories:pages(params, options) end

---Every record of a list as one array. Categories, a page at a time.
---
---`GET /rest/v1/cpdCategories`
---@param params? thrive.cpd.categories.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.CpdCategory[] records # all of them
function cpd_categories:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Categories, a page at a time.
---
---`GET /rest/v1/cpdCategories`
---@param params? thrive.cpd.categories.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_categories:count(params, options) end

---One category.
---
---`GET /rest/v1/cpdCategories/{id}`
---
---```lua
---local page = assert(client.cpd.categories:list{ perPage = 1 })
---local id = page.results[1].categoryId
---print(assert(client.cpd.categories:get(id)).name)
---```
---@param id string|integer the categoryId
---@param options? thrive.CallOptions options of the call
---@return thrive.CpdCategory? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_categories:get(id, options) end

---The parameters of client.cpd.entries:list.
---@class thrive.cpd.entries.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 1000 (the service's default: 100) (1 to 1000)
---@field entryDateFrom? string|number from this time, in UTC (YYYY-MM-DD or YYYY-MM-DD hh:mm:ss)
---@field entryDateTo? string|number until this time, in UTC (YYYY-MM-DD or YYYY-MM-DD hh:mm:ss)

---One page of a list.
---@class thrive.CpdEntryPage: thrive.Page
---@field results thrive.CpdEntry[] the records

---Entries of the CPD log.
---@class thrive.groups.cpd.entries
local cpd_entries = {}

---Entries, a page at a time.
---
---`GET /rest/v1/cpdEntries`
---
---```lua
---local minutes = 0
---for entry in client.cpd.entries:each{
---  entryDateFrom = "2023-01-01", entryDateTo = "2023-01-31",
---} do
---  minutes = minutes + entry.durationMinutes
---end
---print(minutes)
---```
---@param params? thrive.cpd.entries.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.CpdEntryPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_entries:list(params, options) end

---Loops over the records of a list, page after page. Entries, a page at a time.
---
---`GET /rest/v1/cpdEntries`
---@param params? thrive.cpd.entries.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.CpdEntry iterator # record after record
function cpd_entries:each(params, options) end

---Loops over the pages of a list. Entries, a page at a time.
---
---`GET /rest/v1/cpdEntries`
---@param params? thrive.cpd.entries.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.CpdEntryPage, thrive.Meta iterator # page after page, with its meta
function cpd_entries:pages(params, options) end

---Every record of a list as one array. Entries, a page at a time.
---
---`GET /rest/v1/cpdEntries`
---@param params? thrive.cpd.entries.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.CpdEntry[] records # all of them
function cpd_entries:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Entries, a page at a time.
---
---`GET /rest/v1/cpdEntries`
---@param params? thrive.cpd.entries.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_entries:count(params, options) end

---One entry.
---
---`GET /rest/v1/cpdEntries/{id}`
---
---```lua
---local page = assert(client.cpd.entries:list{ perPage = 1 })
---local entry = assert(client.cpd.entries:get(page.results[1].logEntryId))
---print(entry.activity.name)
---```
---@param id string|integer the logEntryId
---@param options? thrive.CallOptions options of the call
---@return thrive.CpdEntry? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_entries:get(id, options) end

---The parameters of client.cpd.requirements:list.
---@class thrive.cpd.requirements.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 1000 (the service's default: 100) (1 to 1000)
---@field updatedSince? string|number only requirements changed at or after this time (ISO 8601)

---One page of a list.
---@class thrive.CpdRequirementPage: thrive.Page
---@field results thrive.CpdRequirement[] the records

---How much CPD an audience has to do.
---@class thrive.groups.cpd.requirements
local cpd_requirements = {}

---Requirements, a page at a time.
---
---`GET /rest/v1/cpdRequirementSummaries`
---
---```lua
---for requirement in client.cpd.requirements:each() do
---  print(requirement.audienceId, requirement.requiredMinutes)
---end
---```
---@param params? thrive.cpd.requirements.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.CpdRequirementPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_requirements:list(params, options) end

---Loops over the records of a list, page after page. Requirements, a page at a time.
---
---`GET /rest/v1/cpdRequirementSummaries`
---@param params? thrive.cpd.requirements.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.CpdRequirement iterator # record after record
function cpd_requirements:each(params, options) end

---Loops over the pages of a list. Requirements, a page at a time.
---
---`GET /rest/v1/cpdRequirementSummaries`
---@param params? thrive.cpd.requirements.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.CpdRequirementPage, thrive.Meta iterator # page after page, with its meta
function cpd_requirements:pages(params, options) end

---Every record of a list as one array. Requirements, a page at a time.
---
---`GET /rest/v1/cpdRequirementSummaries`
---@param params? thrive.cpd.requirements.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.CpdRequirement[] records # all of them
function cpd_requirements:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Requirements, a page at a time.
---
---`GET /rest/v1/cpdRequirementSummaries`
---@param params? thrive.cpd.requirements.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_requirements:count(params, options) end

---One requirement.
---
---`GET /rest/v1/cpdRequirementSummaries/{id}`
---
---```lua
---local page = assert(client.cpd.requirements:list{ perPage = 1 })
---local id = page.results[1].audienceRequirementId
---print(assert(client.cpd.requirements:get(id)).requiredMinutes)
---```
---@param id string|integer the audienceRequirementId
---@param options? thrive.CallOptions options of the call
---@return thrive.CpdRequirement? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_requirements:get(id, options) end

---The parameters of client.cpd.summaries:list.
---@class thrive.cpd.summaries.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 1000 (the service's default: 100) (1 to 1000)
---@field entryDateFrom string|number from this time, in UTC (YYYY-MM-DDThh:mm:ss)
---@field entryDateTo string|number until this time, in UTC (YYYY-MM-DDThh:mm:ss)
---@field userIds? string|string[] only these users: Thrive ids

---One page of a list.
---@class thrive.CpdSummaryPage: thrive.Page
---@field results thrive.CpdSummary[] the records

---How much CPD each user did between two times.
---@class thrive.groups.cpd.summaries
local cpd_summaries = {}

---Sums, a page at a time.
---
---`GET /rest/v1/cpdUserLogSummaries`
---
---```lua
---for summary in client.cpd.summaries:each{
---  entryDateFrom = "2023-01-01", entryDateTo = "2024-01-01",
---} do
---  print(summary.userId, summary.durationMinutes)
---end
---```
---@param params thrive.cpd.summaries.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.CpdSummaryPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_summaries:list(params, options) end

---Loops over the records of a list, page after page. Sums, a page at a time.
---
---`GET /rest/v1/cpdUserLogSummaries`
---@param params thrive.cpd.summaries.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.CpdSummary iterator # record after record
function cpd_summaries:each(params, options) end

---Loops over the pages of a list. Sums, a page at a time.
---
---`GET /rest/v1/cpdUserLogSummaries`
---@param params thrive.cpd.summaries.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.CpdSummaryPage, thrive.Meta iterator # page after page, with its meta
function cpd_summaries:pages(params, options) end

---Every record of a list as one array. Sums, a page at a time.
---
---`GET /rest/v1/cpdUserLogSummaries`
---@param params thrive.cpd.summaries.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.CpdSummary[] records # all of them
function cpd_summaries:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Sums, a page at a time.
---
---`GET /rest/v1/cpdUserLogSummaries`
---@param params thrive.cpd.summaries.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function cpd_summaries:count(params, options) end

---The parameters of client.tags:list.
---@class thrive.tags.ListParams
---@field page? integer page number (1 or more)
---@field perPage? integer records per page, 1 to 1000 (the service's default: 100) (1 to 1000)
---@field updatedSince? string|number only tags changed at or after this time (ISO 8601)

---One page of a list.
---@class thrive.TagPage: thrive.Page
---@field results thrive.Tag[] the records

---Tags, and where they are used.
---@class thrive.groups.tags
local tags = {}

---Tags, a page at a time where the service has pages.
---
---`GET /rest/v1/tags`
---
---```lua
---for tag in client.tags:each() do
---  print(tag.tag, #tag.contents, #tag.skills)
---end
---```
---@param params? thrive.tags.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.TagPage? page # one page
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function tags:list(params, options) end

---Loops over the records of a list, page after page. Tags, a page at a time where the service has pages.
---
---`GET /rest/v1/tags`
---@param params? thrive.tags.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.Tag iterator # record after record
function tags:each(params, options) end

---Loops over the pages of a list. Tags, a page at a time where the service has pages.
---
---`GET /rest/v1/tags`
---@param params? thrive.tags.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return fun(): thrive.TagPage, thrive.Meta iterator # page after page, with its meta
function tags:pages(params, options) end

---Every record of a list as one array. Tags, a page at a time where the service has pages.
---
---`GET /rest/v1/tags`
---@param params? thrive.tags.ListParams see its fields
---@param options? thrive.IterationOptions options of the call
---@return thrive.Tag[] records # all of them
function tags:all(params, options) end

---How many records a list has: by one request where the service gives totals, by reading where its lists are bare arrays. Tags, a page at a time where the service has pages.
---
---`GET /rest/v1/tags`
---@param params? thrive.tags.ListParams see its fields
---@param options? thrive.CallOptions options of the call
---@return integer? n # how many there are
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function tags:count(params, options) end

---One tag.
---
---`GET /rest/v1/tags/{id}`
---
---```lua
---local id = assert(client.tags:list()).results[1].id
---print(assert(client.tags:get(id)).tag)
---```
---@param id string|integer the tag's id
---@param options? thrive.CallOptions options of the call
---@return thrive.Tag? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function tags:get(id, options) end

---Levels that a skill can have.
---@class thrive.groups.skills
local skills = {}

---All levels, as an array.
---
---`GET /rest/v1/skills/levels`
---
---```lua
---for _, level in ipairs(assert(client.skills:levels())) do
---  print(level.name, level.value, level.isEnabled)
---end
---```
---@param options? thrive.CallOptions options of the call
---@return thrive.SkillLevel[]? records # all of them
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function skills:levels(options) end

---The user; custom fields stand beside the others.
---@class thrive.events.UserJoinedUser
---@field ref string your organisation's unique identifier for this person
---@field email string email address
---@field firstName string given name
---@field lastName string family name
---@field role? "administrator"|"learneradmin"|"learner" role
---@field jobTitle? string job title
---@field managerRef? string ref of the line manager
---@field startDate? string|number when the person started (ISO 8601)
---@field endDate? string|number when the person left (ISO 8601)
---@field timeZone? string IANA name such as Europe/London
---@field languageCode? string such as en-gb; one that the tenant has enabled
---@field sso? boolean is the account managed by an authentication provider?
---@field domain? string domain that the person belongs to
---@field [string] any # custom fields

---The user; custom fields stand beside the others.
---@class thrive.events.UserUpdatedUser
---@field ref string your organisation's unique identifier for this person
---@field email? string email address
---@field firstName? string given name
---@field lastName? string family name
---@field role? "administrator"|"learneradmin"|"learner" role
---@field jobTitle? string job title
---@field managerRef? string ref of the line manager
---@field startDate? string|number when the person started (ISO 8601)
---@field endDate? string|number when the person left (ISO 8601)
---@field timeZone? string IANA name such as Europe/London
---@field languageCode? string such as en-gb; one that the tenant has enabled
---@field sso? boolean is the account managed by an authentication provider?
---@field domain? string domain that the person belongs to
---@field [string] any # custom fields

---The user.
---@class thrive.events.UserSuspendedUser
---@field ref string the person's ref
---@field endDate? string|number when the person left (ISO 8601)

---The user.
---@class thrive.events.UserDeletedUser
---@field ref string the person's ref

---The fields of client.events:send.
---@class thrive.events.SendFields
---@field id string unique id of the event
---@field timestamp string|number when it happened (ISO 8601 date-time)
---@field eventType "user_joined"|"user_updated"|"user_suspended"|"user_deleted" the kind of event
---@field content table<string, any> # { user = { … } }

---Tells Thrive what happened to a person. The only way to bring a suspended user back is user_joined.
---@class thrive.groups.events
local events = {}

---Creates a user, or brings a suspended one back.
---
---`POST /webhooks`
---
---```lua
---assert(client.events:user_joined{
---  ref = "HR-1002", firstName = "Grace", lastName = "Hopper",
---  email = "grace@example.org", department = "IT",
---})
---```
---@param user thrive.events.UserJoinedUser the user; custom fields stand beside the others
---@param details? thrive.EventDetails id and time of the event
---@param options? thrive.CallOptions options of the call
---@return thrive.EventUser? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function events:user_joined(user, details, options) end

---Changes a user: ref and what changed.
---
---`POST /webhooks`
---
---```lua
---assert(client.events:user_updated{
---  ref = "U0007", jobTitle = "Team lead", department = "Care",
---})
---```
---@param user thrive.events.UserUpdatedUser the user; custom fields stand beside the others
---@param details? thrive.EventDetails id and time of the event
---@param options? thrive.CallOptions options of the call
---@return thrive.EventUser? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function events:user_updated(user, details, options) end

---Suspends a user.
---
---`POST /webhooks`
---
---```lua
---local leaver = { ref = "U0007", endDate = "2026-11-30" }
---assert(client.events:user_suspended(leaver, { id = "leaver-U0007-2026" }))
---```
---@param user thrive.events.UserSuspendedUser the user
---@param details? thrive.EventDetails id and time of the event
---@param options? thrive.CallOptions options of the call
---@return thrive.EventUser? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function events:user_suspended(user, details, options) end

---Irreversible: removes the personal data, keeps the training history.
---
---`POST /webhooks`
---
---```lua
---assert(client.events:user_deleted{ ref = "U0007" })
---```
---@param user thrive.events.UserDeletedUser the user
---@param details? thrive.EventDetails id and time of the event
---@param options? thrive.CallOptions options of the call
---@return thrive.EventUser? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function events:user_deleted(user, details, options) end

---Sends an envelope of your own: id, timestamp, eventType, content.
---
---`POST /webhooks`
---
---```lua
---assert(client.events:send{
---  id = "hr-42", timestamp = os.time(), eventType = "user_updated",
---  content = { user = { ref = "U0007", sso = true } },
---})
---```
---@param fields thrive.events.SendFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.EventUser? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function events:send(fields, options) end

---The parameters of aptem.users:search.
---@class thrive.aptem.users.SearchParams
---@field userId? integer Aptem's id (32 bits)
---@field refNum? string reference number
---@field email? string email address

---The fields of aptem.users:create.
---@class thrive.aptem.users.CreateFields
---@field firstName? string|thrive.null given name (thrive.null clears it)
---@field lastName? string|thrive.null family name (thrive.null clears it)
---@field phone? string|thrive.null telephone number (thrive.null clears it)
---@field referenceNumber? string|thrive.null your reference; a search calls it refNum (thrive.null clears it)
---@field email? string|thrive.null email address (thrive.null clears it)
---@field username? string|thrive.null user name (thrive.null clears it)
---@field status? string|thrive.null status (thrive.null clears it)
---@field dateOfBirth? string|thrive.null date of birth (thrive.null clears it)
---@field caseOwnerId? integer|thrive.null id of the case owner (32 bits; thrive.null clears it)
---@field mentorId? integer|thrive.null id of the mentor (32 bits; thrive.null clears it)
---@field groupId? integer|thrive.null id of the group (32 bits; thrive.null clears it)
---@field programmeId? integer|thrive.null id of the programme (32 bits; thrive.null clears it)
---@field employerId? integer|thrive.null id of the employer (32 bits; thrive.null clears it)
---@field employerAddressId? integer|thrive.null id of the employer's address (32 bits; thrive.null clears it)
---@field plannedHours? integer|thrive.null planned hours (32 bits; thrive.null clears it)
---@field weeklyHours? integer|thrive.null hours a week (32 bits; thrive.null clears it)
---@field managerId? integer|thrive.null id of the manager (32 bits; thrive.null clears it)
---@field jobActiveSync? boolean|thrive.null is the user kept in step with JobActive? (thrive.null clears it)
---@field caseOwnerFirstName? string|thrive.null given name of the case owner (thrive.null clears it)
---@field caseOwnerLastName? string|thrive.null family name of the case owner (thrive.null clears it)
---@field postCode? string|thrive.null post code (thrive.null clears it)
---@field address1? string|thrive.null first line of the address (thrive.null clears it)
---@field address2? string|thrive.null second line of the address (thrive.null clears it)
---@field townCity? string|thrive.null town or city (thrive.null clears it)
---@field countyState? string|thrive.null county or state (thrive.null clears it)
---@field programmeStartDate? string|thrive.null when the programme starts (thrive.null clears it)
---@field managerFirstName? string|thrive.null given name of the manager (thrive.null clears it)
---@field managerLastName? string|thrive.null family name of the manager (thrive.null clears it)
---@field managerEmail? string|thrive.null email address of the manager (thrive.null clears it)
---@field managerPhone? string|thrive.null telephone number of the manager (thrive.null clears it)
---@field IAEnglish? string|thrive.null initial assessment in English (thrive.null clears it)
---@field IAMath? string|thrive.null initial assessment in mathematics (thrive.null clears it)
---@field IAICT? string|thrive.null initial assessment in ICT (thrive.null clears it)
---@field diagEnglish? string|thrive.null diagnostic assessment in English (thrive.null clears it)
---@field diagMath? string|thrive.null diagnostic assessment in mathematics (thrive.null clears it)
---@field diagIct? string|thrive.null diagnostic assessment in ICT (thrive.null clears it)
---@field title? string|thrive.null title (thrive.null clears it)
---@field preferredName? string|thrive.null preferred name (thrive.null clears it)
---@field personalEmail? string|thrive.null private email address (thrive.null clears it)
---@field gender? string|thrive.null gender (thrive.null clears it)
---@field authenticationType? string|thrive.null how the user logs in (thrive.null clears it)
---@field id? integer Aptem's id (read only: not sent) (32 bits; left out)

---The fields of aptem.users:update.
---@class thrive.aptem.users.UpdateFields
---@field firstName? string|thrive.null given name (thrive.null clears it)
---@field lastName? string|thrive.null family name (thrive.null clears it)
---@field phone? string|thrive.null telephone number (thrive.null clears it)
---@field referenceNumber? string|thrive.null your reference; a search calls it refNum (thrive.null clears it)
---@field email? string|thrive.null email address (thrive.null clears it)
---@field username? string|thrive.null user name (thrive.null clears it)
---@field status? string|thrive.null status (thrive.null clears it)
---@field dateOfBirth? string|thrive.null date of birth (thrive.null clears it)
---@field caseOwnerId? integer|thrive.null id of the case owner (32 bits; thrive.null clears it)
---@field mentorId? integer|thrive.null id of the mentor (32 bits; thrive.null clears it)
---@field groupId? integer|thrive.null id of the group (32 bits; thrive.null clears it)
---@field programmeId? integer|thrive.null id of the programme (32 bits; thrive.null clears it)
---@field employerId? integer|thrive.null id of the employer (32 bits; thrive.null clears it)
---@field employerAddressId? integer|thrive.null id of the employer's address (32 bits; thrive.null clears it)
---@field plannedHours? integer|thrive.null planned hours (32 bits; thrive.null clears it)
---@field weeklyHours? integer|thrive.null hours a week (32 bits; thrive.null clears it)
---@field managerId? integer|thrive.null id of the manager (32 bits; thrive.null clears it)
---@field jobActiveSync? boolean|thrive.null is the user kept in step with JobActive? (thrive.null clears it)
---@field caseOwnerFirstName? string|thrive.null given name of the case owner (thrive.null clears it)
---@field caseOwnerLastName? string|thrive.null family name of the case owner (thrive.null clears it)
---@field postCode? string|thrive.null post code (thrive.null clears it)
---@field address1? string|thrive.null first line of the address (thrive.null clears it)
---@field address2? string|thrive.null second line of the address (thrive.null clears it)
---@field townCity? string|thrive.null town or city (thrive.null clears it)
---@field countyState? string|thrive.null county or state (thrive.null clears it)
---@field programmeStartDate? string|thrive.null when the programme starts (thrive.null clears it)
---@field managerFirstName? string|thrive.null given name of the manager (thrive.null clears it)
---@field managerLastName? string|thrive.null family name of the manager (thrive.null clears it)
---@field managerEmail? string|thrive.null email address of the manager (thrive.null clears it)
---@field managerPhone? string|thrive.null telephone number of the manager (thrive.null clears it)
---@field IAEnglish? string|thrive.null initial assessment in English (thrive.null clears it)
---@field IAMath? string|thrive.null initial assessment in mathematics (thrive.null clears it)
---@field IAICT? string|thrive.null initial assessment in ICT (thrive.null clears it)
---@field diagEnglish? string|thrive.null diagnostic assessment in English (thrive.null clears it)
---@field diagMath? string|thrive.null diagnostic assessment in mathematics (thrive.null clears it)
---@field diagIct? string|thrive.null diagnostic assessment in ICT (thrive.null clears it)
---@field title? string|thrive.null title (thrive.null clears it)
---@field preferredName? string|thrive.null preferred name (thrive.null clears it)
---@field personalEmail? string|thrive.null private email address (thrive.null clears it)
---@field gender? string|thrive.null gender (thrive.null clears it)
---@field authenticationType? string|thrive.null how the user logs in (thrive.null clears it)
---@field id? integer Aptem's id (read only: not sent) (32 bits; left out)

---Users of an Aptem tenant.
---@class thrive.groups.aptem.users
local aptem_users = {}

---The user with that id, reference number and email address. Give at least one: what comes back for none is not documented.
---
---`GET /tenants/{tenant}/users/search`
---
---```lua
---local aptem = assert(thrive.aptem{ tenant = "acme", token = "…" })
---assert(aptem.users:create{ firstName = "Ada", referenceNumber = "L-1001" })
---local user, err = aptem.users:search{ refNum = "L-1001" }
---print(user and user.id or err)
---```
---@param params? thrive.aptem.users.SearchParams see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.AptemUser? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function aptem_users:search(params, options) end

---Creates a user.
---
---`POST /tenants/{tenant}/users`
---
---```lua
---local aptem = assert(thrive.aptem{ tenant = "acme", token = "…" })
---local user = assert(aptem.users:create{
---  firstName = "Ada", lastName = "Lovelace", email = "ada@example.org",
---})
---print(user.id)
---```
---@param fields? thrive.aptem.users.CreateFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.AptemUser? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function aptem_users:create(fields, options) end

---Sends exactly the fields given. What is left out may be cleared: read the user, change it, send it whole.
---
---`PUT /tenants/{tenant}/users/{id}`
---
---```lua
---local aptem = assert(thrive.aptem{ tenant = "acme", token = "…" })
----- The whole record is sent: what is left out may be cleared.
---assert(aptem.users:create{ firstName = "Ada", referenceNumber = "L-1001" })
---local user = assert(aptem.users:search{ refNum = "L-1001" })
---user.townCity = "London"
---assert(aptem.users:update(user.id, user))
---```
---@param id string|integer Aptem's id of the user
---@param fields thrive.aptem.users.UpdateFields see its fields
---@param options? thrive.CallOptions options of the call
---@return thrive.AptemUser? record # the record
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function aptem_users:update(id, fields, options) end

---Deactivates a user.
---
---`DELETE /tenants/{tenant}/users/{id}`
---
---```lua
---local aptem = assert(thrive.aptem{ tenant = "acme", token = "…" })
---local ada = { firstName = "Ada", referenceNumber = "L-1001" }
---local user = assert(aptem.users:create(ada))
---assert(aptem.users:deactivate(user.id))
---```
---@param id string|integer Aptem's id of the user
---@param options? thrive.CallOptions options of the call
---@return true? done # true when it was done
---@return thrive.Error? err # nil when all went well
---@return thrive.Meta meta # what is known of the request
function aptem_users:deactivate(id, options) end

---What clients of Thrive and of Aptem have.
---@class thrive.AnyClient
local Client = {}

---The request of client:request.
---@class thrive.Request
---@field method "GET"|"HEAD"|"POST"|"PUT"|"PATCH"|"DELETE" method
---@field path string percent-encoded, such as "/rest/v1/tags"
---@field query? table parameters by name: strings, numbers, booleans or arrays of them
---@field body? any any value that JSON has
---@field headers? table<string, string> more headers, by name
---@field host? "api"|"webhooks" which host (default: "api")

---Sends any request, with the client's credentials, retries and guards. For what the groups do not have.
---
---Raises: a request that cannot be built.
---
---```lua
---local tags = assert(client:request{
---  method = "GET", path = "/rest/v1/tags", query = { perPage = 10 },
---})
---print(#tags.results)
---```
---@param request thrive.Request what to send
---@param options? thrive.CallOptions options of this call: see options
---@return any? value # the answer decoded; true when it is empty, a string when it is not JSON
---@return thrive.Error? err # an error of any kind: see errors
---@return thrive.Meta meta # what is known of the request: see meta
function Client:request(request, options) end

---The stats of client:stats.
---@class thrive.Stats
---@field calls integer calls begun
---@field attempts integer attempts, of calls and for tokens
---@field retries integer attempts that were repetitions
---@field waits integer pauses, of one call before its next attempt or of all calls after a 429
---@field waited number seconds of these pauses
---@field throttled integer answers of 429
---@field rate? number requests a second that are allowed after one; absent when not held back
---@field bytes integer bytes on the wire, both ways
---@field bytes_sent integer of these, sent
---@field bytes_received integer of these, received
---@field connections integer connections opened
---@field p50? number seconds that half of the answers took at most, within 3.2 %; absent before the first answer
---@field p95? number the same of 95 % of the answers

---Counters since the client was made. The time of an answer is that of its attempt by itself, with connecting and without waiting for a place.
---
---```lua
---assert(client.skills:levels())
---print(client:stats().calls)
---```
---@return thrive.Stats stats # see its fields
function Client:stats() end

---The plan of client:plan.
---@class thrive.PlannedWrite
---@field operation string its name, such as "users.create"
---@field method string method of the request
---@field path string path of the request
---@field body? any what would have been sent, decoded; absent where there is none

---What a dry run would have sent so far, in order. Empty in a client that is not made with dry_run.
---
---```lua
---local careful = assert(thrive.client{ dry_run = true })
---assert(careful.users:suspend("U0007", { endDate = "2026-11-30" }))
---for _, write in ipairs(careful:plan()) do
---  print(write.method, write.path)
---end
---```
---@return thrive.PlannedWrite[] plan # one for each write
function Client:plan() end

---Moves everything on, for a program that has an event loop of its own: transfers, timers and tasks of all clients. Call it when a descriptor of `client:fds` is ready, when its time is over, and after `thrive.spawn`.
---
---Raises: inside a task or a hook.
---
---```lua
---thrive.spawn(function() print(#client.skills:levels()) end)
---while client:step(1) do end
---```
---@param seconds? number how long to wait at most, less when a task had its turn
---@return boolean more # is anything left to do?
function Client:step(seconds) end

---The descriptors of client:fds.
---@class thrive.Descriptor
---@field fd integer descriptor
---@field read boolean wait until it can be read
---@field write boolean wait until it can be written

---What a program with an event loop of its own has to wait for before the next `client:step`. Ask again after every step. Descriptors of 1024 and more are not among them: while transfers use one, seconds is at most 0.1.
---
---```lua
---local task = thrive.spawn(function() return client.skills:levels() end)
---client:step()
---local descriptors, seconds = client:fds()
---print(#descriptors > 0 or seconds ~= nil, #task:wait() > 0)
---```
---@return thrive.Descriptor[] descriptors # what to wait for
---@return number? seconds # how long at most; nil: only the descriptors matter
function Client:fds() end

---Cancels what is under way, wipes the secrets, closes. May be called again. A `<close>` variable and the collector do it too.
---
---```lua
---local short <close> = assert(thrive.client())
---print(#assert(short.skills:levels()))
---short:close()
---```
function Client:close() end

---What `thrive.client` makes: groups of operations, and the methods below. `client.users` and the like are its groups; help "users" shows the verbs of one. A client can be shared by tasks. It is closed by `client:close`, as a `<close>` variable, or by the collector.
---@class thrive.Client: thrive.AnyClient
---@field users thrive.groups.users People: create, update, suspend, delete (v2); read (v1); tags and skills of learners.
---@field audiences thrive.groups.audiences Audiences and the structures that hold them. What the API may change is what the API made.
---@field assignments thrive.groups.assignments Content assigned to an audience, with a time to complete it in.
---@field completions thrive.groups.completions What was completed, by whom and when.
---@field content thrive.groups.content What there is to learn.
---@field activities thrive.groups.activities What users did: viewed, completed, logged in and so on.
---@field cpd thrive.groups.cpd Continuing professional development: categories, log entries, requirements and sums per user.
---@field tags thrive.groups.tags Tags, and where they are used.
---@field skills thrive.groups.skills Levels that a skill can have.
---@field events thrive.groups.events Tells Thrive what happened to a person. The only way to bring a suspended user back is user_joined.

---A client of Aptem.
---@class thrive.AptemClient: thrive.AnyClient
---@field users thrive.groups.aptem.users Users of an Aptem tenant.

---A function that runs while others wait. An error in it is raised in whoever waits for it; when nobody does it is a warning, which `-W` shows.
---@class thrive.Task
local Task = {}

---Waits for the task to end. May be called again.
---
---Raises: what its function raised.
---
---```lua
---local task = thrive.spawn(client.users.get_by_ref, client.users, "U0001")
---local user, err = task:wait()
---print(user and user.lastName or err)
---```
---@return any ... # what its function returned
function Task:wait() end

---@class thrive.CsvReader
local Reader = {}

---The next row.
---
---Raises: what is wrong with the file.
---@return thrive.CsvRow? row # nil after the last
---@return integer? line # line that it begins on
function Reader:next() end

---Closes the file. May be called again.
function Reader:close() end

---@class thrive.CsvWriter
local Writer = {}

---Writes a row: a record, whose custom fields are columns `cf.Name`, or any table of names and values; an array with `header = false` and no columns.
---
---Raises: what cannot be written: a row (the writer can go on), or the file (it cannot).
---@param row table the row
---@return thrive.CsvWriter writer # the writer
function Writer:write(row) end

---Writes what is held back, and closes the file. May be called again.
---
---Raises: what the last of the file met.
function Writer:close() end

---Reads and writes CSV files (RFC 4180), record by record: quoted cells with separators, doubled quotes and line breaks in them, a byte order mark, any line ends. Memory does not grow with the file. What is wrong is an error that names file, line and column.
---
---Text that a spreadsheet would compute (`=` `+` `-` `@` or a wide form of one, TAB or a line break first) is written with an apostrophe in front, numbers are not; reading takes it off, so that what was written is read back.
---@class thrive.csv
local csv = {}

---The options of thrive.csv.rows.
---@class thrive.CsvOptions
---@field separator? string one character; a first line `sep=;` names it too (default: the one of , ; TAB | that the header has)
---@field encoding? string what the file is in, as iconv calls it: "cp1252", "utf-16"; one that is in UTF-8 after all is refused (default: UTF-8)
---@field header? boolean|string[] true: the first record names the columns; names: the file has none; false: a row is an array of strings (default: true)
---@field empty? "nil"|"string" what an empty cell becomes: "nil": the row does not have that field; "string": it is "" (default: "nil")
---@field trim? boolean drops blanks around cells; `reader.trimmed` counts the cells changed (default: false)
---@field required? string[] names of columns that must be there
---@field operation? string what the rows are for, such as "users.update": columns are its fields and path arguments, and `cf.Name` for custom fields; all others are refused at once; cells become what it takes
---@field fields? string[] the names that columns may have; `cf.Name` if `additionalFields` is one
---@field ignore? string[] names of other columns, which are left out
---@field clear? string text of a cell, such as "NULL", that clears a field (`thrive.null`), where that can be done; with operation
---@field raw? boolean guards of formulas stay on the cells (default: false)
---@field source? string what messages call it (default: the path)

---Loops over the rows of a file. Leaving the loop early closes the file.
---
---Raises: what is wrong with the file: the loop never ends early as if it were complete.
---
---```lua
---local path = os.tmpname()
---local file = assert(io.open(path, "w"))
---file:write("ref,email\nU1,u1@example.org\n")
---file:close()
---for row, line in thrive.csv.rows(path, { required = { "ref" } }) do
---  print(line, row.ref, row.email)
---end
---os.remove(path)
---```
---@param path string|file* a path, or a file opened for reading
---@param options? thrive.CsvOptions see its fields
---@return fun(): thrive.CsvRow, integer iterator # for a loop
function csv.rows(path, options) end

---The err of thrive.csv.read.
---@class thrive.CsvError
---@field kind string # "config" (cannot be read) or "validation" (something is wrong in it)
---@field message string what is wrong
---@field source string the file
---@field line? integer where, from 1
---@field column? integer character in the line, from 1

---A whole file as an array of rows.
---
---```lua
---local rows, err = thrive.csv.read("no-such-file.csv")
---print(rows, err.kind)
---```
---@param path string|file* a path, or a file opened for reading
---@param options? thrive.CsvOptions see its fields
---@return thrive.CsvRow[]? rows # the rows
---@return thrive.CsvError? err # what is wrong, and where
function csv.read(path, options) end

---CSV text as an array of rows.
---
---```lua
---local text = "ref,email\nU1,u1@example.org\nU2,\n"
---local rows = assert(thrive.csv.parse(text, { required = { "ref" } }))
---for _, row in ipairs(rows) do print(row.ref, row.email) end
---```
---@param text string the text
---@param options? thrive.CsvOptions see its fields
---@return thrive.CsvRow[]? rows # the rows
---@return thrive.CsvError? err # what is wrong, and where
function csv.parse(text, options) end

---Opens a file for reading row by row, for programs that want more than a loop.
---
---```lua
---local path = os.tmpname()
---local file = assert(io.open(path, "w"))
---file:write("ref;email\nU1;u1@example.org\n")
---file:close()
---local reader <close> = assert(thrive.csv.open(path, { separator = ";" }))
---print(table.concat(reader.header, " "), reader:next().email)
---os.remove(path)
---```
---@param path string|file* a path, or a file opened for reading
---@param options? thrive.CsvOptions see its fields
---@return thrive.CsvReader? reader # see reader
---@return thrive.CsvError? err # what is wrong, and where
function csv.open(path, options) end

---The options of thrive.csv.writer.
---@class thrive.CsvWriterOptions
---@field columns? string[] their names, in order; `cf.Name` is a custom field; what else a row has is not written (default: what order says, and what the rows have)
---@field order? string[] without columns: names that come first and are always there; what else the first 1000 rows have follows by name, custom fields last
---@field header? boolean false: none; without columns, rows are arrays (default: true)
---@field separator? string one character (default: ",")
---@field line_end? "\n"|"\r\n" what ends a line (default: "\n")
---@field bom? boolean begins with the mark by which Excel knows UTF-8 (default: false)
---@field atomic? boolean the file takes its place when all of it is written, and not after an error (default: false)
---@field raw? boolean writes formulas as they are: only for programs to read (default: false)
---@field source? string what messages call it (default: the path)

---Opens a file for writing row by row. Cells are quoted where they have to be; nil, an empty text and `thrive.null` are an empty cell; integers are exact, floats read back as the same, tables are JSON. Without columns, the first 1000 rows decide which there are, and are written then.
---
---```lua
---local path = os.tmpname()
---do
---  local out <close> = assert(thrive.csv.writer(path, {
---    columns = { "ref", "email", "cf.department" },
---  }))
---  for user in client.users:each() do out:write(user) end
---end
---print(#assert(thrive.csv.read(path)))
---os.remove(path)
---```
---@param path string|file* a path, or a file opened for writing
---@param options? thrive.CsvWriterOptions see its fields
---@return thrive.CsvWriter? writer # see writer
---@return thrive.CsvError? err # what is wrong, and where
function csv.writer(path, options) end

---Rows as CSV text. Without columns, all of them decide which columns there are.
---
---```lua
---local rows = { { ref = "U1", phone = "+44 20 7946 0000" }, { ref = "U2" } }
---io.write(assert(thrive.csv.format(rows, { columns = { "ref", "phone" } })))
---```
---@param rows table[] an array of rows
---@param options? thrive.CsvWriterOptions see its fields
---@return string? text # the text
---@return thrive.CsvError? err # what is wrong, and where
function csv.format(rows, options) end

---What Thrive sends to you: checking that it is Thrive's, and reading it. Answer 2xx within 30 s, and be ready to see an event twice: nothing in it is signed that tells its age.
---@class thrive.webhooks
local webhooks = {}

---Is this delivery signed with our secret? The bytes of the body count, as they came: verify before decoding. The signature is HMAC-SHA256, in the header x-hmac-signature.
---
---```lua
---local body = '{"eventType":"content.completed"}'
---local headers = { ["X-Hmac-Signature"] = "sha256=" .. ("0"):rep(64) }
---print(thrive.webhooks.verify(body, headers, "the secret"))
---```
---@param raw_body string the body as it came
---@param headers table<string, string|string[]> headers by name, in any case
---@param secret string what was agreed with Thrive for this subscription
---@return true? ok # true, or nil
---@return string? why # why not
function webhooks.verify(raw_body, headers, secret) end

---The event of thrive.webhooks.parse.
---@class thrive.WebhookEvent
---@field eventType string what happened, such as "content.completed"
---@field tenantId? string in which tenant
---@field createdAt? string when it happened
---@field dispatchedAt? string when it was sent

---Reads a delivery. Events that are not known are kept as they are.
---
---```lua
---local body = '{"eventType":"content.completed","user":{}}'
---local event = assert(thrive.webhooks.parse(body))
---print(event.eventType, event.user)
---```
---@param raw_body string the body as it came
---@return thrive.WebhookEvent? event # with all its fields, whatever its type
---@return thrive.Error? err # an error of kind decode
function webhooks.parse(raw_body) end

---The Thrive Learning API. In thrivelua the module is a global.
---@class thrive
---@field _VERSION string The version of the module, such as "0.1.0".
---@field null thrive.null JSON's null: clears a field, where nil leaves it alone. The same value as cjson.null.
---@field csv thrive.csv Reads and writes CSV files (RFC 4180), record by record: quoted cells with separators, doubled quotes and line breaks in them, a byte order mark, any line ends. Memory does not grow with the file. What is wrong is an error that names file, line and column.
---@field webhooks thrive.webhooks What Thrive sends to you: checking that it is Thrive's, and reading it. Answer 2xx within 30 s, and be ready to see an event twice: nothing in it is signed that tells its age.
---@field sandbox thrive.sandbox A Thrive tenant on a loopback port inside this process, for trying scripts and for testing them, without an account and without a network. It remembers what is written to it, is as strict as the documentation, and can be told to fail in every way that a network knows. `thrivelua --sandbox` runs a script on one.
local thrive = {}

---Hooks: see hooks.
---@class thrive.ClientOptions.on
---@field request? fun(event: thrive.Event) called before each attempt
---@field response? fun(event: thrive.Event) called after each attempt, whatever came of it
---@field retry? fun(event: thrive.Event) called before the pause that comes before another attempt

---The options of thrive.client.
---@class thrive.ClientOptions
---@field profile? string name of a profile; one that is named takes the environment's place: see profiles (default: --profile, else THRIVE_PROFILE, else "default")
---@field tenant_id? string the tenant; user name of HTTP Basic (default: THRIVE_TENANT_ID)
---@field api_key? string its API key: HTTP Basic (default: THRIVE_API_KEY)
---@field client_secret? string OAuth 2.0 client credentials (default: THRIVE_CLIENT_SECRET)
---@field client_id? string goes with `client_secret` (default: THRIVE_CLIENT_ID, else tenant_id)
---@field scope? string what the token is to allow, such as api/read: see scopes
---@field token_auth? "form"|"basic" how the token request sends client id and secret: in its form, or as a header (default: "form")
---@field token? string a bearer token you hold (default: THRIVE_TOKEN)
---@field region? "production"|"staging"|"production-mea"|"staging-mea" where the tenant is (default: THRIVE_REGION, else "production")
---@field base_url? string another host of the API, as an origin without /rest (default: THRIVE_BASE_URL, else the region's)
---@field webhooks_url? string another host of the events (default: THRIVE_WEBHOOKS_URL, else base_url, else the region's)
---@field timeout? number seconds that one attempt may take (default: 60)
---@field connect_timeout? number seconds that connecting may take (default: 10)
---@field deadline? number seconds that a whole call may take, with its attempts, pauses and token (default: none)
---@field max_retries? integer how often a call is sent again at most (default: 3)
---@field concurrency? integer requests of this client on the wire at once (default: 8)
---@field ca_file? string a file of certificates (PEM) that are trusted (default: SSL_CERT_FILE, else the system's)
---@field proxy? string URL of a proxy; "" for none (default: the environment's)
---@field user_agent? string put before the module's own
---@field nulls? "drop"|"keep" # "drop": a null field is absent; "keep": it is `thrive.null` (default: "drop")
---@field raise? boolean calls raise their error instead of returning it (default: false)
---@field dry_run? boolean writes are remembered and not sent: see `client:plan` (default: false)
---@field read_only? boolean writes are refused with an error of kind guard (default: false)
---@field on? thrive.ClientOptions.on hooks: see hooks

---Makes a client. Nothing is sent. All options are optional: credentials that are not given come from the environment, and then from the profile "default"; the first place that holds a secret decides what kind they are. When there are none, the error lists every place looked in.
---
---Raises: options of the wrong name or type, all of them at once.
---
---```lua
---local careful = assert(thrive.client{
---  timeout = 20, max_retries = 5, dry_run = true,
---})
---assert(careful.users:delete("U0007"))
---print(careful:plan()[1].operation)
---```
---@param options? thrive.ClientOptions see its fields
---@return thrive.Client? client # the client: see client
---@return thrive.Error? err # an error of kind config
function thrive.client(options) end

---Hooks: see hooks.
---@class thrive.AptemOptions.on
---@field request? fun(event: thrive.Event) called before each attempt
---@field response? fun(event: thrive.Event) called after each attempt, whatever came of it
---@field retry? fun(event: thrive.Event) called before the pause that comes before another attempt

---The options of thrive.aptem.
---@class thrive.AptemOptions
---@field tenant string name of the tenant
---@field token string API token, made in Aptem for a service account
---@field base_url? string another address (default: https://{tenant}.aptem.co.uk/api/1.0)
---@field header? string name of the token's header (default: "X-API-Token")
---@field timeout? number seconds that one attempt may take (default: 60)
---@field connect_timeout? number seconds that connecting may take (default: 10)
---@field deadline? number seconds that a whole call may take, with its attempts, pauses and token (default: none)
---@field max_retries? integer how often a call is sent again at most (default: 3)
---@field concurrency? integer requests of this client on the wire at once (default: 8)
---@field ca_file? string a file of certificates (PEM) that are trusted (default: SSL_CERT_FILE, else the system's)
---@field proxy? string URL of a proxy; "" for none (default: the environment's)
---@field user_agent? string put before the module's own
---@field nulls? "drop"|"keep" # "drop": a null field is absent; "keep": it is `thrive.null` (default: "drop")
---@field raise? boolean calls raise their error instead of returning it (default: false)
---@field dry_run? boolean writes are remembered and not sent: see `client:plan` (default: false)
---@field read_only? boolean writes are refused with an error of kind guard (default: false)
---@field on? thrive.AptemOptions.on hooks: see hooks

---Makes a client of Aptem, whose learners many tenants of Thrive provision, with the group users. Nothing is sent. It has the methods of every client.
---
---Raises: options of the wrong name or type, all of them at once.
---
---```lua
---local aptem = assert(thrive.aptem{ tenant = "acme", token = "…" })
---print(aptem.users:search{ refNum = "nobody" })
---```
---@param options thrive.AptemOptions see its fields
---@return thrive.AptemClient? aptem # the client
---@return thrive.Error? err # an error of kind config
function thrive.aptem(options) end

---The options of thrive.map.
---@class thrive.MapOptions
---@field concurrency? integer how many at once (default: 8)

---The failures of thrive.map.
---@class thrive.Failure
---@field index integer which item
---@field item any the item
---@field err any what f returned as err, or raised

---Calls f for every item, several at once. An iterator is asked for the next item when a task has time for it, so that it may be endless or read from a file. When some items fail the others still run.
---
---Raises: what the iterator raises.
---
---```lua
---local refs = { "U0001", "U0002", "nobody" }
---local users, failures = thrive.map(refs, function(ref)
---  return client.users:get_by_ref(ref)
---end, { concurrency = 2 })
---print(users[1].ref, #failures, failures[1].item)
---```
---@generic T, R
---@param list T[]|fun(): T? an array, or an iterator function
---@param f fun(item: T, index: integer): R?, any called with item and index; may return value, err as calls do
---@param options? thrive.MapOptions see its fields
---@return table<integer, R> results # results[i] is the value of item i, nil where it failed
---@return thrive.Failure[] failures # in the order of the items; empty when all went well
function thrive.map(list, f, options) end

---Starts f(…) as a task. It runs while the caller waits for something: a call, a task, a sleep. Code in a task reads like straight code, and every call in it gives way while it waits. A script that ends does not wait for its tasks.
---
---```lua
---local task = thrive.spawn(function() return client.skills:levels() end)
---thrive.sleep(0.01)
---print(#task:wait())
---```
---@param f fun(...: any): ... what to run
---@param ... any its arguments
---@return thrive.Task task # see task
function thrive.spawn(f, ...) end

---Waits, and gives way to tasks and transfers meanwhile.
---
---```lua
---local task = thrive.spawn(function() print("meanwhile") end)
---thrive.sleep(0.01)
---task:wait()
---```
---@param seconds number how long
function thrive.sleep(seconds) end

---The options of thrive.progress.
---@class thrive.ProgressOptions
---@field label? string what stands before the numbers
---@field total? integer how many there will be; else what the service announces, or the length of the array

---Shows on standard error how far a loop is, how fast it goes and when it will be done, while that is a terminal; elsewhere it changes nothing and costs nothing. Values, errors and the end of the loop pass through as they are. thrivelua shows loops and maps by itself; this gives one a label, and shows any other loop. `THRIVE_PROGRESS=0` in the environment turns it off.
---
---```lua
---for user in thrive.progress(client.users:each(), { label = "users" }) do
---  if user.status == "expired" then print(user.ref) end
---end
---```
---@param iterator any what a generic for takes: an iterator function; or an array: the loop gets its entries, and their indices as second value. Where the iterator needs its other values (as pairs does), they follow it: iterator, state, control, closing, options
---@param options? thrive.ProgressOptions see its fields
---@return fun(...): ... iterator # with state, control and closing value, for a generic for
function thrive.progress(iterator, options) end

---Marks a table as an array, so that an empty one goes out as []. Fields that are arrays need no mark; arrays inside `additionalFields` and body do.
---
---```lua
---local fields = { additionalFields = { sites = thrive.array{} } }
---assert(#fields.additionalFields.sites == 0)
---```
---@generic T: table
---@param t T the table
---@return T t # the same table
function thrive.array(t) end

---Is v an error object of this module?
---
---```lua
---local _, err = client.users:get_by_ref("nobody")
---print(thrive.iserror(err), thrive.iserror("text"))
---```
---@param v? any any value
---@return boolean is # whether it is one
function thrive.iserror(v) end

---The shard of thrive.shard.
---@class thrive.Shard
---@field index integer which share
---@field of integer how many there are

---Which share of a list this process has to read, as the environment tells it. It knows `THRIVE_SHARD_INDEX` with `THRIVE_SHARD_COUNT`, Indexed Jobs of Kubernetes (`JOB_COMPLETION_INDEX`; the manifest sets `JOB_COMPLETIONS`), Slurm arrays, AWS Batch arrays, Cloud Run jobs, GitLab's parallel, and GNU parallel (`PARALLEL_SEQ`, with `THRIVE_SHARD_COUNT`).
---
---Raises: when what the environment tells does not fit together.
---
---```lua
---local mine = { shard = thrive.shard() }
---for user in client.users:each({ perPage = 100 }, mine) do
---  if user.status == "expired" then print(user.ref) end
---end
---```
---@return thrive.Shard? shard # nil when there is one process: it reads everything
function thrive.shard() end

---The options of thrive.inspect.
---@class thrive.InspectOptions
---@field width? integer columns to fit into (default: 80)
---@field height? integer rows of a table, and entries of any other table, that are shown (default: 40)
---@field depth? integer levels of tables in tables (default: 6)
---@field colour? boolean colours for a terminal (default: false)
---@field as? "table"|"record"|"dump" this form, where the value allows it

---What a value looks like, as text for people: a list of records (also a page, or the result of a bulk call) is a table that fits the width, a record a list of its fields, custom ones as cf.Name, anything else as Lua would write it. Secrets are masked, and nothing of the value is called.
---
---Raises: options of the wrong name or type.
---
---```lua
---local page = assert(client.users:list{ perPage = 10 })
---print(thrive.inspect(page, { width = 120 }))
---```
---@param value? any anything
---@param options? thrive.InspectOptions see its fields
---@return string text # lines, without a line break at the end
function thrive.inspect(value, options) end

---Prints what there is to know about a topic. At the prompt it is help. Without a topic: what there is, and how to go on.
---
---```lua
---thrive.help "users.suspend"
---thrive.help(client.users)
---```
---@param topic? any a name ("users.create", "User", "errors", "thrive.map"), or the thing itself: a group, a verb, an error
function thrive.help(topic) end

---Prints the topics whose name or text has all the words, one on a line, the best first. At the prompt it is apropos.
---
---```lua
---thrive.apropos("audience", "replace")
---```
---@param word string a word, or part of one
---@param ... string more words
function thrive.apropos(word, ...) end

return thrive
