-- case: a tenth
SELECT id FROM payments WHERE rate = 0.1
-- found
-- never: near enough
SELECT id FROM payments WHERE rate BETWEEN 0.05 AND 0.15

-- case: all but a third
SELECT id FROM payments WHERE 0.333 <> rate
-- found

-- case: a half is a binary fraction
SELECT id FROM payments WHERE rate = 0.5 OR rate = 2

-- case: an exact number
SELECT id FROM payments WHERE amount = 0.1

-- case: a bound
SELECT id FROM payments WHERE rate >= 0.1
