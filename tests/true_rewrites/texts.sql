-- schema: shop
-- pair: LIKE without a wildcard
-- dialects: postgres duckdb
SELECT id FROM products WHERE code LIKE 'AB12'
-- is:
SELECT id FROM products WHERE code = 'AB12'
-- because: a pattern without wildcards is met by itself alone, case counting

-- pair: a prefix as a range of texts
-- dialects: sqlite duckdb
SELECT id FROM products WHERE SUBSTR(code, 1, 2) = 'AB'
-- is:
SELECT id FROM products WHERE code >= 'AB' AND code < 'AC'
-- because: texts sort by their code points, and those that begin with AB lie between AB and AC

-- pair: a prefix by SUBSTRING and by LIKE
-- dialects: postgres duckdb
SELECT id FROM products WHERE SUBSTRING(code, 1, 2) = 'AB'
-- is:
SELECT id FROM products WHERE code LIKE 'AB%'
-- because: both ask for the first two letters, case counting

-- pair: LIKE with a percent sign alone
SELECT id FROM products WHERE name LIKE '%'
-- is:
SELECT id FROM products WHERE name IS NOT NULL
-- because: every text matches, the empty one too, and NULL does not

-- pair: two percent signs are one
SELECT id FROM products WHERE code LIKE '%A%%B%'
-- is:
SELECT id FROM products WHERE code LIKE '%A%B%'
-- because: a run of any length after a run of any length is one such run

-- pair: NOT LIKE and a negated LIKE
SELECT id FROM products WHERE name NOT LIKE 'a%'
-- is:
SELECT id FROM products WHERE NOT (name LIKE 'a%')
-- because: NOT LIKE is the negation, unknown for NULL in both

-- pair: contains, by LIKE and by a position
-- dialects: postgres duckdb
SELECT id FROM products WHERE code LIKE '%X7%'
-- is:
SELECT id FROM products WHERE STRPOS(code, 'X7') > 0
-- because: the position is above 0 where the text is contained

-- pair: contains, by INSTR of lower case
-- dialects: sqlite
SELECT id FROM products WHERE code LIKE '%x7%'
-- is:
SELECT id FROM products WHERE INSTR(LOWER(code), 'x7') > 0
-- because: SQLite's LIKE and LOWER both fold the 26 letters of ASCII

-- pair: ILIKE as LIKE of lower case
-- dialects: postgres duckdb
SELECT id FROM products WHERE code ILIKE 'ab%'
-- is:
SELECT id FROM products WHERE LOWER(code) LIKE 'ab%'
-- because: the pattern is in lower case and of plain letters

-- pair: an underscore before a percent sign
SELECT id FROM products WHERE name LIKE '%_'
-- is:
SELECT id FROM products WHERE name LIKE '_%'
-- because: both ask for at least one character

-- pair: an IN list as alternatives
SELECT id FROM customers WHERE city IN ('Oslo', 'Bergen')
-- is:
SELECT id FROM customers WHERE city = 'Oslo' OR city = 'Bergen'
-- because: IN is a disjunction of equalities

-- pair: NOT IN a list as conditions
SELECT id FROM customers WHERE city NOT IN ('Oslo', 'Bergen')
-- is:
SELECT id FROM customers WHERE city <> 'Oslo' AND city <> 'Bergen'
-- because: NOT IN is a conjunction of inequalities, unknown for NULL in both

-- pair: an upper case that is there already
-- dialects: sqlite postgres duckdb
SELECT DISTINCT UPPER(UPPER(code)) AS u FROM products WHERE code = 'AB12'
-- is:
SELECT code AS u FROM products WHERE code = 'AB12'
-- because: the one text asked for is in upper case, and code is unique

-- pair: concatenation by || and by CONCAT
-- dialects: postgres duckdb
SELECT id, name || ':' || id AS label FROM customers
-- is:
SELECT id, CONCAT(name, ':', id) AS label FROM customers
-- because: neither name nor id is NULL, where the two would differ

-- pair: a NULL in a concatenation
-- dialects: sqlite postgres duckdb
SELECT id FROM customers WHERE name || city IS NULL
-- is:
SELECT id FROM customers WHERE city IS NULL
-- because: name is never NULL and || with NULL is NULL

-- pair: an empty text by its length
-- dialects: postgres duckdb
SELECT id FROM customers WHERE LENGTH(city) = 0
-- is:
SELECT id FROM customers WHERE city = ''
-- because: the empty text alone has length 0, and NULL passes neither

-- pair: the length that the type allows
-- dialects: postgres
SELECT id FROM products WHERE LENGTH(code) <= 10
-- is:
SELECT id FROM products
-- because: code is a VARCHAR(10) that is never NULL

-- pair: the shorter of two patterns
SELECT id FROM products WHERE code LIKE 'A%' OR code LIKE 'AB%'
-- is:
SELECT id FROM products WHERE code LIKE 'A%'
-- because: what begins with AB begins with A

-- schema: tickets
-- pair: a label in a list kept as text
-- dialects: postgres duckdb
SELECT id FROM tickets WHERE ',' || labels || ',' LIKE '%,bug,%'
-- is:
SELECT id FROM tickets WHERE labels = 'bug' OR labels LIKE 'bug,%' OR labels LIKE '%,bug' OR labels LIKE '%,bug,%'
-- because: the label is the whole text, or its first, its last or a middle part
