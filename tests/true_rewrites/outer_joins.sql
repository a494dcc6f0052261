-- schema: shop
-- pair: a filter on the outer side
SELECT c.name, o.total FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id WHERE o.total > 50
-- is:
SELECT c.name, o.total FROM customers AS c JOIN orders AS o ON o.customer_id = c.id WHERE o.total > 50
-- because: rows that were filled with NULL do not pass the filter

-- pair: RIGHT and LEFT
SELECT c.name, o.total FROM orders AS o RIGHT JOIN customers AS c ON o.customer_id = c.id
-- is:
SELECT c.name, o.total FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id
-- because: a right join is a left join with its sides changed

-- pair: FULL as LEFT and what is left over
-- dialects: sqlite postgres duckdb
SELECT c.id AS customer, o.id AS placed_order FROM customers AS c FULL JOIN orders AS o ON o.customer_id = c.id
-- is:
SELECT c.id AS customer, o.id AS placed_order FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id UNION ALL SELECT NULL, o.id FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM customers AS c WHERE c.id = o.customer_id)
-- because: a full join is the left join and the right rows that met nothing

-- pair: FULL with both sides present
-- dialects: sqlite postgres duckdb
SELECT c.id AS customer, o.id AS placed_order FROM customers AS c FULL JOIN orders AS o ON o.customer_id = c.id WHERE c.id IS NOT NULL AND o.id IS NOT NULL
-- is:
SELECT c.id AS customer, o.id AS placed_order FROM customers AS c JOIN orders AS o ON o.customer_id = c.id
-- because: keys are NULL only in filled rows

-- pair: FULL with the left side present
-- dialects: sqlite postgres duckdb
SELECT c.id AS customer, o.id AS placed_order FROM customers AS c FULL JOIN orders AS o ON o.customer_id = c.id WHERE c.id IS NOT NULL
-- is:
SELECT c.id AS customer, o.id AS placed_order FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id
-- because: the filter drops the rows whose customer was filled with NULL, and no others

-- pair: an anti join by IS NULL and NOT EXISTS
SELECT c.name FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id WHERE o.id IS NULL
-- is:
SELECT c.name FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id)
-- because: o.id is a key: it is NULL only where no order was found

-- pair: an anti join with a condition in ON
SELECT c.id FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id AND o.total > 100 WHERE o.customer_id IS NULL
-- is:
SELECT c.id FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id AND o.total > 100)
-- because: a found order has a customer_id that equals c.id and so is no NULL

-- pair: a left join that always finds
SELECT i.line_no, o.status FROM items AS i LEFT JOIN orders AS o ON o.id = i.order_id
-- is:
SELECT i.line_no, o.status FROM items AS i JOIN orders AS o ON o.id = i.order_id
-- because: order_id is NOT NULL and refers to orders

-- pair: a left join on a unique column that nothing reads
SELECT o.id, o.total FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id
-- is:
SELECT id, total FROM orders
-- because: payments.order_id is unique: no order is repeated, and a left join drops none

-- pair: a left join with a wider condition on a unique column
SELECT o.id FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id AND p.amount > 10
-- is:
SELECT id FROM orders
-- because: more conditions find at most the same one payment

-- pair: DISTINCT over a left join that only repeats
SELECT DISTINCT c.id, c.city FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id
-- is:
SELECT id, city FROM customers
-- because: a left join keeps each customer at least once, and DISTINCT with the key once

-- pair: a condition in ON and a filtered table
SELECT c.name, o.id FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id AND o.status = 'open'
-- is:
SELECT c.name, o.id FROM customers AS c LEFT JOIN (SELECT id, customer_id FROM orders WHERE status = 'open') AS o ON o.customer_id = c.id
-- because: a condition on the right side alone may filter it before the join

-- pair: a filter on the kept side comes first
SELECT c.name, o.id FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id WHERE c.city = 'Oslo'
-- is:
SELECT c.name, o.id FROM (SELECT id, name FROM customers WHERE city = 'Oslo') AS c LEFT JOIN orders AS o ON o.customer_id = c.id
-- because: a filter on the kept side removes the same rows before or after the join

-- pair: counts by left join and by subquery
SELECT c.id, COUNT(o.id) AS n FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id GROUP BY c.id
-- is:
SELECT c.id, (SELECT COUNT(*) FROM orders AS o WHERE o.customer_id = c.id) AS n FROM customers AS c
-- because: COUNT(o.id) passes over the filled row and gives 0

