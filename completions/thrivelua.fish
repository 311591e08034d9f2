# thrivelua.fish — completion of thrivelua's command lines for fish, written by "make reference". Do not edit.

# What may follow some words of `thrivelua api`, with what it is; status 1 where the words are none.
function __thrivelua_next
    switch "$argv[1]"
        case ''
            printf '%s\t%s\n' 'users' 'People: create, update, suspend, delete (v2); read (v1); tags and skills of learners.' \
              'audiences' 'Audiences and the structures that hold them. What the API may change is what the API made.' \
              'assignments' 'Content assigned to an audience, with a time to complete it in.' \
              'completions' 'What was completed, by whom and when.' \
              'content' 'What there is to learn.' \
              'activities' 'What users did: viewed, completed, logged in and so on.' \
              'cpd' 'Continuing professional development: categories, log entries, requirements and sums per user.' \
              'tags' 'Tags, and where they are used.' \
              'skills' 'Levels that a skill can have.' \
              'events' 'Tells Thrive what happened to a person. The only way to bring a suspended user back is user_joined.' \
              'GET' 'a request by method and path' \
              'HEAD' 'a request by method and path' \
              'POST' 'a request by method and path' \
              'PUT' 'a request by method and path' \
              'PATCH' 'a request by method and path' \
              'DELETE' 'a request by method and path'
            set -g __thrivelua_options 1
        case 'GET'
            set -g __thrivelua_options 2
        case 'HEAD'
            set -g __thrivelua_options 2
        case 'POST'
            set -g __thrivelua_options 2
        case 'PUT'
            set -g __thrivelua_options 2
        case 'PATCH'
            set -g __thrivelua_options 2
        case 'DELETE'
            set -g __thrivelua_options 2
        case 'users'
            printf '%s\t%s\n' 'create' 'Creates a user. The ref must be new.' \
              'update' 'Changes the fields given; null clears one, what is left out stays.' \
              'suspend' 'Makes a user inactive. To bring one back, send the event user_joined.' \
              'delete' 'Irreversible: removes the personal data and the ref, keeps the training history.' \
              'list' 'Users, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'get' 'One user by Thrive id.' \
              'get-by-ref' 'One user by ref.' \
              'add-tags' 'Adds existing tags to a learner, by name.' \
              'remove-tags' 'Takes tags from a learner, by name.' \
              'update-skills' 'Sets levels of skills; the values are those of \'skills levels\'.'
            set -g __thrivelua_options 1
        case 'users create'
            printf '%s\t%s\n' 'ref=' 'your organisation\'s unique identifier for this person' \
              'firstName=' 'given name' \
              'lastName=' 'family name' \
              'email=' 'email address' \
              'loginMethod=' 'how the person logs in (the service\'s default: email)' \
              'loginMethod=email' 'how the person logs in (the service\'s default: email)' \
              'loginMethod=ref' 'how the person logs in (the service\'s default: email)' \
              'role=' 'role (the service\'s default: learner)' \
              'role=administrator' 'role (the service\'s default: learner)' \
              'role=learneradmin' 'role (the service\'s default: learner)' \
              'role=learner' 'role (the service\'s default: learner)' \
              'jobTitle=' 'name of the person\'s role in your organisation' \
              'managerRef=' 'ref of the line manager' \
              'startDate=' 'when the person started' \
              'endDate=' 'when the person left' \
              'timeZone=' 'IANA name such as Europe/London; else the tenant\'s' \
              'languageCode=' 'such as en-gb; one that the tenant has enabled' \
              'sso=' 'is the account managed by an authentication provider?' \
              'sso=true' 'is the account managed by an authentication provider?' \
              'sso=false' 'is the account managed by an authentication provider?' \
              'domain=' 'domain that the person belongs to' \
              'additionalFields=' 'custom fields by name; they must be configured'
            printf '%s\t%s\n' '--ref' 'your organisation\'s unique identifier for this person' \
              '--first-name' 'given name' \
              '--last-name' 'family name' \
              '--email' 'email address' \
              '--login-method' 'how the person logs in (the service\'s default: email)' \
              '--login-method=email' 'how the person logs in (the service\'s default: email)' \
              '--login-method=ref' 'how the person logs in (the service\'s default: email)' \
              '--role' 'role (the service\'s default: learner)' \
              '--role=administrator' 'role (the service\'s default: learner)' \
              '--role=learneradmin' 'role (the service\'s default: learner)' \
              '--role=learner' 'role (the service\'s default: learner)' \
              '--job-title' 'name of the person\'s role in your organisation' \
              '--manager-ref' 'ref of the line manager' \
              '--start-date' 'when the person started' \
              '--end-date' 'when the person left' \
              '--time-zone' 'IANA name such as Europe/London; else the tenant\'s' \
              '--language-code' 'such as en-gb; one that the tenant has enabled' \
              '--sso' 'is the account managed by an authentication provider?' \
              '--sso=true' 'is the account managed by an authentication provider?' \
              '--sso=false' 'is the account managed by an authentication provider?' \
              '--domain' 'domain that the person belongs to' \
              '--additional-fields' 'custom fields by name; they must be configured'
            set -g __thrivelua_options 3
        case 'users update'
            printf '%s\t%s\n' 'firstName=' 'given name' \
              'lastName=' 'family name' \
              'email=' 'email address' \
              'loginMethod=' 'how the person logs in (the service\'s default: email)' \
              'loginMethod=email' 'how the person logs in (the service\'s default: email)' \
              'loginMethod=ref' 'how the person logs in (the service\'s default: email)' \
              'role=' 'role (the service\'s default: learner)' \
              'role=administrator' 'role (the service\'s default: learner)' \
              'role=learneradmin' 'role (the service\'s default: learner)' \
              'role=learner' 'role (the service\'s default: learner)' \
              'jobTitle=' 'name of the person\'s role in your organisation' \
              'managerRef=' 'ref of the line manager' \
              'startDate=' 'when the person started' \
              'endDate=' 'when the person left' \
              'timeZone=' 'IANA name such as Europe/London; else the tenant\'s' \
              'languageCode=' 'such as en-gb; one that the tenant has enabled' \
              'sso=' 'is the account managed by an authentication provider?' \
              'sso=true' 'is the account managed by an authentication provider?' \
              'sso=false' 'is the account managed by an authentication provider?' \
              'domain=' 'domain that the person belongs to' \
              'additionalFields=' 'custom fields by name; they must be configured'
            printf '%s\t%s\n' '--first-name' 'given name' \
              '--last-name' 'family name' \
              '--email' 'email address' \
              '--login-method' 'how the person logs in (the service\'s default: email)' \
              '--login-method=email' 'how the person logs in (the service\'s default: email)' \
              '--login-method=ref' 'how the person logs in (the service\'s default: email)' \
              '--role' 'role (the service\'s default: learner)' \
              '--role=administrator' 'role (the service\'s default: learner)' \
              '--role=learneradmin' 'role (the service\'s default: learner)' \
              '--role=learner' 'role (the service\'s default: learner)' \
              '--job-title' 'name of the person\'s role in your organisation' \
              '--manager-ref' 'ref of the line manager' \
              '--start-date' 'when the person started' \
              '--end-date' 'when the person left' \
              '--time-zone' 'IANA name such as Europe/London; else the tenant\'s' \
              '--language-code' 'such as en-gb; one that the tenant has enabled' \
              '--sso' 'is the account managed by an authentication provider?' \
              '--sso=true' 'is the account managed by an authentication provider?' \
              '--sso=false' 'is the account managed by an authentication provider?' \
              '--domain' 'domain that the person belongs to' \
              '--additional-fields' 'custom fields by name; they must be configured'
            set -g __thrivelua_options 3
        case 'users suspend'
            printf '%s\t%s\n' 'endDate=' 'when the person left'
            printf '%s\t%s\n' '--end-date' 'when the person left'
            set -g __thrivelua_options 3
        case 'users delete'
            set -g __thrivelua_options 4
        case 'users list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page (the service\'s default: 100)' \
              'updatedSince=' 'only users changed at or after this time' \
              'statuses=' 'only users of these statuses' \
              'statuses=active' 'only users of these statuses' \
              'statuses=inactive' 'only users of these statuses' \
              'statuses=expired' 'only users of these statuses' \
              'statuses=new' 'only users of these statuses' \
              'omitStatuses=' 'no users of these statuses' \
              'omitStatuses=active' 'no users of these statuses' \
              'omitStatuses=inactive' 'no users of these statuses' \
              'omitStatuses=expired' 'no users of these statuses' \
              'omitStatuses=new' 'no users of these statuses' \
              'status=' 'only users of this status' \
              'status=active' 'only users of this status' \
              'status=inactive' 'only users of this status' \
              'status=expired' 'only users of this status' \
              'status=new' 'only users of this status'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page (the service\'s default: 100)' \
              '--updated-since' 'only users changed at or after this time' \
              '--statuses' 'only users of these statuses' \
              '--statuses=active' 'only users of these statuses' \
              '--statuses=inactive' 'only users of these statuses' \
              '--statuses=expired' 'only users of these statuses' \
              '--statuses=new' 'only users of these statuses' \
              '--omit-statuses' 'no users of these statuses' \
              '--omit-statuses=active' 'no users of these statuses' \
              '--omit-statuses=inactive' 'no users of these statuses' \
              '--omit-statuses=expired' 'no users of these statuses' \
              '--omit-statuses=new' 'no users of these statuses' \
              '--status' 'only users of this status' \
              '--status=active' 'only users of this status' \
              '--status=inactive' 'only users of this status' \
              '--status=expired' 'only users of this status' \
              '--status=new' 'only users of this status'
            set -g __thrivelua_options 5
        case 'users count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page (the service\'s default: 100)' \
              'updatedSince=' 'only users changed at or after this time' \
              'statuses=' 'only users of these statuses' \
              'statuses=active' 'only users of these statuses' \
              'statuses=inactive' 'only users of these statuses' \
              'statuses=expired' 'only users of these statuses' \
              'statuses=new' 'only users of these statuses' \
              'omitStatuses=' 'no users of these statuses' \
              'omitStatuses=active' 'no users of these statuses' \
              'omitStatuses=inactive' 'no users of these statuses' \
              'omitStatuses=expired' 'no users of these statuses' \
              'omitStatuses=new' 'no users of these statuses' \
              'status=' 'only users of this status' \
              'status=active' 'only users of this status' \
              'status=inactive' 'only users of this status' \
              'status=expired' 'only users of this status' \
              'status=new' 'only users of this status'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page (the service\'s default: 100)' \
              '--updated-since' 'only users changed at or after this time' \
              '--statuses' 'only users of these statuses' \
              '--statuses=active' 'only users of these statuses' \
              '--statuses=inactive' 'only users of these statuses' \
              '--statuses=expired' 'only users of these statuses' \
              '--statuses=new' 'only users of these statuses' \
              '--omit-statuses' 'no users of these statuses' \
              '--omit-statuses=active' 'no users of these statuses' \
              '--omit-statuses=inactive' 'no users of these statuses' \
              '--omit-statuses=expired' 'no users of these statuses' \
              '--omit-statuses=new' 'no users of these statuses' \
              '--status' 'only users of this status' \
              '--status=active' 'only users of this status' \
              '--status=inactive' 'only users of this status' \
              '--status=expired' 'only users of this status' \
              '--status=new' 'only users of this status'
            set -g __thrivelua_options 1
        case 'users get'
            set -g __thrivelua_options 6
        case 'users get-by-ref'
            set -g __thrivelua_options 6
        case 'users add-tags'
            set -g __thrivelua_options 7
        case 'users remove-tags'
            set -g __thrivelua_options 7
        case 'users update-skills'
            printf '%s\t%s\n' 'tagName=' 'name of the skill\'s tag' \
              'level=' 'level reached; -1 for none' \
              'targetLevel=' 'level aimed at; -1 for none'
            printf '%s\t%s\n' '--tag-name' 'name of the skill\'s tag' \
              '--level' 'level reached; -1 for none' \
              '--target-level' 'level aimed at; -1 for none'
            set -g __thrivelua_options 7
        case 'audiences'
            printf '%s\t%s\n' 'members' 'The people in an audience.' \
              'managers' 'The people who manage an audience, and what they may do.' \
              'list' 'Audiences, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'create' 'Makes a structure (category structure, no parentId) or a child audience (category audience, with parentId).' \
              'get' 'One audience.' \
              'update' 'Changes the name, the reference or the parent.' \
              'delete' 'Deletes an audience. What becomes of a structure\'s children is the service\'s decision: the documents disagree.'
            set -g __thrivelua_options 1
        case 'audiences members'
            printf '%s\t%s\n' 'list' 'Members, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'add' 'Adds users; any number, sent in hundreds.' \
              'replace' 'Makes these users the members, and nobody else. Over 100 only with --split: the first hundred replace, the others are added, and between the two the audience is incomplete.' \
              'remove' 'Takes one user out.'
            set -g __thrivelua_options 1
        case 'audiences members list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)'
            set -g __thrivelua_options 5
        case 'audiences members count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)'
            set -g __thrivelua_options 1
        case 'audiences members add'
            set -g __thrivelua_options 7
        case 'audiences members replace'
            set -g __thrivelua_options 8
        case 'audiences members remove'
            set -g __thrivelua_options 4
        case 'audiences managers'
            printf '%s\t%s\n' 'list' 'All managers; this list has no pages.' \
              'add' 'Adds managers; any number, sent in hundreds.' \
              'replace' 'Makes these the managers, and nobody else. Over 100 only with --split: the first hundred replace, the others are added, and between the two the list is incomplete.' \
              'remove' 'Takes one manager away.'
            set -g __thrivelua_options 1
        case 'audiences managers list'
            set -g __thrivelua_options 5
        case 'audiences managers add'
            printf '%s\t%s\n' 'reference=' 'email or ref of the user' \
              'permissions.audienceManager.manageContent=' 'assign content' \
              'permissions.audienceManager.manageContent=true' 'assign content' \
              'permissions.audienceManager.manageContent=false' 'assign content' \
              'permissions.audienceManager.assignments=' 'manage assignments' \
              'permissions.audienceManager.assignments=true' 'manage assignments' \
              'permissions.audienceManager.assignments=false' 'manage assignments' \
              'permissions.peopleManager.canViewLearnPage=' 'see their learning' \
              'permissions.peopleManager.canViewLearnPage=true' 'see their learning' \
              'permissions.peopleManager.canViewLearnPage=false' 'see their learning' \
              'permissions.peopleManager.insights=' 'see insights' \
              'permissions.peopleManager.insights=true' 'see insights' \
              'permissions.peopleManager.insights=false' 'see insights' \
              'permissions.peopleManager.manage=' 'manage them' \
              'permissions.peopleManager.manage=true' 'manage them' \
              'permissions.peopleManager.manage=false' 'manage them' \
              'permissions.administrator.canAddAudienceManagers=' 'add managers' \
              'permissions.administrator.canAddAudienceManagers=true' 'add managers' \
              'permissions.administrator.canAddAudienceManagers=false' 'add managers'
            printf '%s\t%s\n' '--reference' 'email or ref of the user' \
              '--permissions.audience-manager.manage-content' 'assign content' \
              '--permissions.audience-manager.manage-content=true' 'assign content' \
              '--permissions.audience-manager.manage-content=false' 'assign content' \
              '--permissions.audience-manager.assignments' 'manage assignments' \
              '--permissions.audience-manager.assignments=true' 'manage assignments' \
              '--permissions.audience-manager.assignments=false' 'manage assignments' \
              '--permissions.people-manager.can-view-learn-page' 'see their learning' \
              '--permissions.people-manager.can-view-learn-page=true' 'see their learning' \
              '--permissions.people-manager.can-view-learn-page=false' 'see their learning' \
              '--permissions.people-manager.insights' 'see insights' \
              '--permissions.people-manager.insights=true' 'see insights' \
              '--permissions.people-manager.insights=false' 'see insights' \
              '--permissions.people-manager.manage' 'manage them' \
              '--permissions.people-manager.manage=true' 'manage them' \
              '--permissions.people-manager.manage=false' 'manage them' \
              '--permissions.administrator.can-add-audience-managers' 'add managers' \
              '--permissions.administrator.can-add-audience-managers=true' 'add managers' \
              '--permissions.administrator.can-add-audience-managers=false' 'add managers'
            set -g __thrivelua_options 7
        case 'audiences managers replace'
            printf '%s\t%s\n' 'reference=' 'email or ref of the user' \
              'permissions.audienceManager.manageContent=' 'assign content' \
              'permissions.audienceManager.manageContent=true' 'assign content' \
              'permissions.audienceManager.manageContent=false' 'assign content' \
              'permissions.audienceManager.assignments=' 'manage assignments' \
              'permissions.audienceManager.assignments=true' 'manage assignments' \
              'permissions.audienceManager.assignments=false' 'manage assignments' \
              'permissions.peopleManager.canViewLearnPage=' 'see their learning' \
              'permissions.peopleManager.canViewLearnPage=true' 'see their learning' \
              'permissions.peopleManager.canViewLearnPage=false' 'see their learning' \
              'permissions.peopleManager.insights=' 'see insights' \
              'permissions.peopleManager.insights=true' 'see insights' \
              'permissions.peopleManager.insights=false' 'see insights' \
              'permissions.peopleManager.manage=' 'manage them' \
              'permissions.peopleManager.manage=true' 'manage them' \
              'permissions.peopleManager.manage=false' 'manage them' \
              'permissions.administrator.canAddAudienceManagers=' 'add managers' \
              'permissions.administrator.canAddAudienceManagers=true' 'add managers' \
              'permissions.administrator.canAddAudienceManagers=false' 'add managers'
            printf '%s\t%s\n' '--reference' 'email or ref of the user' \
              '--permissions.audience-manager.manage-content' 'assign content' \
              '--permissions.audience-manager.manage-content=true' 'assign content' \
              '--permissions.audience-manager.manage-content=false' 'assign content' \
              '--permissions.audience-manager.assignments' 'manage assignments' \
              '--permissions.audience-manager.assignments=true' 'manage assignments' \
              '--permissions.audience-manager.assignments=false' 'manage assignments' \
              '--permissions.people-manager.can-view-learn-page' 'see their learning' \
              '--permissions.people-manager.can-view-learn-page=true' 'see their learning' \
              '--permissions.people-manager.can-view-learn-page=false' 'see their learning' \
              '--permissions.people-manager.insights' 'see insights' \
              '--permissions.people-manager.insights=true' 'see insights' \
              '--permissions.people-manager.insights=false' 'see insights' \
              '--permissions.people-manager.manage' 'manage them' \
              '--permissions.people-manager.manage=true' 'manage them' \
              '--permissions.people-manager.manage=false' 'manage them' \
              '--permissions.administrator.can-add-audience-managers' 'add managers' \
              '--permissions.administrator.can-add-audience-managers=true' 'add managers' \
              '--permissions.administrator.can-add-audience-managers=false' 'add managers'
            set -g __thrivelua_options 8
        case 'audiences managers remove'
            set -g __thrivelua_options 4
        case 'audiences list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'apiControlled=' 'only audiences that the API made (true) or did not make (false)' \
              'apiControlled=true' 'only audiences that the API made (true) or did not make (false)' \
              'apiControlled=false' 'only audiences that the API made (true) or did not make (false)' \
              'updatedSince=' 'only audiences changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--api-controlled' 'only audiences that the API made (true) or did not make (false)' \
              '--api-controlled=true' 'only audiences that the API made (true) or did not make (false)' \
              '--api-controlled=false' 'only audiences that the API made (true) or did not make (false)' \
              '--updated-since' 'only audiences changed at or after this time'
            set -g __thrivelua_options 5
        case 'audiences count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'apiControlled=' 'only audiences that the API made (true) or did not make (false)' \
              'apiControlled=true' 'only audiences that the API made (true) or did not make (false)' \
              'apiControlled=false' 'only audiences that the API made (true) or did not make (false)' \
              'updatedSince=' 'only audiences changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--api-controlled' 'only audiences that the API made (true) or did not make (false)' \
              '--api-controlled=true' 'only audiences that the API made (true) or did not make (false)' \
              '--api-controlled=false' 'only audiences that the API made (true) or did not make (false)' \
              '--updated-since' 'only audiences changed at or after this time'
            set -g __thrivelua_options 1
        case 'audiences create'
            printf '%s\t%s\n' 'name=' 'name' \
              'reference=' 'your reference; unique' \
              'parentId=' 'id or reference of the structure that it goes into' \
              'category=' 'what to make' \
              'category=structure' 'what to make' \
              'category=audience' 'what to make'
            printf '%s\t%s\n' '--name' 'name' \
              '--reference' 'your reference; unique' \
              '--parent-id' 'id or reference of the structure that it goes into' \
              '--category' 'what to make' \
              '--category=structure' 'what to make' \
              '--category=audience' 'what to make'
            set -g __thrivelua_options 3
        case 'audiences get'
            set -g __thrivelua_options 6
        case 'audiences update'
            printf '%s\t%s\n' 'name=' 'new name' \
              'reference=' 'new reference' \
              'parentId=' 'id of the structure that it moves to'
            printf '%s\t%s\n' '--name' 'new name' \
              '--reference' 'new reference' \
              '--parent-id' 'id of the structure that it moves to'
            set -g __thrivelua_options 3
        case 'audiences delete'
            set -g __thrivelua_options 4
        case 'assignments'
            printf '%s\t%s\n' 'enrolments' 'How far each person is with an assignment.' \
              'list' 'Assignments, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'create' 'Assigns content to an audience.' \
              'get' 'One assignment.' \
              'update' 'Changes the fields given; audienceId has to be among them.' \
              'delete' 'Deletes an assignment. The service wants its audience in the body.'
            set -g __thrivelua_options 1
        case 'assignments enrolments'
            printf '%s\t%s\n' 'list' 'Enrolments, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'get' 'One enrolment.'
            set -g __thrivelua_options 1
        case 'assignments enrolments list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 100 (the service\'s default: 100)' \
              'updatedAtFrom=' 'only enrolments changed at or after this time' \
              'updatedAtTo=' 'only enrolments changed until this time' \
              'status=' 'only enrolments of this status' \
              'status=archived' 'only enrolments of this status' \
              'status=complete' 'only enrolments of this status' \
              'status=open' 'only enrolments of this status' \
              'status=overdue' 'only enrolments of this status' \
              'status=scheduled' 'only enrolments of this status' \
              'status=unassigned' 'only enrolments of this status'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 100 (the service\'s default: 100)' \
              '--updated-at-from' 'only enrolments changed at or after this time' \
              '--updated-at-to' 'only enrolments changed until this time' \
              '--status' 'only enrolments of this status' \
              '--status=archived' 'only enrolments of this status' \
              '--status=complete' 'only enrolments of this status' \
              '--status=open' 'only enrolments of this status' \
              '--status=overdue' 'only enrolments of this status' \
              '--status=scheduled' 'only enrolments of this status' \
              '--status=unassigned' 'only enrolments of this status'
            set -g __thrivelua_options 5
        case 'assignments enrolments count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 100 (the service\'s default: 100)' \
              'updatedAtFrom=' 'only enrolments changed at or after this time' \
              'updatedAtTo=' 'only enrolments changed until this time' \
              'status=' 'only enrolments of this status' \
              'status=archived' 'only enrolments of this status' \
              'status=complete' 'only enrolments of this status' \
              'status=open' 'only enrolments of this status' \
              'status=overdue' 'only enrolments of this status' \
              'status=scheduled' 'only enrolments of this status' \
              'status=unassigned' 'only enrolments of this status'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 100 (the service\'s default: 100)' \
              '--updated-at-from' 'only enrolments changed at or after this time' \
              '--updated-at-to' 'only enrolments changed until this time' \
              '--status' 'only enrolments of this status' \
              '--status=archived' 'only enrolments of this status' \
              '--status=complete' 'only enrolments of this status' \
              '--status=open' 'only enrolments of this status' \
              '--status=overdue' 'only enrolments of this status' \
              '--status=scheduled' 'only enrolments of this status' \
              '--status=unassigned' 'only enrolments of this status'
            set -g __thrivelua_options 1
        case 'assignments enrolments get'
            set -g __thrivelua_options 6
        case 'assignments list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 100 (the service\'s default: 100)' \
              'audienceId=' 'only those of this audience: its id or reference' \
              'updatedSince=' 'only assignments changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 100 (the service\'s default: 100)' \
              '--audience-id' 'only those of this audience: its id or reference' \
              '--updated-since' 'only assignments changed at or after this time'
            set -g __thrivelua_options 5
        case 'assignments count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 100 (the service\'s default: 100)' \
              'audienceId=' 'only those of this audience: its id or reference' \
              'updatedSince=' 'only assignments changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 100 (the service\'s default: 100)' \
              '--audience-id' 'only those of this audience: its id or reference' \
              '--updated-since' 'only assignments changed at or after this time'
            set -g __thrivelua_options 1
        case 'assignments create'
            printf '%s\t%s\n' 'audienceId=' 'the audience' \
              'contentId=' 'the content' \
              'alternativeContentIds=' 'content that counts as well' \
              'hideAlternativeContent=' 'hide that content' \
              'hideAlternativeContent=true' 'hide that content' \
              'hideAlternativeContent=false' 'hide that content' \
              'completionPeriod=' 'days to complete it in (the service\'s default: 30)' \
              'recurrence=' 'days after which it is due again'
            printf '%s\t%s\n' '--audience-id' 'the audience' \
              '--content-id' 'the content' \
              '--alternative-content-ids' 'content that counts as well' \
              '--hide-alternative-content' 'hide that content' \
              '--hide-alternative-content=true' 'hide that content' \
              '--hide-alternative-content=false' 'hide that content' \
              '--completion-period' 'days to complete it in (the service\'s default: 30)' \
              '--recurrence' 'days after which it is due again'
            set -g __thrivelua_options 3
        case 'assignments get'
            set -g __thrivelua_options 6
        case 'assignments update'
            printf '%s\t%s\n' 'audienceId=' 'the audience' \
              'contentId=' 'the content' \
              'completionPeriod=' 'days to complete it in' \
              'recurrence=' 'days after which it is due again; null: never' \
              'alternativeContentIds=' 'content that counts as well'
            printf '%s\t%s\n' '--audience-id' 'the audience' \
              '--content-id' 'the content' \
              '--completion-period' 'days to complete it in' \
              '--recurrence' 'days after which it is due again; null: never' \
              '--alternative-content-ids' 'content that counts as well'
            set -g __thrivelua_options 3
        case 'assignments delete'
            printf '%s\t%s\n' 'audienceId=' 'the audience'
            printf '%s\t%s\n' '--audience-id' 'the audience'
            set -g __thrivelua_options 9
        case 'completions'
            printf '%s\t%s\n' 'list' 'Completions, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'get' 'One completion.' \
              'create' 'Records that a user has completed content. Safe to repeat: the same record is not made twice.'
            set -g __thrivelua_options 1
        case 'completions list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 1000)' \
              'contentId=' 'only those of this content' \
              'isRPL=' 'only prior learning (true), or none of it (false)' \
              'isRPL=true' 'only prior learning (true), or none of it (false)' \
              'isRPL=false' 'only prior learning (true), or none of it (false)' \
              'userId=' 'only those of this user: Thrive id' \
              'completedDateRangeStart=' 'completed at or after this time' \
              'completedDateRangeEnd=' 'completed until this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 1000)' \
              '--content-id' 'only those of this content' \
              '--is-r-p-l' 'only prior learning (true), or none of it (false)' \
              '--is-r-p-l=true' 'only prior learning (true), or none of it (false)' \
              '--is-r-p-l=false' 'only prior learning (true), or none of it (false)' \
              '--user-id' 'only those of this user: Thrive id' \
              '--completed-date-range-start' 'completed at or after this time' \
              '--completed-date-range-end' 'completed until this time'
            set -g __thrivelua_options 5
        case 'completions count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 1000)' \
              'contentId=' 'only those of this content' \
              'isRPL=' 'only prior learning (true), or none of it (false)' \
              'isRPL=true' 'only prior learning (true), or none of it (false)' \
              'isRPL=false' 'only prior learning (true), or none of it (false)' \
              'userId=' 'only those of this user: Thrive id' \
              'completedDateRangeStart=' 'completed at or after this time' \
              'completedDateRangeEnd=' 'completed until this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 1000)' \
              '--content-id' 'only those of this content' \
              '--is-r-p-l' 'only prior learning (true), or none of it (false)' \
              '--is-r-p-l=true' 'only prior learning (true), or none of it (false)' \
              '--is-r-p-l=false' 'only prior learning (true), or none of it (false)' \
              '--user-id' 'only those of this user: Thrive id' \
              '--completed-date-range-start' 'completed at or after this time' \
              '--completed-date-range-end' 'completed until this time'
            set -g __thrivelua_options 1
        case 'completions get'
            set -g __thrivelua_options 6
        case 'completions create'
            printf '%s\t%s\n' 'userId=' 'the user: Thrive id' \
              'contentId=' 'the content' \
              'completedAt=' 'when'
            printf '%s\t%s\n' '--user-id' 'the user: Thrive id' \
              '--content-id' 'the content' \
              '--completed-at' 'when'
            set -g __thrivelua_options 3
        case 'content'
            printf '%s\t%s\n' 'list' 'Content, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'get' 'One piece of content.'
            set -g __thrivelua_options 1
        case 'content list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 20)' \
              'types=' 'only these types' \
              'types=article' 'only these types' \
              'types=assessment' 'only these types' \
              'types=broadcast' 'only these types' \
              'types=cmi5' 'only these types' \
              'types=elearning' 'only these types' \
              'types=event' 'only these types' \
              'types=file' 'only these types' \
              'types=pathway' 'only these types' \
              'types=question' 'only these types' \
              'types=quiz' 'only these types' \
              'types=scorm' 'only these types' \
              'types=url' 'only these types' \
              'types=video' 'only these types' \
              'types=mixed' 'only these types' \
              'omitTypes=' 'none of these types; the service ignores it beside types' \
              'omitTypes=article' 'none of these types; the service ignores it beside types' \
              'omitTypes=assessment' 'none of these types; the service ignores it beside types' \
              'omitTypes=broadcast' 'none of these types; the service ignores it beside types' \
              'omitTypes=cmi5' 'none of these types; the service ignores it beside types' \
              'omitTypes=elearning' 'none of these types; the service ignores it beside types' \
              'omitTypes=event' 'none of these types; the service ignores it beside types' \
              'omitTypes=file' 'none of these types; the service ignores it beside types' \
              'omitTypes=pathway' 'none of these types; the service ignores it beside types' \
              'omitTypes=question' 'none of these types; the service ignores it beside types' \
              'omitTypes=quiz' 'none of these types; the service ignores it beside types' \
              'omitTypes=scorm' 'none of these types; the service ignores it beside types' \
              'omitTypes=url' 'none of these types; the service ignores it beside types' \
              'omitTypes=video' 'none of these types; the service ignores it beside types' \
              'omitTypes=mixed' 'none of these types; the service ignores it beside types' \
              'updatedSince=' 'only content changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 20)' \
              '--types' 'only these types' \
              '--types=article' 'only these types' \
              '--types=assessment' 'only these types' \
              '--types=broadcast' 'only these types' \
              '--types=cmi5' 'only these types' \
              '--types=elearning' 'only these types' \
              '--types=event' 'only these types' \
              '--types=file' 'only these types' \
              '--types=pathway' 'only these types' \
              '--types=question' 'only these types' \
              '--types=quiz' 'only these types' \
              '--types=scorm' 'only these types' \
              '--types=url' 'only these types' \
              '--types=video' 'only these types' \
              '--types=mixed' 'only these types' \
              '--omit-types' 'none of these types; the service ignores it beside types' \
              '--omit-types=article' 'none of these types; the service ignores it beside types' \
              '--omit-types=assessment' 'none of these types; the service ignores it beside types' \
              '--omit-types=broadcast' 'none of these types; the service ignores it beside types' \
              '--omit-types=cmi5' 'none of these types; the service ignores it beside types' \
              '--omit-types=elearning' 'none of these types; the service ignores it beside types' \
              '--omit-types=event' 'none of these types; the service ignores it beside types' \
              '--omit-types=file' 'none of these types; the service ignores it beside types' \
              '--omit-types=pathway' 'none of these types; the service ignores it beside types' \
              '--omit-types=question' 'none of these types; the service ignores it beside types' \
              '--omit-types=quiz' 'none of these types; the service ignores it beside types' \
              '--omit-types=scorm' 'none of these types; the service ignores it beside types' \
              '--omit-types=url' 'none of these types; the service ignores it beside types' \
              '--omit-types=video' 'none of these types; the service ignores it beside types' \
              '--omit-types=mixed' 'none of these types; the service ignores it beside types' \
              '--updated-since' 'only content changed at or after this time'
            set -g __thrivelua_options 5
        case 'content count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 20)' \
              'types=' 'only these types' \
              'types=article' 'only these types' \
              'types=assessment' 'only these types' \
              'types=broadcast' 'only these types' \
              'types=cmi5' 'only these types' \
              'types=elearning' 'only these types' \
              'types=event' 'only these types' \
              'types=file' 'only these types' \
              'types=pathway' 'only these types' \
              'types=question' 'only these types' \
              'types=quiz' 'only these types' \
              'types=scorm' 'only these types' \
              'types=url' 'only these types' \
              'types=video' 'only these types' \
              'types=mixed' 'only these types' \
              'omitTypes=' 'none of these types; the service ignores it beside types' \
              'omitTypes=article' 'none of these types; the service ignores it beside types' \
              'omitTypes=assessment' 'none of these types; the service ignores it beside types' \
              'omitTypes=broadcast' 'none of these types; the service ignores it beside types' \
              'omitTypes=cmi5' 'none of these types; the service ignores it beside types' \
              'omitTypes=elearning' 'none of these types; the service ignores it beside types' \
              'omitTypes=event' 'none of these types; the service ignores it beside types' \
              'omitTypes=file' 'none of these types; the service ignores it beside types' \
              'omitTypes=pathway' 'none of these types; the service ignores it beside types' \
              'omitTypes=question' 'none of these types; the service ignores it beside types' \
              'omitTypes=quiz' 'none of these types; the service ignores it beside types' \
              'omitTypes=scorm' 'none of these types; the service ignores it beside types' \
              'omitTypes=url' 'none of these types; the service ignores it beside types' \
              'omitTypes=video' 'none of these types; the service ignores it beside types' \
              'omitTypes=mixed' 'none of these types; the service ignores it beside types' \
              'updatedSince=' 'only content changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 20)' \
              '--types' 'only these types' \
              '--types=article' 'only these types' \
              '--types=assessment' 'only these types' \
              '--types=broadcast' 'only these types' \
              '--types=cmi5' 'only these types' \
              '--types=elearning' 'only these types' \
              '--types=event' 'only these types' \
              '--types=file' 'only these types' \
              '--types=pathway' 'only these types' \
              '--types=question' 'only these types' \
              '--types=quiz' 'only these types' \
              '--types=scorm' 'only these types' \
              '--types=url' 'only these types' \
              '--types=video' 'only these types' \
              '--types=mixed' 'only these types' \
              '--omit-types' 'none of these types; the service ignores it beside types' \
              '--omit-types=article' 'none of these types; the service ignores it beside types' \
              '--omit-types=assessment' 'none of these types; the service ignores it beside types' \
              '--omit-types=broadcast' 'none of these types; the service ignores it beside types' \
              '--omit-types=cmi5' 'none of these types; the service ignores it beside types' \
              '--omit-types=elearning' 'none of these types; the service ignores it beside types' \
              '--omit-types=event' 'none of these types; the service ignores it beside types' \
              '--omit-types=file' 'none of these types; the service ignores it beside types' \
              '--omit-types=pathway' 'none of these types; the service ignores it beside types' \
              '--omit-types=question' 'none of these types; the service ignores it beside types' \
              '--omit-types=quiz' 'none of these types; the service ignores it beside types' \
              '--omit-types=scorm' 'none of these types; the service ignores it beside types' \
              '--omit-types=url' 'none of these types; the service ignores it beside types' \
              '--omit-types=video' 'none of these types; the service ignores it beside types' \
              '--omit-types=mixed' 'none of these types; the service ignores it beside types' \
              '--updated-since' 'only content changed at or after this time'
            set -g __thrivelua_options 1
        case 'content get'
            set -g __thrivelua_options 6
        case 'activities'
            printf '%s\t%s\n' 'list' 'Activities, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'get' 'One activity.'
            set -g __thrivelua_options 1
        case 'activities list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 20)' \
              'actions=' 'only these actions' \
              'omitActions=' 'none of these actions' \
              'contentIds=' 'only those on this content: ids' \
              'contentType=' 'only those on things of this type, such as content' \
              'timestampFrom=' 'done at or after this time, in UTC' \
              'timestampTo=' 'done until this time, in UTC'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 20)' \
              '--actions' 'only these actions' \
              '--omit-actions' 'none of these actions' \
              '--content-ids' 'only those on this content: ids' \
              '--content-type' 'only those on things of this type, such as content' \
              '--timestamp-from' 'done at or after this time, in UTC' \
              '--timestamp-to' 'done until this time, in UTC'
            set -g __thrivelua_options 5
        case 'activities count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 20)' \
              'actions=' 'only these actions' \
              'omitActions=' 'none of these actions' \
              'contentIds=' 'only those on this content: ids' \
              'contentType=' 'only those on things of this type, such as content' \
              'timestampFrom=' 'done at or after this time, in UTC' \
              'timestampTo=' 'done until this time, in UTC'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 20)' \
              '--actions' 'only these actions' \
              '--omit-actions' 'none of these actions' \
              '--content-ids' 'only those on this content: ids' \
              '--content-type' 'only those on things of this type, such as content' \
              '--timestamp-from' 'done at or after this time, in UTC' \
              '--timestamp-to' 'done until this time, in UTC'
            set -g __thrivelua_options 1
        case 'activities get'
            set -g __thrivelua_options 6
        case 'cpd'
            printf '%s\t%s\n' 'categories' 'Categories of CPD.' \
              'entries' 'Entries of the CPD log.' \
              'requirements' 'How much CPD an audience has to do.' \
              'summaries' 'How much CPD each user did between two times.'
            set -g __thrivelua_options 1
        case 'cpd categories'
            printf '%s\t%s\n' 'list' 'Categories, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'get' 'One category.'
            set -g __thrivelua_options 1
        case 'cpd categories list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'updatedSince=' 'only categories changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--updated-since' 'only categories changed at or after this time'
            set -g __thrivelua_options 5
        case 'cpd categories count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'updatedSince=' 'only categories changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--updated-since' 'only categories changed at or after this time'
            set -g __thrivelua_options 1
        case 'cpd categories get'
            set -g __thrivelua_options 6
        case 'cpd entries'
            printf '%s\t%s\n' 'list' 'Entries, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'get' 'One entry.'
            set -g __thrivelua_options 1
        case 'cpd entries list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'entryDateFrom=' 'from this time, in UTC' \
              'entryDateTo=' 'until this time, in UTC'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--entry-date-from' 'from this time, in UTC' \
              '--entry-date-to' 'until this time, in UTC'
            set -g __thrivelua_options 5
        case 'cpd entries count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'entryDateFrom=' 'from this time, in UTC' \
              'entryDateTo=' 'until this time, in UTC'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--entry-date-from' 'from this time, in UTC' \
              '--entry-date-to' 'until this time, in UTC'
            set -g __thrivelua_options 1
        case 'cpd entries get'
            set -g __thrivelua_options 6
        case 'cpd requirements'
            printf '%s\t%s\n' 'list' 'Requirements, a page at a time.' \
              'count' 'Prints how many records there are.' \
              'get' 'One requirement.'
            set -g __thrivelua_options 1
        case 'cpd requirements list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'updatedSince=' 'only requirements changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--updated-since' 'only requirements changed at or after this time'
            set -g __thrivelua_options 5
        case 'cpd requirements count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'updatedSince=' 'only requirements changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--updated-since' 'only requirements changed at or after this time'
            set -g __thrivelua_options 1
        case 'cpd requirements get'
            set -g __thrivelua_options 6
        case 'cpd summaries'
            printf '%s\t%s\n' 'list' 'Sums, a page at a time.' \
              'count' 'Prints how many records there are.'
            set -g __thrivelua_options 1
        case 'cpd summaries list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'entryDateFrom=' 'from this time, in UTC' \
              'entryDateTo=' 'until this time, in UTC' \
              'userIds=' 'only these users: Thrive ids'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--entry-date-from' 'from this time, in UTC' \
              '--entry-date-to' 'until this time, in UTC' \
              '--user-ids' 'only these users: Thrive ids'
            set -g __thrivelua_options 5
        case 'cpd summaries count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'entryDateFrom=' 'from this time, in UTC' \
              'entryDateTo=' 'until this time, in UTC' \
              'userIds=' 'only these users: Thrive ids'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--entry-date-from' 'from this time, in UTC' \
              '--entry-date-to' 'until this time, in UTC' \
              '--user-ids' 'only these users: Thrive ids'
            set -g __thrivelua_options 1
        case 'tags'
            printf '%s\t%s\n' 'list' 'Tags, a page at a time where the service has pages.' \
              'count' 'Prints how many records there are.' \
              'get' 'One tag.'
            set -g __thrivelua_options 1
        case 'tags list'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'updatedSince=' 'only tags changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--updated-since' 'only tags changed at or after this time'
            set -g __thrivelua_options 5
        case 'tags count'
            printf '%s\t%s\n' 'page=' 'page number' \
              'perPage=' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              'updatedSince=' 'only tags changed at or after this time'
            printf '%s\t%s\n' '--page' 'page number' \
              '--per-page' 'records per page, 1 to 1000 (the service\'s default: 100)' \
              '--updated-since' 'only tags changed at or after this time'
            set -g __thrivelua_options 1
        case 'tags get'
            set -g __thrivelua_options 6
        case 'skills'
            printf '%s\t%s\n' 'levels' 'All levels, as an array.'
            set -g __thrivelua_options 1
        case 'skills levels'
            set -g __thrivelua_options 5
        case 'events'
            printf '%s\t%s\n' 'user-joined' 'Creates a user, or brings a suspended one back.' \
              'user-updated' 'Changes a user: ref and what changed.' \
              'user-suspended' 'Suspends a user.' \
              'user-deleted' 'Irreversible: removes the personal data, keeps the training history.' \
              'send' 'Sends an envelope of your own: id, timestamp, eventType, content.'
            set -g __thrivelua_options 1
        case 'events user-joined'
            printf '%s\t%s\n' 'ref=' 'your organisation\'s unique identifier for this person' \
              'email=' 'email address' \
              'firstName=' 'given name' \
              'lastName=' 'family name' \
              'role=' 'role' \
              'role=administrator' 'role' \
              'role=learneradmin' 'role' \
              'role=learner' 'role' \
              'jobTitle=' 'job title' \
              'managerRef=' 'ref of the line manager' \
              'startDate=' 'when the person started' \
              'endDate=' 'when the person left' \
              'timeZone=' 'IANA name such as Europe/London' \
              'languageCode=' 'such as en-gb; one that the tenant has enabled' \
              'sso=' 'is the account managed by an authentication provider?' \
              'sso=true' 'is the account managed by an authentication provider?' \
              'sso=false' 'is the account managed by an authentication provider?' \
              'domain=' 'domain that the person belongs to' \
              'id=' 'unique id of the event; made when none is given' \
              'timestamp=' 'when it happened; now when none is given'
            printf '%s\t%s\n' '--ref' 'your organisation\'s unique identifier for this person' \
              '--email' 'email address' \
              '--first-name' 'given name' \
              '--last-name' 'family name' \
              '--role' 'role' \
              '--role=administrator' 'role' \
              '--role=learneradmin' 'role' \
              '--role=learner' 'role' \
              '--job-title' 'job title' \
              '--manager-ref' 'ref of the line manager' \
              '--start-date' 'when the person started' \
              '--end-date' 'when the person left' \
              '--time-zone' 'IANA name such as Europe/London' \
              '--language-code' 'such as en-gb; one that the tenant has enabled' \
              '--sso' 'is the account managed by an authentication provider?' \
              '--sso=true' 'is the account managed by an authentication provider?' \
              '--sso=false' 'is the account managed by an authentication provider?' \
              '--domain' 'domain that the person belongs to' \
              '--id' 'unique id of the event; made when none is given' \
              '--timestamp' 'when it happened; now when none is given'
            set -g __thrivelua_options 3
        case 'events user-updated'
            printf '%s\t%s\n' 'ref=' 'your organisation\'s unique identifier for this person' \
              'email=' 'email address' \
              'firstName=' 'given name' \
              'lastName=' 'family name' \
              'role=' 'role' \
              'role=administrator' 'role' \
              'role=learneradmin' 'role' \
              'role=learner' 'role' \
              'jobTitle=' 'job title' \
              'managerRef=' 'ref of the line manager' \
              'startDate=' 'when the person started' \
              'endDate=' 'when the person left' \
              'timeZone=' 'IANA name such as Europe/London' \
              'languageCode=' 'such as en-gb; one that the tenant has enabled' \
              'sso=' 'is the account managed by an authentication provider?' \
              'sso=true' 'is the account managed by an authentication provider?' \
              'sso=false' 'is the account managed by an authentication provider?' \
              'domain=' 'domain that the person belongs to' \
              'id=' 'unique id of the event; made when none is given' \
              'timestamp=' 'when it happened; now when none is given'
            printf '%s\t%s\n' '--ref' 'your organisation\'s unique identifier for this person' \
              '--email' 'email address' \
              '--first-name' 'given name' \
              '--last-name' 'family name' \
              '--role' 'role' \
              '--role=administrator' 'role' \
              '--role=learneradmin' 'role' \
              '--role=learner' 'role' \
              '--job-title' 'job title' \
              '--manager-ref' 'ref of the line manager' \
              '--start-date' 'when the person started' \
              '--end-date' 'when the person left' \
              '--time-zone' 'IANA name such as Europe/London' \
              '--language-code' 'such as en-gb; one that the tenant has enabled' \
              '--sso' 'is the account managed by an authentication provider?' \
              '--sso=true' 'is the account managed by an authentication provider?' \
              '--sso=false' 'is the account managed by an authentication provider?' \
              '--domain' 'domain that the person belongs to' \
              '--id' 'unique id of the event; made when none is given' \
              '--timestamp' 'when it happened; now when none is given'
            set -g __thrivelua_options 3
        case 'events user-suspended'
            printf '%s\t%s\n' 'ref=' 'the person\'s ref' \
              'endDate=' 'when the person left' \
              'id=' 'unique id of the event; made when none is given' \
              'timestamp=' 'when it happened; now when none is given'
            printf '%s\t%s\n' '--ref' 'the person\'s ref' \
              '--end-date' 'when the person left' \
              '--id' 'unique id of the event; made when none is given' \
              '--timestamp' 'when it happened; now when none is given'
            set -g __thrivelua_options 3
        case 'events user-deleted'
            printf '%s\t%s\n' 'ref=' 'the person\'s ref' \
              'id=' 'unique id of the event; made when none is given' \
              'timestamp=' 'when it happened; now when none is given'
            printf '%s\t%s\n' '--ref' 'the person\'s ref' \
              '--id' 'unique id of the event; made when none is given' \
              '--timestamp' 'when it happened; now when none is given'
            set -g __thrivelua_options 3
        case 'events send'
            printf '%s\t%s\n' 'id=' 'unique id of the event' \
              'timestamp=' 'when it happened' \
              'eventType=' 'the kind of event' \
              'eventType=user_joined' 'the kind of event' \
              'eventType=user_updated' 'the kind of event' \
              'eventType=user_suspended' 'the kind of event' \
              'eventType=user_deleted' 'the kind of event' \
              'content=' '{ user = { … } }'
            printf '%s\t%s\n' '--id' 'unique id of the event' \
              '--timestamp' 'when it happened' \
              '--event-type' 'the kind of event' \
              '--event-type=user_joined' 'the kind of event' \
              '--event-type=user_updated' 'the kind of event' \
              '--event-type=user_suspended' 'the kind of event' \
              '--event-type=user_deleted' 'the kind of event' \
              '--content' '{ user = { … } }'
            set -g __thrivelua_options 3
        case '*'
            return 1
    end
    return 0 # set leaves the status alone
end

function __thrivelua_options_of
    switch $argv[1]
        case 1
            printf '%s\t%s\n' '--output' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '-o' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '--timeout' 'of one attempt (60)' \
              '--deadline' 'of a call with all its attempts (none)' \
              '--max-retries' 'so many more attempts (3)' \
              '--help' 'this help' \
              '-h' 'this help'
        case 2
            printf '%s\t%s\n' '--output' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '-o' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '--fields' 'only these fields, in this order: ref,email,cf.department' \
              '--bom' 'CSV for Excel: with the mark by which it knows UTF-8' \
              '--all' 'every page, not only the first' \
              '--limit' 'at most N records, over as many pages as it takes' \
              '--where' 'only records for which this Lua expression is true; u is the record, cf its custom fields; reads all pages' \
              '--body' 'fields as JSON text, @FILE, or - for standard input; name=value goes on top' \
              '--query' 'a parameter in the URL; may be given again' \
              '--host' 'api or webhooks' \
              '--timeout' 'of one attempt (60)' \
              '--deadline' 'of a call with all its attempts (none)' \
              '--max-retries' 'so many more attempts (3)' \
              '--help' 'this help' \
              '-h' 'this help'
        case 3
            printf '%s\t%s\n' '--output' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '-o' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '--fields' 'only these fields, in this order: ref,email,cf.department' \
              '--bom' 'CSV for Excel: with the mark by which it knows UTF-8' \
              '--from-csv' 'a call for each row (of lists: an entry); - is standard input; the header names the fields' \
              '--column' 'use only this column of the file; may be given again' \
              '--clear' 'a cell with this text clears the field; an empty one leaves it alone' \
              '--encoding' 'how the file is encoded, such as cp1252; else UTF-8' \
              '--failed' 'write the rows that failed here, with the reason as _error' \
              '--concurrency' 'so many rows at once (8)' \
              '--body' 'fields as JSON text, @FILE, or - for standard input; name=value goes on top' \
              '--timeout' 'of one attempt (60)' \
              '--deadline' 'of a call with all its attempts (none)' \
              '--max-retries' 'so many more attempts (3)' \
              '--help' 'this help' \
              '-h' 'this help'
        case 4
            printf '%s\t%s\n' '--output' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '-o' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '--from-csv' 'a call for each row (of lists: an entry); - is standard input; the header names the fields' \
              '--column' 'use only this column of the file; may be given again' \
              '--clear' 'a cell with this text clears the field; an empty one leaves it alone' \
              '--encoding' 'how the file is encoded, such as cp1252; else UTF-8' \
              '--failed' 'write the rows that failed here, with the reason as _error' \
              '--concurrency' 'so many rows at once (8)' \
              '--timeout' 'of one attempt (60)' \
              '--deadline' 'of a call with all its attempts (none)' \
              '--max-retries' 'so many more attempts (3)' \
              '--help' 'this help' \
              '-h' 'this help'
        case 5
            printf '%s\t%s\n' '--output' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '-o' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '--fields' 'only these fields, in this order: ref,email,cf.department' \
              '--bom' 'CSV for Excel: with the mark by which it knows UTF-8' \
              '--all' 'every page, not only the first' \
              '--limit' 'at most N records, over as many pages as it takes' \
              '--where' 'only records for which this Lua expression is true; u is the record, cf its custom fields; reads all pages' \
              '--timeout' 'of one attempt (60)' \
              '--deadline' 'of a call with all its attempts (none)' \
              '--max-retries' 'so many more attempts (3)' \
              '--help' 'this help' \
              '-h' 'this help'
        case 6
            printf '%s\t%s\n' '--output' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '-o' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '--fields' 'only these fields, in this order: ref,email,cf.department' \
              '--bom' 'CSV for Excel: with the mark by which it knows UTF-8' \
              '--timeout' 'of one attempt (60)' \
              '--deadline' 'of a call with all its attempts (none)' \
              '--max-retries' 'so many more attempts (3)' \
              '--help' 'this help' \
              '-h' 'this help'
        case 7
            printf '%s\t%s\n' '--output' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '-o' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '--fields' 'only these fields, in this order: ref,email,cf.department' \
              '--bom' 'CSV for Excel: with the mark by which it knows UTF-8' \
              '--from-csv' 'a call for each row (of lists: an entry); - is standard input; the header names the fields' \
              '--column' 'use only this column of the file; may be given again' \
              '--clear' 'a cell with this text clears the field; an empty one leaves it alone' \
              '--encoding' 'how the file is encoded, such as cp1252; else UTF-8' \
              '--failed' 'write the rows that failed here, with the reason as _error' \
              '--body' 'fields as JSON text, @FILE, or - for standard input; name=value goes on top' \
              '--timeout' 'of one attempt (60)' \
              '--deadline' 'of a call with all its attempts (none)' \
              '--max-retries' 'so many more attempts (3)' \
              '--help' 'this help' \
              '-h' 'this help'
        case 8
            printf '%s\t%s\n' '--output' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '-o' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '--fields' 'only these fields, in this order: ref,email,cf.department' \
              '--bom' 'CSV for Excel: with the mark by which it knows UTF-8' \
              '--from-csv' 'a call for each row (of lists: an entry); - is standard input; the header names the fields' \
              '--column' 'use only this column of the file; may be given again' \
              '--clear' 'a cell with this text clears the field; an empty one leaves it alone' \
              '--encoding' 'how the file is encoded, such as cp1252; else UTF-8' \
              '--failed' 'write the rows that failed here, with the reason as _error' \
              '--body' 'fields as JSON text, @FILE, or - for standard input; name=value goes on top' \
              '--split' 'replace with the first hundred and add the others, which is not one step' \
              '--timeout' 'of one attempt (60)' \
              '--deadline' 'of a call with all its attempts (none)' \
              '--max-retries' 'so many more attempts (3)' \
              '--help' 'this help' \
              '-h' 'this help'
        case 9
            printf '%s\t%s\n' '--output' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '-o' 'table, json, ndjson, csv, tsv, md or lua; a table on a terminal, else ndjson' \
              '--from-csv' 'a call for each row (of lists: an entry); - is standard input; the header names the fields' \
              '--column' 'use only this column of the file; may be given again' \
              '--clear' 'a cell with this text clears the field; an empty one leaves it alone' \
              '--encoding' 'how the file is encoded, such as cp1252; else UTF-8' \
              '--failed' 'write the rows that failed here, with the reason as _error' \
              '--concurrency' 'so many rows at once (8)' \
              '--body' 'fields as JSON text, @FILE, or - for standard input; name=value goes on top' \
              '--timeout' 'of one attempt (60)' \
              '--deadline' 'of a call with all its attempts (none)' \
              '--max-retries' 'so many more attempts (3)' \
              '--help' 'this help' \
              '-h' 'this help'
    end
    printf '%s\t%s\n' '--sandbox' 'point every client at an invented tenant on this machine' \
      '--sandbox-users' 'the number of users it starts with (implies --sandbox)' \
      '--profile' 'whose credentials to use, see --login' \
      '--dry-run' 'send no write; print each one and what it would change' \
      '--read-only' 'refuse every write' \
      '--yes' 'delete without asking, and any number of users' \
      '--max-changes' 'let N deletes and suspends through (10, or 5 % of all)' \
      '--log' 'append a line of JSON to FILE for every write' \
      '--trace' 'show requests and timings on standard error' \
      '--stats' 'say at the end what was sent, and how long it took' \
      '--version' 'show the versions of thrivelua and Lua'
end

function __thrivelua_own
    printf '%s\t%s\n' '--sandbox' 'point every client at an invented tenant on this machine' \
      '--sandbox-users' 'the number of users it starts with (implies --sandbox)' \
      '--profile' 'whose credentials to use, see --login' \
      '--login' 'ask for credentials, try them, keep them as a profile' \
      '--doctor' 'look for what could keep scripts from working' \
      '--check-network' 'let --doctor talk to the service, too' \
      '--dry-run' 'send no write; print each one and what it would change' \
      '--read-only' 'refuse every write' \
      '--yes' 'delete without asking, and any number of users' \
      '--max-changes' 'let N deletes and suspends through (10, or 5 % of all)' \
      '--log' 'append a line of JSON to FILE for every write' \
      '--trace' 'show requests and timings on standard error' \
      '--stats' 'say at the end what was sent, and how long it took' \
      '--help' 'show this help' \
      '--version' 'show the versions of thrivelua and Lua'
    printf '%s\t%s\n' '-e' 'execute string \'stat\'' \
      '-i' 'enter interactive mode after executing \'script\'' \
      '-l' 'require library \'mod\' into global \'mod\'' \
      '-v' 'show version information' \
      '-E' 'ignore environment variables' \
      '-W' 'turn warnings on' \
      '--' 'stop handling options'
end

# The values of an option; nothing where any will do.
function __thrivelua_values
    switch $argv[1]
        case --output -o
            printf '%s\n' table json ndjson csv tsv md lua
        case --host
            printf '%s\n' api webhooks
        case --profile
            command $argv[2] -E -e 'for _, name in ipairs(require("thrive.profile").names() or {}) do print(name) end' 2>/dev/null
        case --log --from-csv --failed
            __fish_complete_path $argv[3]
    end
end

function __thrivelua_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -l place start
    set -l path
    set -l option
    for word in $words[2..-1]
        if test -n "$option" # its value
            set option
            continue
        end
        switch $place
            case start
                switch $word
                    case api
                        set place api
                    case -e -l --sandbox-users --profile --max-changes --log --output -o --fields --limit --where --from-csv --column --clear --encoding --failed --concurrency --body --query --host --timeout --deadline --max-retries
                        set option $word
                    case -- -
                        set place script
                    case '-*'
                    case '*'
                        set place script
                end
            case api
                switch $word
                    case --sandbox-users --profile --max-changes --log --output -o --fields --limit --where --from-csv --column --clear --encoding --failed --concurrency --body --query --host --timeout --deadline --max-retries
                        set option $word
                    case '-*' '*=*'
                    case '*'
                        set -l longer (string join ' ' $path $word)
                        if __thrivelua_next "$longer" >/dev/null
                            set path $path $word
                        end
                end
        end
    end
    set -l next
    set -l named # fields as options: --status, --status=active
    if test $place = api
        set next (__thrivelua_next (string join ' ' $path | string collect -a))
        set named (printf '%s\n' $next | string match -r -- '^--.*')
        set next (printf '%s\n' $next | string match -v -r -- '^--')
    end
    if test $place = script
        __fish_complete_path $current
    else if test -n "$option"
        __thrivelua_values $option $program $current
    else if string match -q -- '--*=*' $current
        set -l parts (string split -m 1 = -- $current)
        __thrivelua_values $parts[1] $program $parts[2] | string replace -r -- '^' "$parts[1]="
        printf '%s\n' $named | string match -r -- '^[^\t=]*=[^\t].*'
    else if test $place = api
        set -l value # of a field; behind a boolean anything may follow
        if string match -q -- '--*' $words[-1]
            set value (printf '%s\n' $named | string replace -f -r -- "^$words[-1]=([^\t]*).*" '$1')
            if test "$value[1]" = true
                set value
            else if test -z "$value"; and printf '%s\n' $named | string match -q -r -- "^$words[-1]\t"
                return
            end
        end
        if set -q value[1]
            printf '%s\n' $value
            return
        end
        switch $current
            case '-*'
                __thrivelua_next (string join ' ' $path | string collect -a) >/dev/null
                __thrivelua_options_of $__thrivelua_options
                printf '%s\n' $named | string match -r -- '^[^\t=]*\t.*'
            case '*=*'
                printf '%s\n' $next | string match -r -- '^[^\t=]*=[^\t].*'
            case '*'
                printf '%s\n' $next | string match -v -r -- '^[^\t=]*=[^\t]'
        end
    else if string match -q -- '-*' $current
        __thrivelua_own
    else
        printf '%s\t%s\n' api 'one call of the Thrive Learning API'
        __fish_complete_suffix .lua
    end
end

complete -c thrivelua -f -a '(__thrivelua_complete)'
