-- case: numbers over all rows
SELECT DISTINCT city, ROW_NUMBER() OVER (ORDER BY id) AS n FROM customers
-- becomes:
SELECT city, ROW_NUMBER() OVER (ORDER BY id) AS n FROM customers

-- case: in a subquery
SELECT n FROM (SELECT DISTINCT status, ROW_NUMBER() OVER (ORDER BY id DESC) AS n FROM orders) AS o WHERE n < 4
-- becomes:
SELECT n FROM (SELECT status, ROW_NUMBER() OVER (ORDER BY id DESC) AS n FROM orders) AS o WHERE n < 4

-- case: numbers start again for each city
SELECT DISTINCT ROW_NUMBER() OVER (PARTITION BY city ORDER BY id) AS n FROM customers
-- never: 1 for each city
SELECT ROW_NUMBER() OVER (PARTITION BY city ORDER BY id) AS n FROM customers

-- case: ranks repeat
SELECT DISTINCT RANK() OVER (ORDER BY city) AS n FROM customers
-- never: customers of one city
SELECT RANK() OVER (ORDER BY city) AS n FROM customers
