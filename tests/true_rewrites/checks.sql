-- schema: shop
-- pair: all but one of the listed values
SELECT id FROM orders WHERE status <> 'void'
-- is:
SELECT id FROM orders WHERE status IN ('open', 'paid', 'sent')
-- because: the check lists four values and status is never NULL

-- pair: all listed values
SELECT id FROM orders WHERE status IN ('void', 'sent', 'paid', 'open')
-- is:
SELECT id FROM orders
-- because: there is no other value, and no NULL

-- pair: a bound that the check keeps
SELECT id FROM products WHERE stock >= 0
-- is:
SELECT id FROM products
-- because: stock is from 0 to 100000 and never NULL

-- pair: a bound that the check keeps in a nullable column
SELECT order_id, line_no FROM items WHERE quantity > 0
-- is:
SELECT order_id, line_no FROM items WHERE quantity IS NOT NULL
-- because: a quantity that is known is at least 1

-- pair: a bound beyond the check
SELECT order_id, line_no FROM items WHERE quantity < 500 OR quantity > 5000
-- is:
SELECT order_id, line_no FROM items WHERE quantity < 500
-- because: no quantity is above 1000

-- pair: a check between two columns
SELECT id FROM orders WHERE shipped >= '2024-06-01' AND placed <= shipped
-- is:
SELECT id FROM orders WHERE shipped >= '2024-06-01'
-- because: what was shipped was placed before or on the day

-- pair: a day that a check between two columns excludes
SELECT id FROM orders WHERE shipped < '2024-01-01'
-- is:
SELECT id FROM orders WHERE shipped < '2024-01-01' AND placed < '2024-01-01'
-- because: placed is at or before shipped

-- pair: a CASE over all listed values
SELECT id, CASE status WHEN 'open' THEN 1 WHEN 'paid' THEN 2 WHEN 'sent' THEN 3 ELSE 4 END AS k FROM orders
-- is:
SELECT id, CASE status WHEN 'open' THEN 1 WHEN 'paid' THEN 2 WHEN 'sent' THEN 3 WHEN 'void' THEN 4 END AS k FROM orders
-- because: what is none of three is the fourth

-- pair: a discount that leaves something
SELECT order_id, line_no FROM items WHERE 100 - discount > 5
-- is:
SELECT order_id, line_no FROM items
-- because: discount is at most 90

-- schema: tickets
-- pair: a state that a date tells
SELECT id FROM tickets WHERE state = 'done'
-- is:
SELECT id FROM tickets WHERE closed IS NOT NULL
-- because: the check makes the two the same

-- pair: a state that no date tells
SELECT id FROM tickets WHERE closed IS NULL
-- is:
SELECT id FROM tickets WHERE state IN ('new', 'open')
-- because: the check lists three states, and only done has a date

-- pair: priorities by a range
SELECT id FROM tickets WHERE priority >= 2
-- is:
SELECT id FROM tickets WHERE priority IN (2, 3)
-- because: the check lists 1, 2 and 3

-- pair: a balance of votes as two counts
SELECT ticket_id, SUM(score) AS s FROM votes GROUP BY ticket_id
-- is:
SELECT ticket_id, COUNT(CASE WHEN score = 1 THEN 1 END) - COUNT(CASE WHEN score = -1 THEN 1 END) AS s FROM votes GROUP BY ticket_id
-- because: each score is 1 or -1

-- pair: a score's square
SELECT COUNT(*) AS n FROM votes
-- is:
SELECT COALESCE(SUM(score * score), 0) AS n FROM votes
-- because: the square of 1 and of -1 is 1, and with no vote the sum becomes 0

-- schema: ledger
-- pair: entries that are not zero
SELECT bank, account_no, seq FROM entries WHERE amount >= 0
-- is:
SELECT bank, account_no, seq FROM entries WHERE amount > 0
-- because: the check excludes 0

-- schema: events
-- pair: a span that does not run backwards
SELECT id FROM sessions WHERE NOT (ended < started)
-- is:
SELECT id FROM sessions WHERE ended IS NOT NULL
-- because: the check keeps a known end at or after the start
