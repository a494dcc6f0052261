-- schema: shop
-- pair: De Morgan over OR
SELECT id FROM orders WHERE NOT (tax > 5 OR status = 'void')
-- is:
SELECT id FROM orders WHERE tax <= 5 AND status <> 'void'
-- because: De Morgan's law holds in three values, and NOT > is <=

-- pair: De Morgan over AND
SELECT id FROM orders WHERE NOT (tax > 5 AND shipped > '2024-01-01')
-- is:
SELECT id FROM orders WHERE tax <= 5 OR shipped <= '2024-01-01'
-- because: De Morgan's law holds in three values

-- pair: AND over OR
SELECT id FROM orders WHERE status = 'open' AND (tax > 5 OR total > 50)
-- is:
SELECT id FROM orders WHERE (status = 'open' AND tax > 5) OR (status = 'open' AND total > 50)
-- because: the distributive law holds in three values

-- pair: a common condition taken out
SELECT id FROM orders WHERE (tax > 5 AND total > 50) OR (tax > 5 AND status = 'paid')
-- is:
SELECT id FROM orders WHERE tax > 5 AND (total > 50 OR status = 'paid')
-- because: the distributive law holds in three values

-- pair: absorption
SELECT id FROM orders WHERE tax > 5 OR (tax > 5 AND status = 'open')
-- is:
SELECT id FROM orders WHERE tax > 5
-- because: absorption holds in three values

-- pair: the same condition twice
SELECT id FROM orders WHERE tax > 5 AND status = 'open' AND tax > 5
-- is:
SELECT id FROM orders WHERE status = 'open' AND tax > 5
-- because: a condition and itself is itself

-- pair: a double negation
SELECT id FROM orders WHERE NOT (NOT (tax > 5))
-- is:
SELECT id FROM orders WHERE tax > 5
-- because: NOT of unknown is unknown, so two of them cancel out

-- pair: a condition or its negation
SELECT id FROM orders WHERE tax > 5 OR NOT (tax > 5)
-- is:
SELECT id FROM orders WHERE tax IS NOT NULL
-- because: both are unknown for NULL alone

-- pair: a condition or its negation, never NULL
SELECT id FROM orders WHERE total > 5 OR NOT (total > 5)
-- is:
SELECT id FROM orders
-- because: total is never NULL

-- pair: a consensus of two conditions
SELECT id FROM orders WHERE (status = 'open' AND total > 5) OR (status <> 'open' AND placed > '2024-01-01') OR (total > 5 AND placed > '2024-01-01')
-- is:
SELECT id FROM orders WHERE (status = 'open' AND total > 5) OR (status <> 'open' AND placed > '2024-01-01')
-- because: where the last part holds one of the first two does, as no column is NULL

-- pair: always true
SELECT id FROM orders WHERE 1 = 1 AND tax > 5
-- is:
SELECT id FROM orders WHERE tax > 5
-- because: a condition that is always true adds nothing

-- pair: OR with what is never true
SELECT id FROM orders WHERE tax > 5 OR 1 = 0
-- is:
SELECT id FROM orders WHERE tax > 5
-- because: a condition that is always false adds nothing

-- pair: a contradiction in one branch
SELECT id FROM orders WHERE (total > 10 AND total < 5) OR status = 'open'
-- is:
SELECT id FROM orders WHERE status = 'open'
-- because: no total is in the first branch

-- pair: equality carried into a comparison
SELECT id FROM orders WHERE tax = total AND total > 5
-- is:
SELECT id FROM orders WHERE tax = total AND tax > 5
-- because: the two are equal where the first condition holds

-- pair: BETWEEN written out
SELECT id FROM orders WHERE tax BETWEEN 1 AND 5
-- is:
SELECT id FROM orders WHERE tax >= 1 AND 5 >= tax
-- because: that is what BETWEEN means

-- pair: NOT BETWEEN written out
SELECT id FROM orders WHERE tax NOT BETWEEN 1 AND 5
-- is:
SELECT id FROM orders WHERE tax < 1 OR tax > 5
-- because: De Morgan's law, unknown for NULL in both

-- pair: two lists as one
SELECT id FROM orders WHERE customer_id IN (1, 2, 3) AND customer_id IN (2, 3, 4)
-- is:
SELECT id FROM orders WHERE customer_id IN (2, 3)
-- because: what is in both lists

-- pair: a list and an exception
SELECT id FROM orders WHERE customer_id IN (1, 2, 3) AND customer_id <> 2
-- is:
SELECT id FROM orders WHERE customer_id = 1 OR customer_id = 3
-- because: 1 and 3 are left of the list

-- pair: a boolean column and a comparison with TRUE
SELECT id FROM customers WHERE active
-- is:
SELECT id FROM customers WHERE active = TRUE
-- because: a column of true and false alone compares as it is

-- pair: a boolean column and its negation
SELECT id FROM customers WHERE NOT active
-- is:
SELECT id FROM customers WHERE active = FALSE
-- because: active is true or false and never NULL

-- pair: a boolean output
SELECT id, CASE WHEN city = 'Oslo' THEN 1 ELSE 0 END AS in_oslo FROM customers
-- is:
SELECT id, COALESCE(CASE WHEN city = 'Oslo' THEN 1 END, 0) AS in_oslo FROM customers
-- because: what is not true, unknown included, gives 0

-- schema: tickets
-- pair: IS TRUE in WHERE
SELECT id FROM tickets WHERE urgent IS TRUE AND priority = 1
-- is:
SELECT id FROM tickets WHERE priority = 1 AND urgent
-- because: WHERE keeps only what is true

-- pair: all cases of a nullable boolean
SELECT COUNT(*) AS n FROM tickets WHERE urgent OR NOT urgent OR urgent IS NULL
-- is:
SELECT COUNT(*) AS n FROM tickets
-- because: true, false and NULL are all there is

-- pair: a nullable boolean that is not false
SELECT id FROM tickets WHERE COALESCE(urgent, TRUE)
-- is:
SELECT id FROM tickets WHERE urgent OR urgent IS NULL
-- because: NULL counts as true in both

-- pair: an implication
SELECT id FROM tickets WHERE NOT (priority = 1) OR urgent
-- is:
SELECT id FROM tickets WHERE CASE WHEN priority = 1 THEN urgent ELSE TRUE END
-- because: priority is never NULL; a NULL urgent is unknown and drops the row in both
