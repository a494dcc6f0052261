-- Suppliers from China and Japan that shipped anything since 1996.
SELECT
    s.s_suppkey,
    s.s_name
FROM supplier s
JOIN nation n ON n.n_nationkey = s.s_nationkey
WHERE n.n_name IN ('CHINA', 'JAPAN')
  AND (
        SELECT COUNT(*)
        FROM lineitem l
        WHERE l.l_suppkey = s.s_suppkey
          AND l.l_shipdate >= '1996-01-01'
      ) > 0
ORDER BY s.s_suppkey
