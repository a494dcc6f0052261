-- case: a grant to everyone
GRANT ALL ON orders TO PUBLIC
-- found

-- case: a right taken back
REVOKE SELECT ON orders FROM ann
-- found

-- case: a user
CREATE USER ann PASSWORD 'x'
-- found

-- case: a user of MySQL's
CREATE USER 'ann'@'%' IDENTIFIED BY 'x'
-- dialect: mysql
-- found

-- case: a role is made mighty
ALTER ROLE ann SUPERUSER
-- found

-- case: another role for the session
SET ROLE admin
-- found

-- case: a setting of the session
SET search_path TO shop

-- case: a column of that name
SELECT grant_id FROM privileges
