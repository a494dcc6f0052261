CREATE TABLE Department (
    departmentId INTEGER PRIMARY KEY, departmentName TEXT NOT NULL, city TEXT NOT NULL
);
CREATE TABLE Employee (
    employeeId INTEGER PRIMARY KEY, fullName TEXT NOT NULL, jobTitle TEXT NOT NULL,
    hireDate DATE NOT NULL, salary INTEGER NOT NULL,
    departmentId INTEGER NOT NULL REFERENCES Department (departmentId),
    managerId INTEGER REFERENCES Employee (employeeId)
);
CREATE TABLE Project (
    projectId INTEGER PRIMARY KEY, projectName TEXT NOT NULL, budget INTEGER NOT NULL,
    startDate DATE NOT NULL, endDate DATE,
    departmentId INTEGER NOT NULL REFERENCES Department (departmentId)
);
CREATE TABLE Assignment (
    employeeId INTEGER NOT NULL REFERENCES Employee (employeeId),
    projectId INTEGER NOT NULL REFERENCES Project (projectId), hours INTEGER NOT NULL,
    PRIMARY KEY (employeeId, projectId)
);
INSERT INTO Department VALUES
    (1, 'Sales', 'Berlin'), (2, 'Research', 'Moscow'), (3, 'Legal', 'Berlin'), (4, 'Support', 'Oslo');
INSERT INTO Employee VALUES
    (1, 'Nina Weber', 'manager', '2010-02-01', 7000, 1, NULL),
    (2, 'Boris Orlov', 'engineer', '2015-06-15', 5200, 2, 1),
    (3, 'Tom Hill', 'engineer', '2016-09-01', 4800, 2, 1),
    (4, 'Lena Krause', 'clerk', '2018-01-10', 3100, 1, 1),
    (5, 'Max Vogel', 'lawyer', '2019-05-05', 6100, 3, 1),
    (6, 'Irina Belova', 'clerk', '2020-03-20', 2900, 1, 1),
    (7, 'Paul Rey', 'engineer', '2021-11-02', 4500, 2, 2);
INSERT INTO Project VALUES
    (1, 'Apollo', 120000, '2019-01-01', '2020-12-31', 2),
    (2, 'Borealis', 80000, '2020-04-01', NULL, 2), (3, 'Compass', 45000, '2020-07-15', '2021-03-31', 1),
    (4, 'Delta', 150000, '2021-02-01', NULL, 3);
INSERT INTO Assignment VALUES
    (1, 3, 120), (2, 1, 800), (2, 2, 300), (3, 1, 640), (4, 3, 200), (5, 4, 150), (7, 2, 410);
