-- case: a column is renamed
SELECT d.id, d.town FROM (SELECT id, city AS town FROM customers WHERE city <> 'Oslo') AS d
-- becomes:
SELECT d.id, d.city AS town FROM customers AS d WHERE d.city <> 'Oslo'

-- case: a star, joined
SELECT o.id, c.name FROM orders o JOIN (SELECT * FROM customers) AS c ON c.id = o.customer_id
-- becomes:
SELECT o.id, c.name FROM orders o JOIN customers AS c ON c.id = o.customer_id

-- case: an outer join keeps rows beside its condition
SELECT o.id, c.name FROM orders o LEFT JOIN (SELECT * FROM customers WHERE city = 'Oslo') AS c ON c.id = o.customer_id
-- never: orders of other cities are lost
SELECT o.id, c.name FROM orders o LEFT JOIN customers AS c ON c.id = o.customer_id WHERE c.city = 'Oslo'

-- case: repeats are removed
SELECT d.city FROM (SELECT DISTINCT city FROM customers) AS d
-- never: a city of two customers is there twice
SELECT d.city FROM customers AS d

-- case: computed
SELECT d.t FROM (SELECT total * 2 AS t FROM orders) AS d

-- case: a star shows it
SELECT * FROM (SELECT id, name FROM customers) AS d

-- case: groups
SELECT d.city FROM (SELECT city FROM customers GROUP BY city) AS d

-- case: a name would be ambiguous
SELECT total, name FROM orders o JOIN (SELECT id AS buyer, name FROM customers) AS c ON c.buyer = o.customer_id
