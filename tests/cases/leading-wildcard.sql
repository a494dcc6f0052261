-- case: a percent sign
SELECT id FROM customers WHERE name LIKE '%son'
-- found
-- never: the beginning is not the end
SELECT id FROM customers WHERE name LIKE 'son%'

-- case: an underscore, under NOT
SELECT id FROM customers WHERE NOT name LIKE '_nn'
-- found
-- never: any length
SELECT id FROM customers WHERE NOT name LIKE '%nn'

-- case: a wildcard at the end
SELECT id FROM customers WHERE name LIKE 'Ander%'
