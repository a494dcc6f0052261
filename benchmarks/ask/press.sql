CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, joined DATE NOT NULL);
CREATE TABLE sections (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, author_id INTEGER NOT NULL, section_id INTEGER NOT NULL,
    published_at DATE NOT NULL, views INTEGER NOT NULL, word_count INTEGER NOT NULL,
    is_premium BOOLEAN NOT NULL
);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL, user_name TEXT NOT NULL, body TEXT NOT NULL,
    posted_at DATE NOT NULL, likes INTEGER NOT NULL
);
INSERT INTO authors VALUES
    (1, 'Clara Holm', 'Norway', '2018-02-01'), (2, 'Dmitri Volkov', 'Russia', '2019-05-17'),
    (3, 'Ines Prado', 'Spain', '2020-11-03'), (4, 'Leif Aas', 'Norway', '2021-01-09'),
    (5, 'Amy Tan', 'Canada', '2022-06-30'), (6, 'Boris Kuhn', 'Germany', '2023-03-03');
INSERT INTO sections VALUES
    (1, 'Science'), (2, 'Culture'), (3, 'Sport'), (4, 'Travel');
INSERT INTO articles VALUES
    (1, 'Deep Ice', 2, 2, '2023-01-16', 2750, 1452, 0), (2, 'Quiet Stars', 4, 1, '2023-12-04', 3396, 2244, 0),
    (3, 'The Last Ferry', 1, 3, '2024-01-07', 2310, 1266, 1),
    (4, 'Painted Walls', 1, 2, '2022-08-04', 3970, 2053, 0),
    (5, 'Salt and Stone', 1, 1, '2022-10-10', 3924, 1253, 0),
    (6, 'Running North', 2, 2, '2022-09-13', 2672, 2109, 1), (7, 'A Winter Cup', 1, 3, '2022-09-04', 2187, 774, 0),
    (8, 'Glass Forest', 1, 1, '2024-05-26', 784, 662, 0), (9, 'Old Bridges', 4, 1, '2022-12-06', 2006, 959, 1),
    (10, 'Small Comets', 3, 2, '2024-02-17', 1793, 2285, 0),
    (11, 'City of Drums', 1, 1, '2023-01-02', 2074, 1262, 0), (12, 'Red Tide', 4, 1, '2022-10-16', 1004, 590, 1),
    (13, 'Night Trains', 2, 2, '2022-12-04', 2439, 1889, 0),
    (14, 'The Honey Road', 1, 1, '2023-02-22', 3785, 2494, 0),
    (15, 'Frozen Lake', 1, 2, '2023-09-24', 1998, 2353, 1), (16, 'Paper Moon', 1, 2, '2023-08-31', 1733, 1388, 0);
INSERT INTO comments VALUES
    (1, 1, 'rex', 'not sure', '2024-05-08', 0), (2, 4, 'rex', 'more please', '2024-05-15', 14),
    (3, 7, 'max92', 'more please', '2024-01-31', 11), (4, 9, 'lola', 'thanks', '2024-03-28', 22),
    (5, 11, 'max92', 'not sure', '2024-01-29', 10), (6, 1, 'lola', 'too long', '2024-04-07', 10),
    (7, 9, 'rex', 'more please', '2024-03-04', 26), (8, 1, 'rex', 'thanks', '2024-05-07', 32),
    (9, 4, 'lola', 'not sure', '2024-02-13', 35), (10, 1, 'inga', 'too long', '2024-05-05', 3),
    (11, 14, 'max92', 'great read', '2024-03-09', 18), (12, 1, 'inga', 'not sure', '2024-02-15', 25),
    (13, 1, 'max92', 'not sure', '2024-02-10', 30), (14, 1, 'max92', 'not sure', '2024-05-16', 30),
    (15, 1, 'lola', 'thanks', '2024-02-11', 23), (16, 7, 'inga', 'too long', '2024-05-30', 30),
    (17, 3, 'lola', 'more please', '2024-03-13', 8), (18, 11, 'rex', 'too long', '2024-02-04', 1),
    (19, 3, 'max92', 'not sure', '2024-05-31', 26), (20, 3, 'inga', 'not sure', '2024-02-06', 9),
    (21, 1, 'inga', 'great read', '2024-02-19', 1), (22, 9, 'inga', 'not sure', '2024-01-21', 7),
    (23, 9, 'max92', 'not sure', '2024-03-20', 34), (24, 4, 'inga', 'too long', '2024-02-28', 39),
    (25, 1, 'lola', 'not sure', '2024-04-08', 12), (26, 11, 'rex', 'more please', '2024-05-11', 3),
    (27, 11, 'rex', 'too long', '2024-04-30', 4), (28, 4, 'lola', 'not sure', '2024-03-07', 38),
    (29, 4, 'rex', 'not sure', '2024-04-11', 9), (30, 3, 'max92', 'more please', '2024-05-22', 31);
