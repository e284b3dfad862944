-- While a reference waits for the commit, SQLite looks with every new client and contract whether it is the one that is
-- waited for, and goes through all leads and all clients for that. PostgreSQL only looks the other way: it needs neither.
CREATE INDEX leads_by_client ON leads (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX clients_by_first_contract ON clients (first_contract_id);
