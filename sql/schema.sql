-- The whole schema of Kalends, version 1.
--
-- Installed by `kalends init` under an advisory lock (src/store/schema.cpp); a later version adds
-- sql/upgrade/NNNN-what.sql and changes this file in the same way, and a test compares the catalogs.
--
-- Rules that hold everywhere:
-- * Every row that belongs to somebody's data carries the owner's home_id as the leading key column, and no
--   foreign key crosses homes except to the directory tables: the data can be partitioned or distributed by it.
-- * Lock order: home, then collections by id. A batch of writes to several collections waits for none of them.
-- * READ COMMITTED everywhere: each invariant is a unique index, or is checked after the lock.
-- * Names, UIDs and logins compare as bytes (COLLATE "C"). Moments are seconds since 1970, UTC.

CREATE TABLE meta (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  integer NOT NULL,
    epoch    uuid NOT NULL DEFAULT gen_random_uuid(),
    secret   text NOT NULL DEFAULT gen_random_uuid()::text || gen_random_uuid()::text
);
COMMENT ON TABLE meta IS 'What the database knows of itself; one row.';
COMMENT ON COLUMN meta.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN meta.version IS 'Version of this schema; raised by the last statement of each upgrade.';
COMMENT ON COLUMN meta.epoch IS 'Stands in every sync-token; a restored backup gets another (kalends doctor).';
COMMENT ON COLUMN meta.secret IS 'With which links are signed that are given to people outside; 244 random bits.';

-- The directory: who there is. These tables are small, and every node of a distributed database has them.

CREATE TABLE principal (
    principal_id   bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    uuid           uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    kind           smallint NOT NULL CHECK (kind BETWEEN 0 AND 5),
    login          text COLLATE "C" NOT NULL UNIQUE CHECK (login <> ''),
    display_name   text NOT NULL DEFAULT '',
    disabled       boolean NOT NULL DEFAULT false,
    administrator  boolean NOT NULL DEFAULT false,
    credential_seq bigint NOT NULL DEFAULT 1,
    source         smallint NOT NULL DEFAULT 0 CHECK (source BETWEEN 0 AND 1),
    closed         boolean NOT NULL DEFAULT false,
    gone           bigint,
    owner_id       bigint REFERENCES principal ON DELETE CASCADE,
    created        bigint NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()))::bigint
);
COMMENT ON TABLE principal IS 'A user, group, resource or location; its id also names its home.';
COMMENT ON COLUMN principal.principal_id IS 'Never used again.';
COMMENT ON COLUMN principal.uuid IS 'Stable through renames; of LDAP: entryUUID or objectGUID.';
COMMENT ON COLUMN principal.kind IS '0 user, 1 group, 2 resource, 3 location, 4 those who may read for another, 5 who may write (store::PrincipalKind).';
COMMENT ON COLUMN principal.login IS 'Canonical form, RFC 8265 UsernameCaseMapped; of kinds 4 and 5 something that no login can be.';
COMMENT ON COLUMN principal.display_name IS 'For people; empty if none was given.';
COMMENT ON COLUMN principal.disabled IS 'May not log in; the data stay.';
COMMENT ON COLUMN principal.administrator IS 'May read and write everything.';
COMMENT ON COLUMN principal.credential_seq IS 'Counts changes of password, state and rights: ends remembered logins.';
COMMENT ON COLUMN principal.source IS 'Who made it, and alone changes it: 0 an operator here, 1 the directory (LDAP).';
COMMENT ON COLUMN principal.closed IS 'The directory has disabled it, and enables it again; false where an operator here did.';
COMMENT ON COLUMN principal.gone IS 'Of the directory: since when it is not there any more; null: it is.';
COMMENT ON COLUMN principal.owner_id IS 'Of kinds 4 and 5: for whom they act; else null.';
COMMENT ON COLUMN principal.created IS 'When it was made.';
CREATE INDEX principal_kind ON principal (kind, login);
CREATE UNIQUE INDEX principal_owner ON principal (owner_id, kind) WHERE owner_id IS NOT NULL;

CREATE TABLE principal_detail (
    principal_id bigint PRIMARY KEY REFERENCES principal ON DELETE CASCADE,
    locale       text NOT NULL DEFAULT '',
    time_zone    text NOT NULL DEFAULT '',
    stamp        text NOT NULL DEFAULT '',
    photo        bytea
);
COMMENT ON TABLE principal_detail IS 'What the directory says of a principal and few requests need.';
COMMENT ON COLUMN principal_detail.principal_id IS 'Of whom.';
COMMENT ON COLUMN principal_detail.locale IS 'Preferred language, RFC 5646; empty: not known.';
COMMENT ON COLUMN principal_detail.time_zone IS 'Name of the time zone; empty: not known.';
COMMENT ON COLUMN principal_detail.stamp IS 'When the entry was changed last, in the words of the directory: the photo is read again when this changes.';
COMMENT ON COLUMN principal_detail.photo IS 'A picture (JPEG as a rule); null: none.';
ALTER TABLE principal_detail ALTER COLUMN photo SET STORAGE EXTERNAL;  -- compressed already

CREATE TABLE login_alias (
    login        text COLLATE "C" PRIMARY KEY,
    principal_id bigint NOT NULL REFERENCES principal ON DELETE CASCADE
);
COMMENT ON TABLE login_alias IS 'Former logins: a renamed user keeps the old URLs.';
COMMENT ON COLUMN login_alias.login IS 'The former login, canonical; never that of another principal.';
COMMENT ON COLUMN login_alias.principal_id IS 'Who has it now.';
CREATE INDEX login_alias_principal ON login_alias (principal_id);

CREATE TABLE principal_member (
    group_id  bigint NOT NULL REFERENCES principal ON DELETE CASCADE,
    member_id bigint NOT NULL REFERENCES principal ON DELETE CASCADE,
    PRIMARY KEY (group_id, member_id)
);
COMMENT ON TABLE principal_member IS 'Who is directly in which group; groups may be in groups.';
COMMENT ON COLUMN principal_member.group_id IS 'The group.';
COMMENT ON COLUMN principal_member.member_id IS 'The user, resource, location or group in it.';
CREATE INDEX principal_member_member ON principal_member (member_id);

-- Meetings follow the groups that are invited to them, some time after the change.
CREATE TABLE group_change (
    change_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    group_id  bigint NOT NULL REFERENCES principal ON DELETE CASCADE,
    created   bigint NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()))::bigint
);
COMMENT ON TABLE group_change IS 'Groups whose members have changed, until somebody has seen to their meetings.';
COMMENT ON COLUMN group_change.change_id IS 'One for each change: what changes while somebody sees to it stays.';
COMMENT ON COLUMN group_change.group_id IS 'The group, no proxies.';
COMMENT ON COLUMN group_change.created IS 'When it changed.';
CREATE INDEX group_change_group ON group_change (group_id, change_id);

CREATE FUNCTION note_group_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO group_change (group_id)
    SELECT DISTINCT c.group_id FROM changed c JOIN principal p ON p.principal_id = c.group_id AND p.kind = 1;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION note_group_change IS 'Whoever changes members, and be it by deleting one: the group has changed.';
CREATE TRIGGER member_added AFTER INSERT ON principal_member REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_group_change();
CREATE TRIGGER member_removed AFTER DELETE ON principal_member REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_group_change();

