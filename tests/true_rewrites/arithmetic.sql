-- schema: hr
-- pair: a constant moved over
SELECT id FROM employees WHERE salary + 1000 > 3500
-- is:
SELECT id FROM employees WHERE salary > 2500
-- because: salary is at most 999999, so the sum is exact

-- pair: a factor divided out
SELECT id FROM employees WHERE salary * 12 >= 36000
-- is:
SELECT id FROM employees WHERE salary >= 3000
-- because: 36000 is 12 times 3000 and the product is exact

-- pair: a factor that does not divide
SELECT id FROM employees WHERE salary * 12 >= 36001
-- is:
SELECT id FROM employees WHERE salary > 3000
-- because: 12 times 3000 is too little and 12 times 3001 is enough

-- pair: a sum of two columns moved over
SELECT id FROM employees WHERE salary + bonus > 5000
-- is:
SELECT id FROM employees WHERE bonus > 5000 - salary
-- because: both are bounded whole numbers, and NULL stays unknown

-- pair: above and from the next whole number
SELECT id FROM employees WHERE grade > 3
-- is:
SELECT id FROM employees WHERE grade >= 4
-- because: grade is a whole number

-- pair: between two bounds of whole numbers
SELECT id FROM employees WHERE grade > 2 AND grade < 5
-- is:
SELECT id FROM employees WHERE grade IN (3, 4)
-- because: 3 and 4 are the whole numbers between

-- pair: two bounds, the narrower one stays
SELECT id FROM employees WHERE salary > 100 AND salary > 2000
-- is:
SELECT id FROM employees WHERE salary > 2000
-- because: above 2000 is above 100

-- pair: two ranges that touch
SELECT id FROM employees WHERE salary BETWEEN 1000 AND 1999 OR salary BETWEEN 2000 AND 2999
-- is:
SELECT id FROM employees WHERE salary BETWEEN 1000 AND 2999
-- because: no whole number lies between 1999 and 2000

-- pair: even numbers by the remainder
SELECT id FROM employees WHERE grade % 2 = 0
-- is:
SELECT id FROM employees WHERE grade IN (2, 4, 6, 8)
-- because: the check keeps grade from 1 to 9

-- pair: whole division in steps
-- dialects: sqlite postgres
SELECT id FROM employees WHERE salary / 1000 = 3
-- is:
SELECT id FROM employees WHERE salary >= 3000 AND salary < 4000
-- because: dividing whole numbers above 0 drops the fraction

-- pair: whole division by // and by DIV
-- dialects: duckdb
SELECT id FROM employees WHERE salary // 1000 = 3
-- is:
SELECT id FROM employees WHERE salary BETWEEN 3000 AND 3999
-- because: // drops the fraction

-- pair: true division is not cut
-- dialects: duckdb mysql
SELECT id FROM employees WHERE salary / 1000 > 3
-- is:
SELECT id FROM employees WHERE salary > 3000
-- because: / keeps the fraction in this dialect

-- pair: an absolute difference
SELECT id FROM employees WHERE ABS(salary - 3000) <= 500
-- is:
SELECT id FROM employees WHERE salary BETWEEN 2500 AND 3500
-- because: a distance of 500 at most

-- pair: a product that is zero
SELECT id FROM employees WHERE bonus * grade = 0
-- is:
SELECT id FROM employees WHERE bonus = 0
-- because: grade is at least 1

-- pair: a negated column
SELECT id FROM employees WHERE -bonus < -100
-- is:
SELECT id FROM employees WHERE bonus > 100
-- because: negation turns the order round

-- pair: adding zero and multiplying by one
SELECT id, salary + 0 AS a, bonus * 1 AS b FROM employees
-- is:
SELECT id, salary AS a, bonus AS b FROM employees
-- because: neither changes a whole number or NULL

-- pair: a square compared
SELECT id FROM employees WHERE grade * grade > 16
-- is:
SELECT id FROM employees WHERE grade > 4
-- because: grade is above 0

-- pair: a comparison of two sums of one column
SELECT a.id AS one, b.id AS two FROM employees AS a JOIN employees AS b ON a.salary + a.grade > b.salary + a.grade
-- is:
SELECT a.id AS one, b.id AS two FROM employees AS a JOIN employees AS b ON a.salary > b.salary
-- because: the same bounded number is added to both sides, and it is never NULL

-- pair: a sum over a condition
SELECT SUM(salary * 2 + 1) AS s FROM employees
-- is:
SELECT 2 * SUM(salary) + COUNT(*) AS s FROM employees
-- because: salary is never NULL; with no row both are NULL

-- schema: ledger
-- pair: a balance by signs
SELECT bank, account_no, SUM(amount) AS balance FROM entries GROUP BY bank, account_no
-- is:
SELECT bank, account_no, SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) - SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS balance FROM entries GROUP BY bank, account_no
-- because: each amount goes into one of the two sums, and groups are not empty

-- schema: shop
-- pair: the next hundredth of a DECIMAL
-- dialects: postgres duckdb mysql
SELECT id FROM orders WHERE total > 99.99
-- is:
SELECT id FROM orders WHERE total >= 100
-- because: total has two decimals
