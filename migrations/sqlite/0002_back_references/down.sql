DROP INDEX clients_by_first_contract;
DROP INDEX leads_by_client;
