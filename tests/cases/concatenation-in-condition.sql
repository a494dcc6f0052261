-- case: two columns
SELECT c.id FROM customers c WHERE c.name || c.city = 'AnnOslo'
-- found
-- never: one of the two is not enough
SELECT c.id FROM customers c WHERE c.name = 'Ann'

-- case: in a list, with a sign between
SELECT c.id FROM customers c WHERE c.name || '-' || c.city IN ('Ann-Oslo', 'Bob-Rome')
-- found

-- case: one column and a constant
SELECT c.id FROM customers c WHERE c.name || '!' = 'Ann!'

-- case: an output
SELECT c.name || c.city FROM customers c WHERE c.id = 3
