-- case: a version
SELECT id /*!50000 , email */ FROM customers
-- dialect: mysql
-- found

-- case: a keyword
SELECT id FROM customers /*! UNION SELECT 1 */
-- dialect: mysql
-- found

-- case: a plain comment
SELECT id /* , email */ FROM customers
-- dialect: mysql

-- case: an exclamation
SELECT id /*! careful */ FROM customers
-- dialect: mysql

-- case: settings of a dump
CREATE TABLE notes (id INT PRIMARY KEY) /*!40101 SET character_set_client = @saved_cs_client */
-- dialect: mysql
