CREATE TABLE department (id INTEGER PRIMARY KEY, name TEXT NOT NULL, floor INTEGER NOT NULL);
CREATE TABLE doctor (
    id INTEGER PRIMARY KEY, full_name TEXT NOT NULL, specialty TEXT NOT NULL,
    department_id INTEGER NOT NULL REFERENCES department (id), hired_on DATE NOT NULL,
    salary INTEGER NOT NULL
);
CREATE TABLE patient (
    id INTEGER PRIMARY KEY, full_name TEXT NOT NULL, birth_date DATE NOT NULL, gender TEXT NOT NULL,
    city TEXT NOT NULL, phone TEXT, insured BOOLEAN NOT NULL
);
CREATE TABLE appointment (
    id INTEGER PRIMARY KEY, patient_id INTEGER NOT NULL REFERENCES patient (id),
    doctor_id INTEGER NOT NULL REFERENCES doctor (id), visit_date DATE NOT NULL,
    status TEXT NOT NULL, fee NUMERIC(8, 2) NOT NULL, diagnosis TEXT
);
CREATE TABLE prescription (
    id INTEGER PRIMARY KEY, appointment_id INTEGER NOT NULL REFERENCES appointment (id),
    medicine TEXT NOT NULL, dose_mg INTEGER NOT NULL, days INTEGER NOT NULL
);
INSERT INTO department VALUES
    (1, 'Хирургия', 2), (2, 'Терапия', 1), (3, 'Кардиология', 3), (4, 'Рентген', 1);
INSERT INTO doctor VALUES
    (1, 'Anna Berg', 'surgery', 1, '2009-04-01', 125000), (2, 'Igor Panin', 'therapy', 2, '2014-09-15', 82000),
    (3, 'Lena Frost', 'cardiology', 3, '2011-01-20', 118000),
    (4, 'Omar Haddad', 'cardiology', 3, '2019-06-03', 97000), (5, 'Vera Zimina', 'therapy', 2, '2021-02-11', 71000),
    (6, 'Paul Stern', 'surgery', 1, '2016-11-07', 104000), (7, 'Nina Koval', 'therapy', 2, '2023-08-01', 64000);
INSERT INTO patient VALUES
    (1, 'Ольга Титова', '1994-01-17', 'm', 'Самара', '+7 900 467-98', 1),
    (2, 'Марк Бауэр', '2013-08-28', 'f', 'Тула', '+7 900 894-41', 1),
    (3, 'Инна Чехова', '1996-05-20', 'f', 'Казань', NULL, 1),
    (4, 'Пётр Ильин', '1948-04-26', 'm', 'Тула', '+7 900 989-41', 0),
    (5, 'Эмма Кларк', '1972-04-27', 'f', 'Самара', '+7 900 355-11', 1),
    (6, 'Раиса Гусева', '2003-10-05', 'f', 'Тула', '+7 900 386-33', 1),
    (7, 'Тимур Асанов', '2006-11-10', 'm', 'Казань', '+7 900 880-19', 1),
    (8, 'Иван Дроздов', '1950-08-12', 'm', 'Казань', NULL, 0),
    (9, 'Лия Фокс', '1950-01-10', 'f', 'Казань', '+7 900 314-37', 1),
    (10, 'Глеб Новик', '1953-01-15', 'f', 'Тула', '+7 900 421-35', 1),
    (11, 'Сара Ли', '1986-07-16', 'f', 'Казань', NULL, 1),
    (12, 'Антон Рыбин', '2000-02-14', 'f', 'Тула', '+7 900 405-12', 0);