CREATE TABLE address (
    address      text COLLATE "C" PRIMARY KEY CHECK (address <> ''),
    principal_id bigint NOT NULL REFERENCES principal ON DELETE CASCADE,
    position     integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE address IS 'Every mailto: of a principal. RFC 6638 2.4.1.';
COMMENT ON COLUMN address.address IS 'Lower case, without "mailto:".';
COMMENT ON COLUMN address.principal_id IS 'Whose it is.';
COMMENT ON COLUMN address.position IS '0 is the preferred one.';
CREATE INDEX address_principal ON address (principal_id, position);

CREATE TABLE credential (
    principal_id bigint PRIMARY KEY REFERENCES principal ON DELETE CASCADE,
    hash         text NOT NULL,
    changed      bigint NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()))::bigint
);
COMMENT ON TABLE credential IS 'Local passwords; who has no row cannot log in with one.';
COMMENT ON COLUMN credential.principal_id IS 'Whose it is.';
COMMENT ON COLUMN credential.hash IS 'As crypt(5) writes it: yescrypt.';
COMMENT ON COLUMN credential.changed IS 'When it was set.';

CREATE TABLE app_password (
    app_password_id text COLLATE "C" PRIMARY KEY,
    principal_id    bigint NOT NULL REFERENCES principal ON DELETE CASCADE,
    hash            text COLLATE "C" NOT NULL,
    name            text NOT NULL,
    read_only       boolean NOT NULL,
    created         bigint NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()))::bigint,
    last_used       bigint NOT NULL DEFAULT 0,
    last_peer       text NOT NULL DEFAULT ''
);
COMMENT ON TABLE app_password IS 'A password for one device each, beside that of the account.';
COMMENT ON COLUMN app_password.app_password_id IS 'Stands in the password, after its prefix.';
COMMENT ON COLUMN app_password.principal_id IS 'Who logs in with it.';
COMMENT ON COLUMN app_password.hash IS 'SHA-256 in hexadecimal of the whole password, which is random: nothing slower is needed.';
COMMENT ON COLUMN app_password.name IS 'Of the device, for people.';
COMMENT ON COLUMN app_password.read_only IS 'Nothing can be changed with it.';
COMMENT ON COLUMN app_password.created IS 'When it was made.';
COMMENT ON COLUMN app_password.last_used IS 'When it was last looked at; 0: never.';
COMMENT ON COLUMN app_password.last_peer IS 'The address that it came from then.';
CREATE INDEX app_password_principal ON app_password (principal_id, created);

CREATE TABLE booking (
    principal_id bigint PRIMARY KEY REFERENCES principal ON DELETE CASCADE,
    acceptance   smallint NOT NULL CHECK (acceptance BETWEEN 0 AND 6),
    capacity     integer NOT NULL DEFAULT 0 CHECK (capacity >= 0),
    horizon_days integer NOT NULL DEFAULT 0 CHECK (horizon_days >= 0),
    group_id     bigint REFERENCES principal ON DELETE SET NULL,
    features     text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE booking IS 'How a room or a resource is booked.';
COMMENT ON COLUMN booking.principal_id IS 'The room or resource.';
COMMENT ON COLUMN booking.acceptance IS 'Of invitations: 0 never, 1 when free, 2 always, 3 by somebody''s hand, 4 declined, 5 only accepted when free, 6 only declined when busy (store::Acceptance).';
COMMENT ON COLUMN booking.capacity IS 'How many people it is for; 0: not known.';
COMMENT ON COLUMN booking.horizon_days IS 'How far ahead it can be booked; 0: any time.';
COMMENT ON COLUMN booking.group_id IS 'The group whose members are accepted when it is free, whatever acceptance says of others.';
COMMENT ON COLUMN booking.features IS 'What it has: projector, whiteboard.';

CREATE TABLE audit (
    audit_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at       bigint NOT NULL,
    event    text COLLATE "C" NOT NULL,
    login    text COLLATE "C" NOT NULL DEFAULT '',
    peer     text NOT NULL DEFAULT '',
    target   text NOT NULL DEFAULT '',
    detail   text NOT NULL DEFAULT ''
);
COMMENT ON TABLE audit IS 'Who logged in, changed access, deleted what: for kalends audit. Refers to nothing, so that it outlives what it tells of.';
COMMENT ON COLUMN audit.audit_id IS 'In the order of being written.';
COMMENT ON COLUMN audit.at IS 'When it happened.';
COMMENT ON COLUMN audit.event IS 'Which kind: login, login.failed, acl, delete, account, app-password, ...';
COMMENT ON COLUMN audit.login IS 'Who did it; of a login that failed, what was given; empty: nobody, or the operator.';
COMMENT ON COLUMN audit.peer IS 'The address from which.';
COMMENT ON COLUMN audit.target IS 'What it was done to: a path or a login.';
COMMENT ON COLUMN audit.detail IS 'In words, without secrets.';
CREATE INDEX audit_login ON audit (login, audit_id);
CREATE INDEX audit_at ON audit (at);

-- Homes and what is in them. The three tables that every write of an object changes (collection, object, tombstone)
-- have neither CHECK constraints, which PostgreSQL compiles again in every statement (a fifth of a write), nor foreign
-- keys to each other (a tenth): put_objects and delete_object alone write them, with the collection locked, and what a
-- collection holds is deleted with it by a trigger.

CREATE TABLE home (
    home_id    bigint PRIMARY KEY REFERENCES principal ON DELETE CASCADE,
    modseq     bigint NOT NULL DEFAULT 1,
    sync_floor bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE home IS 'What a principal owns. Its row is the lock of the home.';
COMMENT ON COLUMN home.home_id IS 'The principal''s id.';
COMMENT ON COLUMN home.modseq IS 'Grows when a collection is made, changed in its properties or access, or deleted.';
COMMENT ON COLUMN home.sync_floor IS 'Sync-tokens of the home below this are refused.';

CREATE TABLE collection (
    home_id       bigint NOT NULL REFERENCES home ON DELETE CASCADE,
    collection_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    parent_id     bigint NOT NULL,
    kind          smallint NOT NULL,
    automatic     boolean NOT NULL DEFAULT false,
    name          text COLLATE "C" NOT NULL,
    uuid          uuid NOT NULL DEFAULT gen_random_uuid(),
    components    integer NOT NULL DEFAULT 0,
    member_modseq bigint NOT NULL DEFAULT 1,
    target_home   bigint,
    target_id     bigint,
    modseq        bigint NOT NULL DEFAULT 1,
    sync_floor    bigint NOT NULL DEFAULT 0,
    acl_seq       bigint NOT NULL DEFAULT 1,
    object_count  bigint NOT NULL DEFAULT 0,
    bytes         bigint NOT NULL DEFAULT 0,
    created       bigint NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()))::bigint,
    modified      bigint NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()))::bigint,
    PRIMARY KEY (home_id, collection_id),
    UNIQUE (home_id, parent_id, name)
) WITH (fillfactor = 20);
COMMENT ON TABLE collection IS 'The tree of a home: calendars, address books, folders, and bindings. Each write to one updates its row: hence the room on a page.';
COMMENT ON COLUMN collection.home_id IS 'Whose home it is in.';
COMMENT ON COLUMN collection.collection_id IS 'Unique in the whole database, never used again.';
COMMENT ON COLUMN collection.parent_id IS 'The collection it is in; 0: one of the three roots of the home.';
COMMENT ON COLUMN collection.kind IS '0 calendar, 1 address book, 2 folder, the roots 3 calendar home, 4 address book home and 5 file home, 6 binding, 7 inbox, 8 outbox (store::CollectionKind).';
COMMENT ON COLUMN collection.automatic IS 'Of a binding: made because somebody shared the target, and goes when that ends.';
COMMENT ON COLUMN collection.name IS 'Path segment, decoded; unique in its parent, objects counted. Of calendars and address books directly in their homes: unique among both.';
COMMENT ON COLUMN collection.uuid IS 'DAV:resource-id. RFC 5842 3.1.';
COMMENT ON COLUMN collection.components IS 'Bits: 1 VEVENT, 2 VTODO, 4 VJOURNAL, 8 VFREEBUSY. RFC 4791 5.2.3.';
COMMENT ON COLUMN collection.member_modseq IS 'The parent''s number of its becoming a member under this name, or of its last change as one. RFC 6578 3.5.1.';
COMMENT ON COLUMN collection.target_home IS 'Of a binding: the home of what it stands for. No foreign key: it is in another home.';
COMMENT ON COLUMN collection.target_id IS 'Of a binding: the collection that it stands for. RFC 5842.';
COMMENT ON COLUMN collection.modseq IS 'Number of the last change in it. Set while its row is locked, so numbers become visible in order.';
COMMENT ON COLUMN collection.sync_floor IS 'Tombstones up to this number are gone: sync-tokens below are refused.';
COMMENT ON COLUMN collection.acl_seq IS 'Counts changes of the access control and the locks that hold for it: a write decided on an older state is refused.';
COMMENT ON COLUMN collection.object_count IS 'Objects in it.';
COMMENT ON COLUMN collection.bytes IS 'Bytes of all objects.';
COMMENT ON COLUMN collection.created IS 'When it was made.';
COMMENT ON COLUMN collection.modified IS 'When something in it changed last.';
CREATE INDEX collection_target ON collection (target_id) WHERE target_id IS NOT NULL;

