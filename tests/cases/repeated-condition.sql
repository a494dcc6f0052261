-- case: the join's condition is in each branch, as in TPC-H 19
SELECT SUM(l_extendedprice) FROM lineitem, part
WHERE (p_partkey = l_partkey AND p_brand = 'Brand#12' AND l_quantity < 11)
   OR (p_partkey = l_partkey AND p_brand = 'Brand#23' AND l_quantity < 20)
-- schema: tpch
-- becomes:
SELECT SUM(l_extendedprice) FROM lineitem, part
WHERE p_partkey = l_partkey
  AND ((p_brand = 'Brand#12' AND l_quantity < 11) OR (p_brand = 'Brand#23' AND l_quantity < 20))

-- case: a branch that is the common part alone
SELECT id FROM orders WHERE status = 'open' OR (status = 'open' AND total > 5)
-- becomes:
SELECT id FROM orders WHERE status = 'open'

-- case: beside another condition, and under NOT
SELECT id FROM orders WHERE total > 5 AND NOT ((coupon = 'a' AND total < 9) OR (coupon = 'a' AND id = 3))
-- becomes:
SELECT id FROM orders WHERE total > 5 AND NOT (coupon = 'a' AND (total < 9 OR id = 3))

-- case: one branch lacks it
SELECT id FROM orders WHERE (status = 'open' AND total > 5) OR (status = 'open' AND total < 2) OR total = 3
-- never: orders that are not open and cost 3
SELECT id FROM orders WHERE status = 'open' AND (total > 5 OR total < 2 OR total = 3)
