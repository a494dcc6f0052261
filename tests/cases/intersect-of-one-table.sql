-- case: a key is selected
SELECT id FROM orders WHERE total > 5 INTERSECT SELECT id FROM orders WHERE status = 'open'
-- becomes:
SELECT id FROM orders WHERE total > 5 AND status = 'open'

-- case: all but
SELECT id, total FROM orders WHERE total > 5 EXCEPT SELECT id, total FROM orders WHERE status = 'open' AND id > 3 ORDER BY id
-- becomes:
SELECT id, total FROM orders WHERE total > 5 AND NOT (status = 'open' AND id > 3) ORDER BY id

-- case: no key is selected
SELECT customer_id FROM orders WHERE total > 5 INTERSECT SELECT customer_id FROM orders WHERE status = 'open'
-- never: one order above 5, another that is open
SELECT DISTINCT customer_id FROM orders WHERE total > 5 AND status = 'open'

-- case: the second filter may be unknown
SELECT id FROM orders WHERE status = 'open' EXCEPT SELECT id FROM orders WHERE total > 5
-- never: open orders without a total
SELECT id FROM orders WHERE status = 'open' AND NOT (total > 5)
