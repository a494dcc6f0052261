-- schema: shop
-- pair: the last day of a leap month
SELECT id FROM orders WHERE placed >= '2024-02-01' AND placed < '2024-03-01'
-- never:
SELECT id FROM orders WHERE placed BETWEEN '2024-02-01' AND '2024-02-28'
-- because: an order of February 29, 2024

-- pair: a range that is open and one that is closed
SELECT id FROM orders WHERE placed BETWEEN '2024-01-01' AND '2024-12-31'
-- never:
SELECT id FROM orders WHERE placed > '2024-01-01' AND placed <= '2024-12-31'
-- because: an order of January 1

-- pair: a wildcard for one character
SELECT id FROM products WHERE code LIKE 'A_1'
-- never:
SELECT id FROM products WHERE code LIKE 'A%1'
-- because: the code A1 has nothing between

-- pair: an underscore that is meant as itself
SELECT id FROM products WHERE code = 'A_1'
-- never:
SELECT id FROM products WHERE code LIKE 'A_1'
-- because: the code AB1 is like it and not equal

-- pair: a prefix and a part
SELECT id FROM products WHERE name LIKE 'pro%'
-- never:
SELECT id FROM products WHERE name LIKE '%pro%'
-- because: the name apro contains it and does not begin with it

-- pair: the branches of a CASE that overlap
SELECT id, CASE WHEN total > 10 THEN 1 WHEN total > 100 THEN 2 ELSE 0 END AS k FROM orders
-- never:
SELECT id, CASE WHEN total > 100 THEN 2 WHEN total > 10 THEN 1 ELSE 0 END AS k FROM orders
-- because: a total of 200 is 1 in the first and 2 in the second

-- pair: precedence of AND and OR
SELECT id FROM orders WHERE status = 'open' OR status = 'paid' AND total > 10
-- never:
SELECT id FROM orders WHERE (status = 'open' OR status = 'paid') AND total > 10
-- because: an open order of 5

-- pair: whole numbers and fractions
SELECT id FROM orders WHERE total > 9
-- never:
SELECT id FROM orders WHERE total >= 10
-- because: a total of 9.5

-- pair: a bound that the check does not reach
SELECT order_id, line_no FROM items WHERE discount <= 89
-- never:
SELECT order_id, line_no FROM items
-- because: a discount of 90 is allowed

-- pair: all but one of the listed values, one forgotten
SELECT id FROM orders WHERE status <> 'void'
-- never:
SELECT id FROM orders WHERE status IN ('open', 'paid')
-- because: a sent order

-- pair: a condition on the wrong date
SELECT id FROM orders WHERE shipped >= '2024-06-01'
-- never:
SELECT id FROM orders WHERE shipped >= '2024-06-01' AND placed >= '2024-06-01'
-- because: placed in May and shipped in June

-- schema: hr
-- pair: a squared bound over negative numbers
SELECT id FROM departments WHERE storey * storey > 4
-- never:
SELECT id FROM departments WHERE storey > 2
-- because: storey -3

-- pair: whole division and multiplication
SELECT id FROM employees WHERE salary / 2 = 7
-- never:
SELECT id FROM employees WHERE salary = 14
-- because: a salary of 15 divides to 7 as well

-- pair: a rest of a negative number
SELECT id FROM departments WHERE storey % 2 = 1
-- never:
SELECT id FROM departments WHERE storey % 2 <> 0
-- because: the rest of storey -1 is -1

-- pair: the manager's manager for the manager
SELECT e.id FROM employees AS e JOIN employees AS m ON m.id = e.manager_id WHERE m.grade > e.grade
-- never:
SELECT e.id FROM employees AS e JOIN employees AS m ON m.id = e.manager_id WHERE m.grade >= e.grade
-- because: a manager of the same grade

-- schema: events
-- pair: a day that ends at its last second
SELECT id FROM events WHERE happened >= '2024-01-15 00:00:00' AND happened < '2024-01-16 00:00:00'
-- never:
SELECT id FROM events WHERE happened BETWEEN '2024-01-15 00:00:00' AND '2024-01-16 00:00:00'
-- because: an event at midnight of the 16th, which a timestamp may hold

-- pair: spans that only touch
SELECT a.id AS one, b.id AS two FROM sessions AS a JOIN sessions AS b ON a.id < b.id AND a.started <= b.ended AND b.started <= a.ended
-- never:
SELECT a.id AS one, b.id AS two FROM sessions AS a JOIN sessions AS b ON a.id < b.id AND a.started < b.ended AND b.started < a.ended
-- because: a session that starts at the moment when another ends

-- pair: the first session and all of the first moment
SELECT s.id FROM sessions AS s WHERE s.started = (SELECT MIN(t.started) FROM sessions AS t WHERE t.user_id = s.user_id)
-- never:
SELECT MIN(s.id) AS id FROM sessions AS s GROUP BY s.user_id
-- because: session 1 starts after session 2

-- pair: an open end taken as now
SELECT id FROM sessions WHERE ended > '2024-01-01 12:00:00' OR ended IS NULL
-- never:
SELECT id FROM sessions WHERE COALESCE(ended, started) > '2024-01-01 12:00:00'
-- because: a session that began before and has not ended

-- schema: tickets
-- pair: a recursion that counts only the children
WITH RECURSIVE down (id) AS (SELECT id FROM tickets WHERE id = 1 UNION SELECT t.id FROM tickets AS t JOIN down AS d ON t.parent_id = d.id) SELECT COUNT(*) AS n FROM down
-- never:
SELECT COUNT(*) AS n FROM tickets WHERE id = 1 OR parent_id = 1
-- because: the child of a child of ticket 1

-- pair: a balance and a count
SELECT ticket_id, SUM(score) AS s FROM votes GROUP BY ticket_id
-- never:
SELECT ticket_id, COUNT(CASE WHEN score > 0 THEN 1 END) AS s FROM votes GROUP BY ticket_id
-- because: a vote against takes one away in the first

-- pair: a label as a part of another
SELECT id FROM tickets WHERE labels = 'bug' OR labels LIKE 'bug,%' OR labels LIKE '%,bug' OR labels LIKE '%,bug,%'
-- never:
SELECT id FROM tickets WHERE labels LIKE '%bug%'
-- because: the label debugging
