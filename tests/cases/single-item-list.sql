-- case: a text
SELECT id FROM orders WHERE status IN ('new')
-- becomes:
SELECT id FROM orders WHERE status = 'new'

-- case: negated, beside another
SELECT id FROM orders WHERE total > 5 AND customer_id NOT IN (-1)
-- becomes:
SELECT id FROM orders WHERE total > 5 AND customer_id <> -1
-- never: those without a customer
SELECT id FROM orders WHERE total > 5 AND customer_id = -1

-- case: two values
SELECT id FROM orders WHERE status IN ('new', 'paid')
-- never: paid ones are lost
SELECT id FROM orders WHERE status = 'new'

-- case: a subquery
SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers)
