-- Lists in other orders than that of creation: by name (the text for search begins with it), by amount, by day.
CREATE INDEX leads_by_name ON leads (search, id);
CREATE INDEX clients_by_name ON clients (search, id);
CREATE INDEX contracts_by_name ON contracts (search, id);
CREATE INDEX contracts_by_amount ON contracts (amount, id);
CREATE INDEX contracts_by_signing ON contracts (signed_on, id);
CREATE INDEX contracts_by_end ON contracts (valid_until, id);
-- Narrowed to a service, or to the campaign that won a client, in the order of creation.
CREATE INDEX contracts_by_service ON contracts (service_id, id);
CREATE INDEX clients_by_campaign ON clients (acquired_by, id);
