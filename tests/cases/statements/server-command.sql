-- case: a setting of the whole server
ALTER SYSTEM SET fsync = off
-- found

-- case: MySQL's
SET GLOBAL general_log = 1
-- dialect: mysql
-- found

-- case: another's session
KILL 17
-- dialect: mysql
-- found

-- case: a setting of one's own session
SET statement_timeout = 5000

-- case: a session's setting in MySQL
SET SESSION sql_mode = 'ANSI'
-- dialect: mysql