CREATE TABLE refused_share (
    home_id   bigint NOT NULL REFERENCES home ON DELETE CASCADE,
    target_id bigint NOT NULL,
    PRIMARY KEY (home_id, target_id)
);
COMMENT ON TABLE refused_share IS 'What others share and the principal has removed from the home: not bound again as long as it stays shared.';
COMMENT ON COLUMN refused_share.home_id IS 'Whose home it was in.';
COMMENT ON COLUMN refused_share.target_id IS 'The collection of somebody else''s. No foreign key: it is in another home.';

CREATE TABLE object (
    home_id       bigint NOT NULL,
    collection_id bigint NOT NULL,
    object_id     bigint NOT NULL GENERATED ALWAYS AS IDENTITY (CACHE 32),
    modseq        bigint NOT NULL,
    first_start   bigint,
    last_end      bigint,
    created       bigint NOT NULL,
    modified      bigint NOT NULL,
    size          bigint NOT NULL,
    content_id    bigint,
    recurring     boolean NOT NULL DEFAULT false,
    has_properties boolean NOT NULL DEFAULT false,
    has_acl       boolean NOT NULL DEFAULT false,
    name          text COLLATE "C" NOT NULL,
    uid           text COLLATE "C" NOT NULL,
    component     text COLLATE "C" NOT NULL,
    etag          text COLLATE "C" NOT NULL,
    schedule_tag  text COLLATE "C",
    digest        text COLLATE "C" NOT NULL DEFAULT '',
    search        text COLLATE "C" NOT NULL DEFAULT '',
    media_type    text COLLATE "C" NOT NULL DEFAULT '',
    data          bytea NOT NULL,
    PRIMARY KEY (home_id, collection_id, object_id),
    UNIQUE (home_id, collection_id, name)
);
COMMENT ON TABLE object IS 'Calendar object resources, cards, and plain files.';
COMMENT ON COLUMN object.home_id IS 'Whose home it is in.';
COMMENT ON COLUMN object.collection_id IS 'The collection it is in.';
COMMENT ON COLUMN object.object_id IS 'Unique in the whole database, kept through MOVE.';
COMMENT ON COLUMN object.modseq IS 'The collection''s number of its last change.';
COMMENT ON COLUMN object.first_start IS 'Where its time begins, local times as if UTC; null: not known, a candidate for every time-range.';
COMMENT ON COLUMN object.last_end IS 'Where its time ends; the largest bigint for an endless series.';
COMMENT ON COLUMN object.created IS 'When it was made.';
COMMENT ON COLUMN object.modified IS 'When it was stored last.';
COMMENT ON COLUMN object.size IS 'Bytes of its content.';
COMMENT ON COLUMN object.content_id IS 'Of a large file: where its bytes are (file_chunk), and data is empty; null: in data.';
COMMENT ON COLUMN object.recurring IS 'Has more than one instance.';
COMMENT ON COLUMN object.has_properties IS 'Clients have set properties on it (table property): else nobody needs to look.';
COMMENT ON COLUMN object.has_acl IS 'It has access control entries of its own (table ace).';
COMMENT ON COLUMN object.name IS 'Path segment, decoded.';
COMMENT ON COLUMN object.uid IS 'UID of its components, or of the card; empty: a file, or a message in an inbox.';
COMMENT ON COLUMN object.component IS 'VEVENT, VTODO, VJOURNAL, VFREEBUSY, VCARD or FILE.';
COMMENT ON COLUMN object.etag IS 'Strong entity tag, without quotes.';
COMMENT ON COLUMN object.schedule_tag IS 'RFC 6638 3.2.10; null if it is no scheduling object.';
COMMENT ON COLUMN object.digest IS 'Compiled time digest of ical, with a mark at its end where the object says for whom it is; empty if there is none.';
COMMENT ON COLUMN object.search IS 'Folded search text of a card; empty if there is none.';
COMMENT ON COLUMN object.media_type IS 'Of a file: its Content-Type as sent.';
COMMENT ON COLUMN object.data IS 'The client''s bytes. Not text: a fold may stand inside a character (RFC 5545 3.1, RFC 6350 3.2).';

-- Objects of more than about two kilobytes are compressed; the default method is a seventh of what a PUT costs.
-- A PostgreSQL may have been built without the better one.
DO $$ BEGIN
    ALTER TABLE object ALTER COLUMN data SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END $$;

-- A UID may be of any length, a key in an index may not: UIDs that agree in their first 600 characters are one.
CREATE UNIQUE INDEX object_uid ON object (home_id, collection_id, left(uid, 600)) WHERE uid <> '';
-- RFC 6638 3.2.4.1: a meeting is once in a home, whatever the calendar.
CREATE UNIQUE INDEX object_scheduled ON object (home_id, left(uid, 600)) WHERE schedule_tag IS NOT NULL;
CREATE INDEX object_modseq ON object (home_id, collection_id, modseq);
-- Time-range queries read one range of each of these (DESIGN section 4): 604800 s are the 7 days that make a
-- single event "short", so that nothing that began earlier can reach into the range.
CREATE INDEX object_short ON object (home_id, collection_id, first_start, last_end)
    WHERE first_start IS NOT NULL AND NOT recurring AND last_end <= first_start + 604800;
CREATE INDEX object_long ON object (home_id, collection_id, last_end, first_start)
    WHERE first_start IS NOT NULL AND (recurring OR last_end > first_start + 604800);
CREATE INDEX object_timeless ON object (home_id, collection_id, object_id)
    WHERE first_start IS NULL AND component <> 'VCARD' AND component <> 'FILE';
CREATE TABLE tombstone (
    home_id       bigint NOT NULL,
    collection_id bigint NOT NULL,
    name          text COLLATE "C" NOT NULL,
    modseq        bigint NOT NULL,
    deleted       bigint NOT NULL,
    was_collection boolean NOT NULL DEFAULT false,
    PRIMARY KEY (home_id, collection_id, name, was_collection)
);
COMMENT ON TABLE tombstone IS 'Names of members that are gone, objects and collections, for sync-collection. RFC 6578 3.5.2.';
COMMENT ON COLUMN tombstone.home_id IS 'Whose home it was in.';
COMMENT ON COLUMN tombstone.collection_id IS 'The collection it was in.';
COMMENT ON COLUMN tombstone.name IS 'Its name; gone again when a member of that name and sort is made.';
COMMENT ON COLUMN tombstone.modseq IS 'The collection''s number of the deletion.';
COMMENT ON COLUMN tombstone.deleted IS 'When.';
COMMENT ON COLUMN tombstone.was_collection IS 'Whether it was one, or a binding; else an object.';
CREATE INDEX tombstone_modseq ON tombstone (home_id, collection_id, modseq);

