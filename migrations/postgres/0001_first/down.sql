-- Tables name each other in circles: each goes with the references to it, and with its triggers.
DROP TABLE turns;
DROP TABLE audit_log, sessions, user_roles, notes, spend_entries, leads, clients, documents, contracts, campaigns,
    services, roles, users, counters CASCADE;
DROP FUNCTION join_cohort, make_cohort, refuse_change, count_in, count_new_rows, count_new_leads, count_out,
    count_unarchived, count_leads_over;
