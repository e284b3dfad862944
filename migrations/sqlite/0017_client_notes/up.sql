-- A note says whether it was written about the client: then only users who may view clients read it.
ALTER TABLE notes ADD COLUMN client_id BLOB REFERENCES clients;

-- Of a note from before nobody knows on which page it was written. One that is younger than its client is taken for the client's.
UPDATE notes SET client_id = (
    SELECT clients.id FROM clients WHERE clients.lead_id = notes.lead_id AND clients.converted_at <= notes.created_at
);
