-- Tempting and wrong: a join repeats each supplier once for every line that it shipped.
SELECT
    s.s_suppkey,
    s.s_name
FROM supplier s
JOIN nation n ON n.n_nationkey = s.s_nationkey
JOIN lineitem l ON l.l_suppkey = s.s_suppkey
WHERE n.n_name IN ('CHINA', 'JAPAN')
  AND l.l_shipdate >= '1996-01-01'
ORDER BY s.s_suppkey
