-- case: a condition in parentheses
SELECT id FROM orders WHERE (total > 100) = TRUE
-- becomes:
SELECT id FROM orders WHERE total > 100
-- never: the other half of the rows
SELECT id FROM orders WHERE NOT total > 100

-- case: FALSE
SELECT id FROM orders WHERE status = 'paid' AND (total > 100 OR total < 5) = FALSE
-- becomes:
SELECT id FROM orders WHERE status = 'paid' AND NOT (total > 100 OR total < 5)

-- case: a number is no condition
SELECT id FROM orders WHERE total = TRUE

-- case: IS TRUE
SELECT id FROM orders WHERE (total > 100) IS TRUE
