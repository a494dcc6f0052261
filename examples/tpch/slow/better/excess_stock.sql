-- Отгрузки за год складываются один раз на пару «деталь и поставщик».
WITH shipped AS (
    SELECT
        l.l_partkey,
        l.l_suppkey,
        0.5 * SUM(l.l_quantity) AS half
    FROM lineitem l
    WHERE l.l_shipdate >= '1994-01-01'
      AND l.l_shipdate < '1995-01-01'
    GROUP BY l.l_partkey, l.l_suppkey
)
SELECT
    ps.ps_partkey,
    p.p_name,
    ps.ps_suppkey,
    ps.ps_availqty
FROM partsupp ps
JOIN part p ON p.p_partkey = ps.ps_partkey
JOIN shipped sh ON sh.l_partkey = ps.ps_partkey AND sh.l_suppkey = ps.ps_suppkey
WHERE ps.ps_supplycost > 998
  AND ps.ps_availqty > sh.half
ORDER BY ps.ps_partkey, ps.ps_suppkey
