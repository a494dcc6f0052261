-- case: a hash
SELECT id, name, password_hash FROM customers
-- found

-- case: in a branch of a union
SELECT name FROM customers UNION ALL SELECT api_key FROM customers
-- found

-- case: other columns
SELECT id, name FROM customers
-- never: another column in its place
SELECT id, city AS name FROM customers

-- case: only whether it is there
SELECT id, password IS NULL FROM customers

-- case: in a subquery that does not show it
SELECT name FROM (SELECT name, password FROM customers) AS c
