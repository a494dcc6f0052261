-- case: names in another order
SELECT name, city FROM customers UNION ALL SELECT status AS city, coupon AS name FROM orders
-- found
-- never: names as they belong
SELECT name, city FROM customers UNION ALL SELECT coupon AS name, status AS city FROM orders

-- case: three columns, two of them swapped
SELECT id, name, email FROM customers EXCEPT SELECT id, email, name FROM customers
-- found
-- never: names as they belong
SELECT id, name, email FROM customers EXCEPT SELECT id, name, email FROM customers

-- case: other names
SELECT name, city FROM customers UNION ALL SELECT status, coupon FROM orders

-- case: the same order
SELECT name, city FROM customers UNION ALL SELECT name, city FROM customers