CREATE SEQUENCE file_content AS bigint;
COMMENT ON SEQUENCE file_content IS 'Gives object.content_id.';

CREATE TABLE file_chunk (
    home_id    bigint NOT NULL REFERENCES home ON DELETE CASCADE,
    content_id bigint NOT NULL,
    position   integer NOT NULL,
    data       bytea NOT NULL,
    PRIMARY KEY (home_id, content_id, position)
);
COMMENT ON TABLE file_chunk IS 'The bytes of large files, in pieces of store::chunk_bytes (the last may be shorter).';
COMMENT ON COLUMN file_chunk.home_id IS 'Whose home the file is in.';
COMMENT ON COLUMN file_chunk.content_id IS 'Which content (object.content_id): a file that is stored anew gets another.';
COMMENT ON COLUMN file_chunk.position IS 'Counts the pieces, from 0.';
COMMENT ON COLUMN file_chunk.data IS 'The piece.';
ALTER TABLE file_chunk ALTER COLUMN data SET STORAGE EXTERNAL;  -- most large files are compressed already

CREATE TABLE property (
    home_id       bigint NOT NULL,
    collection_id bigint NOT NULL,
    object_id     bigint NOT NULL DEFAULT 0,
    property_id   bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    ns            text COLLATE "C" NOT NULL,
    local         text COLLATE "C" NOT NULL,
    xml           text COLLATE "C" NOT NULL,
    text          text COLLATE "C" NOT NULL,
    PRIMARY KEY (home_id, collection_id, object_id, property_id),
    FOREIGN KEY (home_id, collection_id) REFERENCES collection ON DELETE CASCADE
);
COMMENT ON TABLE property IS 'Properties that clients set. One of a name for each resource: held by the lock, since a name may be too long for an index.';
COMMENT ON COLUMN property.home_id IS 'Whose home it is in.';
COMMENT ON COLUMN property.collection_id IS 'The collection that has it, or in which the object is.';
COMMENT ON COLUMN property.object_id IS 'The object that has it; 0: the collection itself.';
COMMENT ON COLUMN property.property_id IS 'Tells rows apart.';
COMMENT ON COLUMN property.ns IS 'Namespace of its name.';
COMMENT ON COLUMN property.local IS 'Local part of its name.';
COMMENT ON COLUMN property.xml IS 'The whole element, standing on its own.';
COMMENT ON COLUMN property.text IS 'What stands in it as plain text.';

CREATE TABLE ace (
    home_id       bigint NOT NULL,
    collection_id bigint NOT NULL,
    object_id     bigint NOT NULL DEFAULT 0,
    position      integer NOT NULL,
    subject       smallint NOT NULL CHECK (subject BETWEEN 0 AND 5),
    principal_id  bigint REFERENCES principal ON DELETE CASCADE,
    inverted      boolean NOT NULL DEFAULT false,
    deny          boolean NOT NULL DEFAULT false,
    privileges    bigint NOT NULL,
    PRIMARY KEY (home_id, collection_id, object_id, position),
    FOREIGN KEY (home_id, collection_id) REFERENCES collection ON DELETE CASCADE,
    CHECK ((subject = 0) = (principal_id IS NOT NULL))
);
COMMENT ON TABLE ace IS 'Access control entries that clients set. RFC 3744 5.5.';
COMMENT ON COLUMN ace.home_id IS 'Whose home it is in.';
COMMENT ON COLUMN ace.collection_id IS 'The collection that has it, or in which the object is.';
COMMENT ON COLUMN ace.object_id IS 'The object that has it; 0: the collection itself.';
COMMENT ON COLUMN ace.position IS 'Order of evaluation.';
COMMENT ON COLUMN ace.subject IS '0 a principal, 1 owner, 2 all, 3 authenticated, 4 unauthenticated, 5 self (store::AceSubject).';
COMMENT ON COLUMN ace.principal_id IS 'Whom it names, if subject is 0.';
COMMENT ON COLUMN ace.inverted IS 'It speaks of all others (DAV:invert).';
COMMENT ON COLUMN ace.deny IS 'Denies rather than grants.';
COMMENT ON COLUMN ace.privileges IS 'Bits of access::Privilege.';
CREATE INDEX ace_principal ON ace (principal_id) WHERE principal_id IS NOT NULL;

CREATE TABLE lock (
    home_id       bigint NOT NULL,
    collection_id bigint NOT NULL,
    name          text COLLATE "C" NOT NULL,
    token         uuid NOT NULL DEFAULT gen_random_uuid(),
    exclusive     boolean NOT NULL,
    deep          boolean NOT NULL,
    principal_id  bigint NOT NULL REFERENCES principal ON DELETE CASCADE,
    owner         text NOT NULL,
    root          text NOT NULL,
    timeout       bigint NOT NULL,
    expires       bigint NOT NULL,
    PRIMARY KEY (home_id, token),
    FOREIGN KEY (home_id, collection_id) REFERENCES collection ON DELETE CASCADE
);
COMMENT ON TABLE lock IS 'Write locks. RFC 4918 6. Made, changed and removed with the home locked.';
COMMENT ON COLUMN lock.home_id IS 'Whose home it is in.';
COMMENT ON COLUMN lock.collection_id IS 'The collection that is locked, or in which the object is.';
COMMENT ON COLUMN lock.name IS 'Name of the object that is locked; empty: the collection itself.';
COMMENT ON COLUMN lock.token IS 'The lock token is urn:uuid: and this.';
COMMENT ON COLUMN lock.exclusive IS 'Else shared.';
COMMENT ON COLUMN lock.deep IS 'Depth infinity: all below is locked too.';
COMMENT ON COLUMN lock.principal_id IS 'Who locked it.';
COMMENT ON COLUMN lock.owner IS 'What the client said of the owner: the content of DAV:owner, XML that stands on its own.';
COMMENT ON COLUMN lock.root IS 'Path under which it was locked. RFC 4918 14.12.';
COMMENT ON COLUMN lock.timeout IS 'Seconds that were granted.';
COMMENT ON COLUMN lock.expires IS 'When it ends.';

-- Scheduling: a transaction locks one home. What it means for others waits here, durably, and is applied to each of
-- them in a transaction of their home, in order for each meeting and recipient.
CREATE TABLE delivery (
    home_id     bigint NOT NULL REFERENCES home ON DELETE CASCADE,
    delivery_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    to_home     bigint NOT NULL,
    created     bigint NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()))::bigint,
    tries       integer NOT NULL DEFAULT 0,
    next_try    bigint NOT NULL DEFAULT 0,
    method      text COLLATE "C" NOT NULL,
    uid         text COLLATE "C" NOT NULL,
    sender      text COLLATE "C" NOT NULL,
    recipient   text COLLATE "C" NOT NULL,
    message     bytea NOT NULL,
    PRIMARY KEY (home_id, delivery_id)
);
COMMENT ON TABLE delivery IS 'Messages between people who are both here, from the commit of what they tell to their being applied.';
COMMENT ON COLUMN delivery.home_id IS 'Of the sender: its transaction writes the row.';
COMMENT ON COLUMN delivery.delivery_id IS 'The order in which they are applied.';
COMMENT ON COLUMN delivery.to_home IS 'Of whom it is for. No reference: checking it would mark the rows of homes that others have locked. What is for one who is gone is dropped by who would apply it.';
COMMENT ON COLUMN delivery.created IS 'When it was made.';
COMMENT ON COLUMN delivery.tries IS 'How often applying it has failed.';
COMMENT ON COLUMN delivery.next_try IS 'Not before.';
COMMENT ON COLUMN delivery.method IS 'Of RFC 5546: REQUEST, REPLY, CANCEL; empty: the answers of others have changed, see the organizer''s object.';
COMMENT ON COLUMN delivery.uid IS 'Of the meeting.';
COMMENT ON COLUMN delivery.sender IS 'Calendar user address.';
COMMENT ON COLUMN delivery.recipient IS 'Calendar user address as the meeting has it.';
COMMENT ON COLUMN delivery.message IS 'The iTIP message; empty where method is.';
CREATE INDEX delivery_to ON delivery (home_id, to_home, left(uid, 600));
CREATE INDEX delivery_due ON delivery (next_try);
-- However many answer before it is applied, one look at the organizer's object tells of all.
CREATE UNIQUE INDEX delivery_refresh ON delivery (home_id, to_home, left(uid, 600)) WHERE method = '';

