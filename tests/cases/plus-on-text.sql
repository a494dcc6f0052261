-- case: names
SELECT name + ', ' + city AS place FROM customers
-- found
-- never: joined
SELECT name || ', ' || city AS place FROM customers

-- case: in a condition
SELECT id FROM orders WHERE status + coupon = 'paidX'
-- found

-- case: numbers
SELECT id + stock AS sum FROM products

-- case: a number that stands in quotes
SELECT id + '5' AS sum FROM products
