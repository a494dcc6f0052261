-- case: a password
SELECT id FROM customers WHERE name = 'Ann' AND password = 'hunter2'
-- found

-- case: one of several keys
SELECT id FROM customers WHERE api_key IN ('a1', 'b2')
-- found

-- case: another column
SELECT id FROM customers WHERE city = 'Oslo'
-- never: the value is lost with the secret
SELECT id FROM customers WHERE city IS NOT NULL

-- case: an empty text is no secret
SELECT id FROM customers WHERE password = ''

-- case: compared with a column
SELECT id FROM customers WHERE password_hash = email
