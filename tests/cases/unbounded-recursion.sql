-- case: nothing ends it
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n
-- found

-- case: UNION does not end it: each row is new
WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i * 2 FROM n) SELECT COUNT(*) FROM n
-- found

-- case: a bound
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT MAX(i) AS m FROM n
-- never: the bound is one too low
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 19) SELECT MAX(i) AS m FROM n

-- case: a table that runs out of rows
WITH RECURSIVE chain AS (SELECT id FROM customers WHERE id = 1 UNION ALL SELECT c.id FROM chain JOIN customers c ON c.referrer_id = chain.id) SELECT COUNT(*) FROM chain

-- case: a LIMIT around it
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT i FROM n ORDER BY i LIMIT 5

-- case: no recursion
WITH n AS (SELECT id FROM orders) SELECT COUNT(*) FROM n
