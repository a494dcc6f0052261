CREATE TABLE departments (
    id INT NOT NULL PRIMARY KEY,
    name VARCHAR(20) NOT NULL UNIQUE,
    budget INT,
    storey SMALLINT NOT NULL
);
CREATE TABLE employees (
    id INT NOT NULL PRIMARY KEY,
    name VARCHAR(30) NOT NULL,
    department_id INT,
    manager_id INT,
    salary INT NOT NULL CHECK (salary BETWEEN 1 AND 999999),
    bonus INT CHECK (bonus BETWEEN 0 AND 999999),
    hired DATE NOT NULL,
    left_on DATE,
    grade SMALLINT NOT NULL CHECK (grade BETWEEN 1 AND 9),
    FOREIGN KEY (department_id) REFERENCES departments (id),
    FOREIGN KEY (manager_id) REFERENCES employees (id)
);
CREATE TABLE projects (
    id INT NOT NULL PRIMARY KEY,
    title VARCHAR(30) NOT NULL,
    department_id INT NOT NULL,
    deadline DATE,
    FOREIGN KEY (department_id) REFERENCES departments (id)
);
CREATE TABLE assignments (
    employee_id INT NOT NULL,
    project_id INT NOT NULL,
    hours INT NOT NULL CHECK (hours BETWEEN 0 AND 2000),
    role VARCHAR(12),
    PRIMARY KEY (employee_id, project_id),
    FOREIGN KEY (employee_id) REFERENCES employees (id),
    FOREIGN KEY (project_id) REFERENCES projects (id)
);
