CREATE TABLE author (
    id INTEGER PRIMARY KEY, full_name TEXT NOT NULL, country TEXT NOT NULL, birth_year INTEGER
);
CREATE TABLE book (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, author_id INTEGER NOT NULL REFERENCES author (id),
    genre TEXT NOT NULL, pages INTEGER NOT NULL, price NUMERIC(8, 2) NOT NULL,
    published_on DATE NOT NULL
);
CREATE TABLE member (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL, email TEXT,
    joined_on DATE NOT NULL, active BOOLEAN NOT NULL
);
CREATE TABLE loan (
    id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL REFERENCES book (id),
    member_id INTEGER NOT NULL REFERENCES member (id), loaned_on DATE NOT NULL, returned_on DATE
);
INSERT INTO author VALUES
    (1, 'Anna Kern', 'Germany', 1950), (2, 'Oleg Sokolov', 'Russia', 1961),
    (3, 'Mary Stone', 'Canada', 1975), (4, 'Jean Petit', 'France', 1980),
    (5, 'Ivan Lesnoy', 'Russia', 1990);
INSERT INTO book VALUES
    (1, 'The River', 1, 'novel', 320, 12.5, '1994-05-02'),
    (2, 'Winter Light', 2, 'poetry', 96, 8.0, '1999-11-20'),
    (3, 'Stars and Stones', 3, 'science', 410, 30.0, '2005-03-15'),
    (4, 'The Blue House', 1, 'novel', 280, 14.0, '2005-09-01'),
    (5, 'Small Engines', 3, 'science', 150, 22.0, '2011-01-10'),
    (6, 'Letters', 4, 'novel', 505, 18.0, '2012-06-30'),
    (7, 'Northern Tales', 2, 'children', 64, 6.5, '2015-12-05'),
    (8, 'Old Maps', 5, 'science', 200, 9.0, '2009-04-04');
INSERT INTO member VALUES
    (1, 'Peter', 'Oslo', 'peter@example.org', '2018-01-05', 1),
    (2, 'Olga', 'Tula', NULL, '2019-03-17', 1), (3, 'Sam', 'Oslo', NULL, '2020-07-01', 0),
    (4, 'Vera', 'Paris', 'vera@example.org', '2020-11-23', 1),
    (5, 'Igor', 'Tula', 'igor@example.org', '2021-02-14', 0);
INSERT INTO loan VALUES
    (1, 1, 1, '2020-01-10', '2020-01-30'), (2, 3, 1, '2020-02-01', '2020-02-11'),
    (3, 1, 2, '2020-05-05', '2020-06-04'), (4, 4, 2, '2021-01-15', NULL),
    (5, 6, 4, '2021-03-03', '2021-03-10'), (6, 2, 4, '2021-03-03', NULL),
    (7, 1, 4, '2021-06-20', '2021-07-01'), (8, 5, 1, '2022-08-08', '2022-08-29'),
    (9, 7, 5, '2022-09-01', NULL);
