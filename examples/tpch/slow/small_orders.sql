-- Revenue since 1996 that we would have lost without small orders: lines of one kind of part that
-- ask for less than a fifth of the part's average quantity.
SELECT
    SUM(l.l_extendedprice) AS revenue
FROM lineitem l
JOIN part p ON p.p_partkey = l.l_partkey
WHERE p.p_brand = 'Brand#23'
  AND p.p_container = 'MED BOX'
  AND l.l_shipdate >= '1996-01-01'
  AND l.l_quantity < (
        SELECT 0.2 * AVG(l2.l_quantity)
        FROM lineitem l2
        WHERE l2.l_partkey = p.p_partkey
      )