INSERT INTO appointment VALUES
    (1, 6, 3, '2022-07-20', 'missed', 2251, NULL), (2, 2, 2, '2022-12-06', 'cancelled', 4352, NULL),
    (3, 1, 4, '2023-12-27', 'cancelled', 1003, NULL), (4, 5, 2, '2024-05-19', 'completed', 2604, 'asthma'),
    (5, 8, 3, '2024-01-23', 'completed', 2205, 'flu'), (6, 6, 6, '2023-03-21', 'completed', 3256, 'fracture'),
    (7, 7, 4, '2024-06-11', 'completed', 850, 'asthma'), (8, 12, 2, '2022-06-02', 'cancelled', 3551, NULL),
    (9, 6, 4, '2023-01-30', 'cancelled', 2202, NULL), (10, 8, 1, '2023-09-27', 'cancelled', 2953, NULL),
    (11, 5, 1, '2023-04-20', 'missed', 1154, NULL), (12, 4, 2, '2023-07-11', 'completed', 1505, 'fracture'),
    (13, 5, 5, '2023-08-13', 'completed', 2606, 'fracture'), (14, 3, 6, '2022-04-22', 'completed', 2550, NULL),
    (15, 3, 5, '2022-03-22', 'completed', 4401, NULL), (16, 1, 2, '2024-02-29', 'completed', 2202, NULL),
    (17, 7, 2, '2022-03-30', 'missed', 803, NULL), (18, 8, 2, '2024-06-08', 'completed', 4204, 'asthma'),
    (19, 7, 1, '2022-07-23', 'completed', 1555, 'flu'), (20, 7, 2, '2022-06-25', 'completed', 1656, NULL),
    (21, 8, 5, '2024-02-18', 'completed', 2350, 'fracture'), (22, 8, 3, '2022-07-01', 'completed', 4001, 'asthma'),
    (23, 8, 6, '2023-01-13', 'completed', 3702, 'fracture'), (24, 10, 6, '2023-08-16', 'cancelled', 2903, NULL),
    (25, 2, 6, '2024-04-25', 'cancelled', 4354, NULL), (26, 1, 6, '2022-12-11', 'completed', 2355, NULL),
    (27, 5, 6, '2024-01-09', 'cancelled', 2756, NULL), (28, 3, 4, '2024-06-22', 'completed', 4100, 'fracture'),
    (29, 6, 5, '2022-11-08', 'completed', 3801, 'fracture'),
    (30, 6, 2, '2023-11-22', 'completed', 3202, 'fracture'),
    (31, 3, 6, '2024-07-07', 'completed', 2903, 'fracture'), (32, 10, 2, '2023-07-28', 'missed', 1854, NULL),
    (33, 6, 6, '2023-06-04', 'completed', 1105, NULL), (34, 3, 4, '2024-04-10', 'missed', 3906, NULL),
    (35, 7, 2, '2023-11-01', 'completed', 2300, 'flu'), (36, 4, 2, '2023-09-24', 'completed', 1751, 'asthma'),
    (37, 3, 5, '2024-02-06', 'completed', 3602, 'asthma'), (38, 3, 1, '2022-06-17', 'completed', 1753, NULL),
    (39, 4, 4, '2022-03-09', 'completed', 2804, NULL), (40, 12, 1, '2023-09-28', 'completed', 2955, 'flu');
INSERT INTO prescription VALUES
    (1, 4, 'Ibuprofen', 250, 16), (2, 5, 'Insulin', 250, 4), (3, 6, 'Amoxicillin', 250, 6),
    (4, 7, 'Ibuprofen', 250, 21), (5, 12, 'Ibuprofen', 250, 29), (6, 13, 'Ibuprofen', 500, 29),
    (7, 14, 'Amoxicillin', 250, 17), (8, 15, 'Ibuprofen', 500, 21), (9, 16, 'Amoxicillin', 100, 7),
    (10, 18, 'Amoxicillin', 250, 29), (11, 19, 'Insulin', 50, 15), (12, 20, 'Ibuprofen', 100, 13),
    (13, 21, 'Amoxicillin', 500, 16), (14, 22, 'Amoxicillin', 100, 18), (15, 23, 'Ibuprofen', 500, 15),
    (16, 26, 'Zinc', 100, 22), (17, 28, 'Amoxicillin', 250, 18), (18, 29, 'Ibuprofen', 50, 13);
