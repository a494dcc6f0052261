-- Лишний запас: у каких поставщиков лежит больше половины того, что они отгрузили за 1994 год.
-- Только по деталям с самой высокой закупочной ценой.
SELECT
    ps.ps_partkey,
    p.p_name,
    ps.ps_suppkey,
    ps.ps_availqty
FROM partsupp ps
JOIN part p ON p.p_partkey = ps.ps_partkey
WHERE ps.ps_supplycost > 998
  AND ps.ps_availqty > (
        SELECT 0.5 * SUM(l.l_quantity)
        FROM lineitem l
        WHERE l.l_partkey = ps.ps_partkey
          AND l.l_suppkey = ps.ps_suppkey
          AND l.l_shipdate >= '1994-01-01'
          AND l.l_shipdate < '1995-01-01'
      )
ORDER BY ps.ps_partkey, ps.ps_suppkey
