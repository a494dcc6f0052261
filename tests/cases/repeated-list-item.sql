-- case: a text twice
SELECT id FROM orders WHERE status IN ('new', 'paid', 'new')
-- becomes:
SELECT id FROM orders WHERE status IN ('new', 'paid')

-- case: a number alone
SELECT id FROM orders WHERE NOT customer_id IN (7, 7)
-- becomes:
SELECT id FROM orders WHERE NOT customer_id IN (7)

-- case: spelled in another case
SELECT id FROM orders WHERE status IN ('new', 'New')
-- never: New is another text
SELECT id FROM orders WHERE status IN ('new')

-- case: columns
SELECT id FROM customers WHERE 'x' IN (name, city)
