DROP INDEX clients_by_campaign;
DROP INDEX contracts_by_service;
DROP INDEX contracts_by_end;
DROP INDEX contracts_by_signing;
DROP INDEX contracts_by_amount;
DROP INDEX contracts_by_name;
DROP INDEX clients_by_name;
DROP INDEX leads_by_name;