CREATE TABLE invited_group (
    home_id  bigint NOT NULL REFERENCES home ON DELETE CASCADE,
    group_id bigint NOT NULL REFERENCES principal ON DELETE CASCADE,
    uid      text COLLATE "C" NOT NULL
);
COMMENT ON TABLE invited_group IS 'Which groups are invited to a meeting; one that is gone is forgotten when the group changes.';
COMMENT ON COLUMN invited_group.home_id IS 'Of the organizer.';
COMMENT ON COLUMN invited_group.group_id IS 'The group that is an attendee.';
COMMENT ON COLUMN invited_group.uid IS 'Of the meeting.';
CREATE UNIQUE INDEX invited_group_uid ON invited_group (home_id, left(uid, 600), group_id);
CREATE INDEX invited_group_group ON invited_group (group_id, home_id);

CREATE SEQUENCE mail_number AS bigint;
COMMENT ON SEQUENCE mail_number IS 'Gives mail_hold.hold_id and mail_outbox.mail_id: kalends mail drop names either.';

CREATE TABLE mail_hold (
    home_id bigint NOT NULL REFERENCES home ON DELETE CASCADE,
    hold_id bigint NOT NULL DEFAULT nextval('mail_number'),
    uid     text COLLATE "C" NOT NULL,
    since   bigint NOT NULL,
    due     bigint NOT NULL,
    known   bytea
);
COMMENT ON TABLE mail_hold IS 'Meetings that have changed and of which people outside are to be told when nobody has changed them for a while (decision 0016).';
COMMENT ON COLUMN mail_hold.home_id IS 'Who organizes the meeting, or attends it.';
COMMENT ON COLUMN mail_hold.hold_id IS 'By which it is named.';
COMMENT ON COLUMN mail_hold.uid IS 'Of the meeting.';
COMMENT ON COLUMN mail_hold.since IS 'When it was changed first.';
COMMENT ON COLUMN mail_hold.due IS 'When they are told.';
COMMENT ON COLUMN mail_hold.known IS 'The object as it was before that; null: there was none.';
CREATE UNIQUE INDEX mail_hold_uid ON mail_hold (home_id, left(uid, 600));
CREATE INDEX mail_hold_due ON mail_hold (due);

CREATE TABLE mail_outbox (
    home_id    bigint NOT NULL REFERENCES home ON DELETE CASCADE,
    mail_id    bigint NOT NULL DEFAULT nextval('mail_number'),
    created    bigint NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()))::bigint,
    next_try   bigint NOT NULL DEFAULT 0,
    leased_until bigint NOT NULL DEFAULT 0,
    tries      integer NOT NULL DEFAULT 0,
    forced     boolean NOT NULL,
    method     text COLLATE "C" NOT NULL,
    uid        text COLLATE "C" NOT NULL,
    sender     text COLLATE "C" NOT NULL,
    recipient  text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL DEFAULT gen_random_uuid()::text,
    reason     text COLLATE "C" NOT NULL,
    problem    text COLLATE "C" NOT NULL DEFAULT '',
    status     text COLLATE "C",
    message    bytea NOT NULL,
    PRIMARY KEY (home_id, mail_id)
);
COMMENT ON TABLE mail_outbox IS 'iTIP messages to people who are not here, to be sent by mail. RFC 6047.';
COMMENT ON COLUMN mail_outbox.home_id IS 'Of the sender: its transaction writes the row.';
COMMENT ON COLUMN mail_outbox.mail_id IS 'The order in which they were made, and in which one recipient gets those of one meeting.';
COMMENT ON COLUMN mail_outbox.created IS 'When.';
COMMENT ON COLUMN mail_outbox.next_try IS 'Not before.';
COMMENT ON COLUMN mail_outbox.leased_until IS 'Until then somebody is sending it; if he is killed meanwhile, others do.';
COMMENT ON COLUMN mail_outbox.tries IS 'How often it could not be sent.';
COMMENT ON COLUMN mail_outbox.forced IS 'Sent also where it tells nothing new. RFC 6638 7.2.';
COMMENT ON COLUMN mail_outbox.method IS 'Of RFC 5546.';
COMMENT ON COLUMN mail_outbox.uid IS 'Of the meeting.';
COMMENT ON COLUMN mail_outbox.sender IS 'Calendar user address.';
COMMENT ON COLUMN mail_outbox.recipient IS 'Calendar user address as the meeting has it: a mailto.';
COMMENT ON COLUMN mail_outbox.message_id IS 'Left part of the Message-ID: the same at each try, so that two copies can be told to be one.';
COMMENT ON COLUMN mail_outbox.reason IS 'Why it is sent, in a few words.';
COMMENT ON COLUMN mail_outbox.problem IS 'Why it could not be sent yet: a sentence.';
COMMENT ON COLUMN mail_outbox.status IS 'What became of it (SCHEDULE-STATUS), which its sender''s object does not say yet; null: it is to be sent.';
COMMENT ON COLUMN mail_outbox.message IS 'The iTIP message.';
CREATE INDEX mail_outbox_due ON mail_outbox (next_try);
CREATE INDEX mail_outbox_order ON mail_outbox (home_id, left(uid, 600), left(lower(recipient), 600), mail_id);

CREATE TABLE correspondence (
    home_id   bigint NOT NULL REFERENCES home ON DELETE CASCADE,
    told      bigint NOT NULL,
    uid       text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    thread    text COLLATE "C" NOT NULL,
    message   bytea
);
COMMENT ON TABLE correspondence IS 'What people outside were told last of a meeting.';
COMMENT ON COLUMN correspondence.home_id IS 'Who told them.';
COMMENT ON COLUMN correspondence.told IS 'When.';
COMMENT ON COLUMN correspondence.uid IS 'Of the meeting.';
COMMENT ON COLUMN correspondence.recipient IS 'Calendar user address as the meeting has it; compared without its case.';
COMMENT ON COLUMN correspondence.thread IS 'Message-ID of the first mail, without brackets: later ones refer to it. RFC 5322 3.6.4.';
COMMENT ON COLUMN correspondence.message IS 'The iTIP message; null: he began, and has been told nothing yet.';
CREATE UNIQUE INDEX correspondence_recipient ON correspondence (home_id, left(uid, 600), left(lower(recipient), 600));
CREATE INDEX correspondence_told ON correspondence (told);

