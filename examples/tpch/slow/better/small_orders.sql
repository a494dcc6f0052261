-- The averages of the parts asked about are computed once each, in one pass over the lines.
WITH averages AS (
    SELECT
        l2.l_partkey,
        0.2 * AVG(l2.l_quantity) AS few
    FROM lineitem l2
    JOIN part p2 ON p2.p_partkey = l2.l_partkey
    WHERE p2.p_brand = 'Brand#23'
      AND p2.p_container = 'MED BOX'
    GROUP BY l2.l_partkey
)
SELECT
    SUM(l.l_extendedprice) AS revenue
FROM lineitem l
JOIN averages a ON a.l_partkey = l.l_partkey
WHERE l.l_shipdate >= '1996-01-01'
  AND l.l_quantity < a.few
