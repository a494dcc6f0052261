-- case: three values
SELECT id FROM customers WHERE city = 'Oslo' OR city = 'Rome' OR city = 'Baku'
-- becomes:
SELECT id FROM customers WHERE city IN ('Oslo', 'Rome', 'Baku')

-- case: with a list, another column, and one value twice
SELECT id FROM products WHERE price > 1 AND (stock IN (1, 2) OR name = 'ink' OR 3 = stock OR stock = 2)
-- becomes:
SELECT id FROM products WHERE price > 1 AND (stock IN (1, 2, 3) OR name = 'ink')

-- case: two values are short enough
SELECT id FROM customers WHERE city = 'Oslo' OR city = 'Rome'

-- case: one of them asks for NULL
SELECT id FROM customers WHERE city = 'Oslo' OR city IS NULL OR city = 'Rome'
-- never: NULL is in no list
SELECT id FROM customers WHERE city IN ('Oslo', NULL, 'Rome')

-- case: different columns
SELECT id FROM customers WHERE city = 'Oslo' OR name = 'Rome' OR email = 'Baku'
-- never: another column
SELECT id FROM customers WHERE city IN ('Oslo', 'Rome', 'Baku')