-- pair: sums by left join and by subquery
SELECT c.id, SUM(o.total) AS spent FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id GROUP BY c.id
-- is:
SELECT c.id, (SELECT SUM(o.total) FROM orders AS o WHERE o.customer_id = c.id) AS spent FROM customers AS c
-- because: the sum of a filled row and the sum of nothing are both NULL

-- pair: sums joined after grouping, zero for none
SELECT c.id, COALESCE((SELECT SUM(o.total) FROM orders AS o WHERE o.customer_id = c.id), 0) AS spent FROM customers AS c
-- is:
SELECT c.id, COALESCE(o.spent, 0) AS spent FROM customers AS c LEFT JOIN (SELECT customer_id, SUM(total) AS spent FROM orders GROUP BY customer_id) AS o ON o.customer_id = c.id
-- because: one group at most for a customer, and 0 where there is none; totals are NOT NULL

-- pair: left joins in a chain bind either way
SELECT c.id AS customer, o.id AS placed_order, i.line_no FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id LEFT JOIN items AS i ON i.order_id = o.id
-- is:
SELECT c.id AS customer, oi.id AS placed_order, oi.line_no FROM customers AS c LEFT JOIN (SELECT o.id, o.customer_id, i.line_no FROM orders AS o LEFT JOIN items AS i ON i.order_id = o.id) AS oi ON oi.customer_id = c.id
-- because: the second condition never holds for a filled order, so left joins associate

-- pair: an inner join moves before a left join
SELECT o.id, c.name, p.amount FROM orders AS o LEFT JOIN customers AS c ON c.id = o.customer_id JOIN payments AS p ON p.order_id = o.id
-- is:
SELECT o.id, c.name, p.amount FROM orders AS o JOIN payments AS p ON p.order_id = o.id LEFT JOIN customers AS c ON c.id = o.customer_id
-- because: the inner join's condition reads only the kept side

-- pair: two left joins of one table change places
SELECT o.id, c.name, p.amount FROM orders AS o LEFT JOIN customers AS c ON c.id = o.customer_id LEFT JOIN payments AS p ON p.order_id = o.id
-- is:
SELECT o.id, c.name, p.amount FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id LEFT JOIN customers AS c ON c.id = o.customer_id
-- because: both conditions read the kept side alone

-- pair: a left join on a condition that never holds
SELECT c.id, o.total FROM customers AS c LEFT JOIN orders AS o ON 1 = 0
-- is:
SELECT id, NULL AS total FROM customers
-- because: nothing is ever found

-- pair: an outer join undone by the next inner join
SELECT c.name, i.line_no FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id JOIN items AS i ON i.order_id = o.id
-- is:
SELECT c.name, i.line_no FROM customers AS c JOIN orders AS o ON o.customer_id = c.id JOIN items AS i ON i.order_id = o.id
-- because: a filled order equals no item's order

-- pair: a test that NULL passes stays an outer join
SELECT c.id FROM customers AS c LEFT JOIN customers AS r ON r.id = c.referrer_id WHERE COALESCE(r.city, 'none') = 'none'
-- is:
SELECT c.id FROM customers AS c LEFT JOIN customers AS r ON r.id = c.referrer_id WHERE r.city IS NULL OR r.city = 'none'
-- because: COALESCE gives the default for NULL alone, whether stored or filled

-- pair: a scalar subquery on a key and a left join
SELECT o.id, (SELECT c.city FROM customers AS c WHERE c.id = o.customer_id) AS city FROM orders AS o
-- is:
SELECT o.id, c.city FROM orders AS o LEFT JOIN customers AS c ON c.id = o.customer_id
-- because: the key finds one row at most; none gives NULL in both

-- schema: ledger
-- pair: an optional one-to-one row by a composite key
SELECT a.bank, a.account_no, COALESCE(h.amount, 0) AS held FROM accounts AS a LEFT JOIN holds AS h ON h.bank = a.bank AND h.account_no = a.account_no
-- is:
SELECT a.bank, a.account_no, COALESCE((SELECT h.amount FROM holds AS h WHERE h.bank = a.bank AND h.account_no = a.account_no), 0) AS held FROM accounts AS a
-- because: the whole key is compared: one hold at most

-- pair: a left join on a whole composite key that nothing reads
SELECT a.owner FROM accounts AS a LEFT JOIN holds AS h ON h.account_no = a.account_no AND h.bank = a.bank
-- is:
SELECT owner FROM accounts
-- because: one hold at most for an account, and a left join drops no row

-- pair: a composite reference that may be NULL
SELECT e.seq, e.amount FROM entries AS e LEFT JOIN accounts AS a ON a.bank = e.contra_bank AND a.account_no = e.contra_no
-- is:
SELECT seq, amount FROM entries
-- because: the primary key finds one account at most
