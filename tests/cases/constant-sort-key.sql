-- case: WHERE fixes the column
SELECT id FROM orders WHERE status = 'open' ORDER BY status, id
-- becomes:
SELECT id FROM orders WHERE status = 'open' ORDER BY id

-- case: the only key
SELECT o.id FROM orders o WHERE o.customer_id = 7 ORDER BY o.customer_id DESC
-- becomes:
SELECT o.id FROM orders o WHERE o.customer_id = 7

-- case: the same key again, the other way round
SELECT id, city FROM customers ORDER BY city, id, city DESC
-- becomes:
SELECT id, city FROM customers ORDER BY city, id

-- case: a join fixes it
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = 3 ORDER BY o.customer_id, o.placed, o.id
-- becomes:
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = 3 ORDER BY o.placed, o.id

-- case: the output of that name is another
SELECT id, total AS status FROM orders WHERE status = 'open' ORDER BY status, id
-- never: by the total no more
SELECT id, total AS status FROM orders WHERE status = 'open' ORDER BY id

-- case: one of two values
SELECT id, status FROM orders WHERE status IN ('open', 'paid') ORDER BY status, id
-- never: the open ones are no longer first
SELECT id, status FROM orders WHERE status IN ('open', 'paid') ORDER BY id

-- case: texts that are equal as numbers
SELECT id FROM orders WHERE coupon = 7 ORDER BY coupon, id
-- dialect: mysql
