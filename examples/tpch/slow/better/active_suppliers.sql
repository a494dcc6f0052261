-- EXISTS stops at the first line it finds; COUNT(*) reads them all to compare with nothing.
SELECT
    s.s_suppkey,
    s.s_name
FROM supplier s
JOIN nation n ON n.n_nationkey = s.s_nationkey
WHERE n.n_name IN ('CHINA', 'JAPAN')
  AND EXISTS (
        SELECT 1
        FROM lineitem l
        WHERE l.l_suppkey = s.s_suppkey
          AND l.l_shipdate >= '1996-01-01'
      )
ORDER BY s.s_suppkey
