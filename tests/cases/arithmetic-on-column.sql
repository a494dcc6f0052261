-- case: a sum
SELECT id FROM products WHERE stock + 5 > 20
-- becomes:
SELECT id FROM products WHERE stock > 15
-- never: moved with the wrong sign
SELECT id FROM products WHERE stock > 25

-- case: a difference, from the left
SELECT id FROM products WHERE 3 <= stock - 4
-- becomes:
SELECT id FROM products WHERE stock >= 7

-- case: a product rounds, so it is only pointed out
SELECT id FROM products WHERE stock / 2 > 3
-- found
-- never: whole numbers are divided without a rest
SELECT id FROM products WHERE stock > 6

-- case: a difference with the column taken away
SELECT id FROM products WHERE 10 - stock > 3
-- found
-- never: the sign turns
SELECT id FROM products WHERE stock > 7

-- case: columns on both sides
SELECT id FROM products WHERE stock + 5 > price

-- case: a list
SELECT id FROM products WHERE stock + 1 IN (2, 3)