CREATE TABLE mail_log (
    home_id    bigint NOT NULL REFERENCES home ON DELETE CASCADE,
    log_id     bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    at         bigint NOT NULL,
    mail_id    bigint,
    incoming   boolean NOT NULL,
    kept       boolean NOT NULL,
    proven     boolean NOT NULL,
    method     text COLLATE "C" NOT NULL,
    uid        text COLLATE "C" NOT NULL,
    address    text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    verdict    text COLLATE "C" NOT NULL,
    why        text COLLATE "C" NOT NULL,
    cancels    text COLLATE "C",
    PRIMARY KEY (home_id, log_id)
);
COMMENT ON TABLE mail_log IS 'What became of mails about meetings, for kalends mail log.';
COMMENT ON COLUMN mail_log.log_id IS 'The order.';
COMMENT ON COLUMN mail_log.home_id IS 'Whose mail it was.';
COMMENT ON COLUMN mail_log.at IS 'When.';
COMMENT ON COLUMN mail_log.mail_id IS 'Of mail that was sent: its number in mail_outbox, by which reports name it.';
COMMENT ON COLUMN mail_log.incoming IS 'Else it was sent.';
COMMENT ON COLUMN mail_log.kept IS 'It was put into the inbox without being applied.';
COMMENT ON COLUMN mail_log.proven IS 'Of mail that came in: it is from who it says.';
COMMENT ON COLUMN mail_log.method IS 'Of RFC 5546; empty: none could be read.';
COMMENT ON COLUMN mail_log.uid IS 'Of the meeting; likewise.';
COMMENT ON COLUMN mail_log.address IS 'Of the other side.';
COMMENT ON COLUMN mail_log.message_id IS 'Message-ID, without brackets.';
COMMENT ON COLUMN mail_log.verdict IS 'One word: what was done.';
COMMENT ON COLUMN mail_log.why IS 'A sentence.';
COMMENT ON COLUMN mail_log.cancels IS 'Of a CANCEL of the whole meeting by its organizer: DTSTAMP and SEQUENCE, to be compared as text; null: it is none.';
CREATE INDEX mail_log_address ON mail_log (home_id, left(lower(address), 600));
CREATE INDEX mail_log_mail ON mail_log (mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX mail_log_at ON mail_log (at);

CREATE TABLE mail_probe (
    tag      text COLLATE "C" PRIMARY KEY,
    sent     bigint NOT NULL,
    believed boolean,
    why      text COLLATE "C" NOT NULL DEFAULT ''
);
COMMENT ON TABLE mail_probe IS 'Forged mails that kalends doctor has sent through the mail system, and waits for.';
COMMENT ON COLUMN mail_probe.tag IS 'Of the address: random, known to doctor alone.';
COMMENT ON COLUMN mail_probe.sent IS 'When.';
COMMENT ON COLUMN mail_probe.believed IS 'Whether what was forged counted when it came; null: it has not come.';
COMMENT ON COLUMN mail_probe.why IS 'A sentence.';

-- Unlogged: it is read only by caches. A crash of PostgreSQL empties it, but ends every node's connection as
-- well, and a node that has lost its connection forgets everything that it had cached.
CREATE UNLOGGED TABLE change_log (
    xid           xid8 NOT NULL DEFAULT pg_current_xact_id(),
    node          text COLLATE "C" NOT NULL,
    home_id       bigint NOT NULL,
    collection_id bigint,
    modseq        bigint,
    object_count  bigint,
    bytes         bigint,
    modified      bigint
);
COMMENT ON TABLE change_log IS 'What other nodes'' caches must learn; kept for a minute.';
COMMENT ON COLUMN change_log.xid IS 'The writing transaction: a reader asks for what its last snapshot did not see.';
COMMENT ON COLUMN change_log.node IS 'Who wrote: it needs no telling.';
COMMENT ON COLUMN change_log.home_id IS 'The home that changed; 0: all of them.';
COMMENT ON COLUMN change_log.collection_id IS 'If only objects of this collection changed: which; null: read the whole home again.';
COMMENT ON COLUMN change_log.modseq IS 'Then the collection''s modseq after it.';
COMMENT ON COLUMN change_log.object_count IS 'Likewise.';
COMMENT ON COLUMN change_log.bytes IS 'Likewise.';
COMMENT ON COLUMN change_log.modified IS 'Likewise.';
CREATE INDEX change_log_xid ON change_log (xid);

-- What a collection holds goes with it.
CREATE FUNCTION empty_collection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM file_chunk f USING object o
     WHERE o.home_id = OLD.home_id AND o.collection_id = OLD.collection_id AND o.content_id IS NOT NULL
       AND f.home_id = OLD.home_id AND f.content_id = o.content_id;
    DELETE FROM object o WHERE o.home_id = OLD.home_id AND o.collection_id = OLD.collection_id;
    DELETE FROM tombstone t WHERE t.home_id = OLD.home_id AND t.collection_id = OLD.collection_id;
    RETURN OLD;
END $$;
COMMENT ON FUNCTION empty_collection IS 'Deletes the objects and tombstones of a collection that is being deleted.';
CREATE TRIGGER empty_collection BEFORE DELETE ON collection FOR EACH ROW EXECUTE FUNCTION empty_collection();

-- A member's name is unique in its parent, among collections (an index) and objects. The homes of calendars and of
-- address books count as one parent: both are known by their names alone. To be asked with the parent locked.
CREATE FUNCTION name_is_taken(in_home bigint, in_parent bigint, in_name text, but_by bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM object WHERE home_id = in_home AND collection_id = in_parent AND name = in_name)
        OR EXISTS (SELECT FROM collection c
                    WHERE c.home_id = in_home AND c.name = in_name AND c.collection_id <> but_by
                      AND (c.parent_id = in_parent OR c.parent_id IN (
                              SELECT twin.collection_id FROM collection twin
                               WHERE twin.home_id = in_home AND twin.parent_id = 0 AND twin.kind IN (3, 4)
                                 AND EXISTS (SELECT FROM collection p
                                              WHERE p.home_id = in_home AND p.collection_id = in_parent
                                                AND p.kind IN (3, 4)))))
$$;
COMMENT ON FUNCTION name_is_taken IS 'Whether a parent has a member of that name that is not the collection but_by.';

CREATE FUNCTION tree_of(in_home bigint, top bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below AS (
        SELECT collection_id FROM collection WHERE home_id = in_home AND collection_id = top
         UNION ALL
        SELECT c.collection_id FROM collection c JOIN below b
            ON c.home_id = in_home AND c.parent_id = b.collection_id)
    SELECT collection_id FROM below
$$;
COMMENT ON FUNCTION tree_of IS 'The ids of a collection and of all below it.';

-- Whether what is stored (its etag; null: nothing is) meets a request's conditions. RFC 9110 13.1. Lists are
-- entity tags separated by line feeds; null: not asked.
CREATE FUNCTION conditions_met(stored_etag text, must_exist boolean, must_not_exist boolean, if_match text,
                               if_none_match text)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN stored_etag IS NULL THEN NOT must_exist AND if_match IS NULL
                ELSE NOT must_not_exist
                     AND (if_match IS NULL OR stored_etag = ANY (string_to_array(if_match, E'\n')))
                     AND (if_none_match IS NULL OR stored_etag <> ALL (string_to_array(if_none_match, E'\n')))
           END $$;
COMMENT ON FUNCTION conditions_met IS 'If-Match and If-None-Match against what is stored.';

-- A function, since PL/pgSQL starts the executor for a condition with a query in it, and calls this for folders only.
CREATE FUNCTION has_collection(in_home bigint, in_parent bigint, in_name text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM collection WHERE home_id = in_home AND parent_id = in_parent AND name = in_name) $$;
COMMENT ON FUNCTION has_collection IS 'Whether a collection or binding of that name is in the parent.';

CREATE FUNCTION is_scheduled(in_home bigint, in_uid text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM object WHERE home_id = in_home AND left(uid, 600) = left(in_uid, 600)
                      AND schedule_tag IS NOT NULL) $$;
COMMENT ON FUNCTION is_scheduled IS 'Whether a meeting of that UID is in the home. RFC 6638 3.2.4.1.';

-- Stores objects, one after the other as if each were alone, and tells of each what became of it: a row for each, in
-- order. Those of one collection stand together; it is locked once and its row changes once. Where there are several, one
-- that another transaction holds is left out (locked), so that nobody else waits for it. A quota (0: none) is of the whole
-- home, whose other collections are not locked: what is written to them at the same moment is not counted.
-- schedule_tags: null where scheduling has no part in it, which a scheduling object refuses (scheduled); '' takes it away.
-- with_properties: a new object comes with some, which the caller adds under its object_id.
-- A digest ends in a mark where a calendar object says for whom it is (ical/privacy.cpp). One that doesn't say does not
-- take the place of one that does (access_unsaid).
-- outcome: created, replaced, unchanged, precondition_failed, no_room, is_collection, uid_conflict, uid_changed,
-- no_collection, scheduled, access_unsaid, locked, stale.
CREATE FUNCTION put_objects(in_node text, homes bigint[], collections bigint[], acl_seqs bigint[],
                            quotas bigint[], names text[], uids text[], components text[], starts bigint[], ends bigint[],
                            recurrings boolean[], must_exists boolean[], must_not_exists boolean[],
                            if_matches text[], if_none_matches text[], etags text[], digests text[],
                            searches text[], media_types text[], sizes bigint[], content_ids bigint[],
                            schedule_tags text[], with_properties boolean[], datas bytea[])
RETURNS TABLE (outcome text, modseq bigint, etag text, conflicting_name text, object_count bigint, bytes bigint,
               modified bigint, object_id bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    in_home        bigint;
    in_collection  bigint;
    alone          boolean := collections[1] = collections[cardinality(collections)];
    the_acl_seq    bigint;  -- null: there is no such collection, or it is locked
    the_kind       smallint;
    before         bigint;
    elsewhere      bigint;
    present        record;
    written        record;
    exists_already boolean;
BEGIN
    FOR i IN 1 .. cardinality(names) LOOP
        IF collections[i] IS DISTINCT FROM in_collection THEN
            in_home := homes[i];
            in_collection := collections[i];
            elsewhere := NULL;
            IF alone THEN
                SELECT c.acl_seq, c.kind, c.modseq, c.modseq, c.object_count, c.bytes, c.modified
                  INTO the_acl_seq, the_kind, before, modseq, object_count, bytes, modified
                  FROM collection c WHERE c.home_id = in_home AND c.collection_id = in_collection
                   FOR NO KEY UPDATE;
            ELSE
                SELECT c.acl_seq, c.kind, c.modseq, c.modseq, c.object_count, c.bytes, c.modified
                  INTO the_acl_seq, the_kind, before, modseq, object_count, bytes, modified
                  FROM collection c WHERE c.home_id = in_home AND c.collection_id = in_collection
                   FOR NO KEY UPDATE SKIP LOCKED;
            END IF;
        END IF;
        IF quotas[i] > 0 AND elsewhere IS NULL THEN
            SELECT coalesce(sum(c.bytes), 0) INTO elsewhere FROM collection c
             WHERE c.home_id = in_home AND c.collection_id <> in_collection;
        END IF;
        conflicting_name := '';
        SELECT o.object_id, o.etag, o.uid, o.size, o.content_id, o.schedule_tag, right(o.digest, 3) AS mark
          INTO present FROM object o
         WHERE o.home_id = in_home AND o.collection_id = in_collection AND o.name = names[i];
        exists_already := FOUND;
        etag := present.etag;
        object_id := present.object_id;
        IF the_acl_seq IS NULL THEN
            outcome := CASE WHEN EXISTS (SELECT FROM collection c
                                          WHERE c.home_id = in_home AND c.collection_id = in_collection)
                            THEN 'locked' ELSE 'no_collection' END;
        ELSIF acl_seqs[i] <> the_acl_seq THEN
            outcome := 'stale';
        ELSIF present.schedule_tag IS NOT NULL AND schedule_tags[i] IS NULL THEN
            outcome := 'scheduled';
        ELSIF NOT conditions_met(present.etag, must_exists[i], must_not_exists[i], if_matches[i],
                                 if_none_matches[i]) THEN
            outcome := 'precondition_failed';
        ELSIF present.mark LIKE ' V_' AND right(digests[i], 3) NOT LIKE ' V_' THEN
            outcome := 'access_unsaid';
        ELSIF quotas[i] > 0 AND sizes[i] > coalesce(present.size, 0)
              AND elsewhere + bytes + sizes[i] - coalesce(present.size, 0) > quotas[i] THEN
            outcome := 'no_room';
        ELSIF the_kind > 1 AND has_collection(in_home, in_collection, names[i]) THEN
            outcome := 'is_collection';
        ELSIF NOT exists_already AND the_kind = 0 AND schedule_tags[i] IS NULL
              AND is_scheduled(in_home, uids[i]) THEN
            outcome := 'scheduled';
        ELSIF NOT exists_already THEN
            WITH made AS (
                INSERT INTO object (home_id, collection_id, modseq, first_start, last_end, created, modified, size,
                                    content_id, recurring, name, uid, component, etag, digest, search, media_type,
                                    schedule_tag, has_properties, data)
                SELECT in_home, in_collection, put_objects.modseq + 1, starts[i], ends[i], moment, moment,
                       sizes[i], content_ids[i], recurrings[i], names[i], uids[i], components[i], etags[i],
                       digests[i], searches[i], media_types[i], nullif(schedule_tags[i], ''),
                       with_properties[i], datas[i]
                  FROM floor(extract(epoch FROM clock_timestamp())) AS moment
                ON CONFLICT DO NOTHING RETURNING object.object_id, object.modified, object.size),
            revived AS (
                DELETE FROM tombstone t USING made
                 WHERE t.home_id = in_home AND t.collection_id = in_collection AND t.name = names[i]
                   AND NOT t.was_collection)
            SELECT made.object_id, made.modified, made.size INTO written FROM made;
            IF FOUND THEN
                outcome := 'created';
                object_id := written.object_id;
                object_count := object_count + 1;
                bytes := bytes + written.size;
            ELSE
                outcome := 'uid_conflict';
                SELECT o.name INTO conflicting_name FROM object o
                 WHERE o.home_id = in_home AND o.collection_id = in_collection
                   AND left(o.uid, 600) = left(uids[i], 600) AND o.uid <> '';
            END IF;
        ELSIF left(present.uid, 600) <> left(uids[i], 600) THEN
            outcome := 'uid_changed';
        ELSIF present.etag = etags[i] AND EXISTS (
                  SELECT FROM object o
                   WHERE o.home_id = in_home AND o.collection_id = in_collection
                     AND o.object_id = present.object_id
                     AND o.data = datas[i] AND o.digest = digests[i] AND o.search = searches[i]
                     AND o.media_type = media_types[i] AND o.size = sizes[i]
                     AND o.content_id IS NULL AND content_ids[i] IS NULL
                     AND o.schedule_tag IS NOT DISTINCT FROM nullif(schedule_tags[i], '')) THEN
            outcome := 'unchanged';
        ELSE
            UPDATE object o
               SET modseq = put_objects.modseq + 1, first_start = starts[i], last_end = ends[i],
                   modified = floor(extract(epoch FROM clock_timestamp())), size = sizes[i], content_id = content_ids[i],
                   recurring = recurrings[i], uid = uids[i], component = components[i], etag = etags[i],
                   digest = digests[i], search = searches[i], media_type = media_types[i],
                   schedule_tag = nullif(schedule_tags[i], ''), data = datas[i]
             WHERE o.home_id = in_home AND o.collection_id = in_collection AND o.object_id = present.object_id
            RETURNING o.modified, o.size INTO written;
            IF present.content_id IS NOT NULL THEN
                DELETE FROM file_chunk f WHERE f.home_id = in_home AND f.content_id = present.content_id;
            END IF;
            outcome := 'replaced';
            bytes := bytes + written.size - present.size;
        END IF;
        IF outcome = 'created' OR outcome = 'replaced' THEN
            modseq := modseq + 1;
            modified := written.modified;
            etag := etags[i];
        END IF;
        RETURN NEXT;
        IF modseq > before AND collections[i + 1] IS DISTINCT FROM in_collection THEN
            WITH moved AS (
                UPDATE collection c
                   SET modseq = put_objects.modseq, object_count = put_objects.object_count,
                       bytes = put_objects.bytes, modified = put_objects.modified
                 WHERE c.home_id = in_home AND c.collection_id = in_collection)
            INSERT INTO change_log (node, home_id, collection_id, modseq, object_count, bytes, modified)
            VALUES (in_node, in_home, in_collection, put_objects.modseq, put_objects.object_count,
                    put_objects.bytes, put_objects.modified);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION put_objects IS 'Stores objects; one statement is the whole transaction.';

-- Deletes one object; outcome as above, or deleted, not_found. whole_home: its access control or locks went with it.
-- scheduling: it may be a scheduling object.
CREATE FUNCTION delete_object(in_node text, in_home bigint, in_collection bigint, in_acl_seq bigint, in_name text,
                              must_exist boolean, must_not_exist boolean, if_match text, if_none_match text,
                              scheduling boolean)
RETURNS TABLE (outcome text, modseq bigint, etag text, conflicting_name text, object_count bigint, bytes bigint,
               modified bigint, whole_home boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    the_collection collection%ROWTYPE;
    present        record;
BEGIN
    SELECT * INTO the_collection FROM collection c
     WHERE c.home_id = in_home AND c.collection_id = in_collection FOR NO KEY UPDATE;
    outcome := 'no_collection';
    conflicting_name := '';
    etag := '';
    whole_home := false;
    IF FOUND THEN
        SELECT o.object_id, o.etag, o.size, o.content_id, o.has_acl, o.schedule_tag INTO present FROM object o
         WHERE o.home_id = in_home AND o.collection_id = in_collection AND o.name = in_name;
        etag := present.etag;
        IF in_acl_seq <> the_collection.acl_seq THEN
            outcome := 'stale';
        ELSIF present.schedule_tag IS NOT NULL AND NOT scheduling THEN
            outcome := 'scheduled';
        ELSIF NOT conditions_met(present.etag, must_exist, must_not_exist, if_match, if_none_match) THEN
            outcome := 'precondition_failed';
        ELSIF present.etag IS NULL THEN
            outcome := 'not_found';
        ELSE
            outcome := 'deleted';
            etag := '';
            modified := floor(extract(epoch FROM clock_timestamp()))::bigint;
            DELETE FROM object o
             WHERE o.home_id = in_home AND o.collection_id = in_collection AND o.object_id = present.object_id;
            DELETE FROM property p
             WHERE p.home_id = in_home AND p.collection_id = in_collection AND p.object_id = present.object_id;
            IF present.content_id IS NOT NULL THEN
                DELETE FROM file_chunk f WHERE f.home_id = in_home AND f.content_id = present.content_id;
            END IF;
            DELETE FROM lock l WHERE l.home_id = in_home AND l.collection_id = in_collection AND l.name = in_name;
            whole_home := FOUND OR present.has_acl;
            IF present.has_acl THEN
                DELETE FROM ace a WHERE a.home_id = in_home AND a.collection_id = in_collection
                   AND a.object_id = present.object_id;
            END IF;
            IF whole_home THEN
                INSERT INTO change_log (node, home_id) VALUES (in_node, in_home);
            END IF;
            UPDATE collection c
               SET modseq = c.modseq + 1, object_count = c.object_count - 1, bytes = c.bytes - present.size,
                   acl_seq = c.acl_seq + whole_home::integer, modified = delete_object.modified
             WHERE c.home_id = in_home AND c.collection_id = in_collection
            RETURNING c.* INTO the_collection;
            INSERT INTO tombstone (home_id, collection_id, name, modseq, deleted)
            VALUES (in_home, in_collection, in_name, the_collection.modseq, delete_object.modified);
            INSERT INTO change_log (node, home_id, collection_id, modseq, object_count, bytes, modified)
            VALUES (in_node, in_home, in_collection, the_collection.modseq, the_collection.object_count,
                    the_collection.bytes, delete_object.modified);
        END IF;
    END IF;
    modseq := the_collection.modseq;
    object_count := the_collection.object_count;
    bytes := the_collection.bytes;
    modified := the_collection.modified;
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION delete_object IS 'Deletes an object and leaves a tombstone. Where access control or locks of its own went with it (whole_home), writes are decided anew.';

-- What the planner has to know, or it takes the index for a name for as good as one that reads a whole calendar: the
-- choice between them is made when a connection is opened, and stays while the tables grow.
-- * A collection's home is not another condition, but follows from it.
-- * A collection has about fifty objects, also while there are few collections with one.
CREATE STATISTICS object_home (dependencies) ON home_id, collection_id FROM object;
CREATE STATISTICS tombstone_home (dependencies) ON home_id, collection_id FROM tombstone;
ALTER TABLE object ALTER COLUMN home_id SET (n_distinct = -0.02),
                   ALTER COLUMN collection_id SET (n_distinct = -0.02);
ALTER TABLE tombstone ALTER COLUMN home_id SET (n_distinct = -0.02),
                      ALTER COLUMN collection_id SET (n_distinct = -0.02);
-- And it is shown a typical database once: forty homes of five collections, one of them with fifty events. What it
-- has learnt stays when they are gone. The tables are written anew after that (which is what changing a column's type
-- and back does): their size then counts as not known yet, and not as none.
INSERT INTO principal (principal_id, kind, login) OVERRIDING SYSTEM VALUE
SELECT -n, 0, '-' || n FROM generate_series(1, 40) AS n;
INSERT INTO home (home_id) SELECT -n FROM generate_series(1, 40) AS n;
INSERT INTO collection (home_id, collection_id, parent_id, kind, name) OVERRIDING SYSTEM VALUE
SELECT -n, -5 * n - i, -n, 0, i FROM generate_series(1, 40) AS n, generate_series(0, 4) AS i;
INSERT INTO object (home_id, collection_id, object_id, modseq, first_start, last_end, created, modified, size,
                    recurring, name, uid, component, etag, data) OVERRIDING SYSTEM VALUE
SELECT -n, -5 * n, -50 * n - i, i, i * 86400, i * 86400 + 3600, 0, 0, 1, i % 7 = 0, i || '.ics', i || '@' || n,
       'VEVENT', i || '-' || n, '' FROM generate_series(1, 40) AS n, generate_series(1, 50) AS i;
INSERT INTO tombstone (home_id, collection_id, name, modseq, deleted)
SELECT -n, -5 * n, i || '-.ics', i, 0 FROM generate_series(1, 40) AS n, generate_series(1, 50) AS i;
ANALYZE principal, home, collection, object, tombstone;
DELETE FROM principal WHERE principal_id < 0;
ALTER TABLE object ALTER COLUMN created TYPE numeric;
ALTER TABLE object ALTER COLUMN created TYPE bigint;
ALTER TABLE tombstone ALTER COLUMN deleted TYPE numeric;
ALTER TABLE tombstone ALTER COLUMN deleted TYPE bigint;

INSERT INTO meta (version) VALUES (1);
