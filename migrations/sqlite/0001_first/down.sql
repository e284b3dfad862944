-- Tables name each other in circles, so the references are only counted again at the end, when nothing is left.
PRAGMA defer_foreign_keys = ON;
DROP TRIGGER audit_log_is_never_shortened;
DROP TABLE audit_log;
DROP TABLE sessions;
DROP TABLE user_roles;
DROP TABLE notes;
DROP TABLE spend_entries;
DROP TABLE leads;
DROP TABLE clients;
DROP TABLE documents;
DROP TABLE contracts;
DROP TABLE campaigns;
DROP TABLE services;
DROP TABLE roles;
DROP TABLE users;
DROP TABLE counters;
