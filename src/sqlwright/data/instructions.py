"""What users ask in their own words, in English and Russian: the instructions of built records.

Many wordings, so that a model learns the task and not one sentence.
"""

from __future__ import annotations

from random import Random

ASKED: dict[tuple[str, str], tuple[str, ...]] = {
    ("optimize", "en"): (
        "Make this query faster.",
        "Optimize the query, the result must stay the same.",
        "This report takes minutes. Rewrite it so that it runs in seconds.",
        "Speed this up without changing what it returns.",
        "The query is slow on the big table, please improve it.",
        "Rewrite for performance.",
        "How should this be written so that the database has less to do?",
        "Reduce the running time of this query.",
        "Find a cheaper form of this query.",
        "Our dashboard times out on this. Same rows, but quicker.",
        "Give me an efficient version of this SQL.",
        "Remove the work that is not needed here.",
        "Can this run faster? Follow our SQL standards.",
        "Tune the query below.",
    ),
    ("optimize", "ru"): (
        "Сделай этот запрос быстрее.",
        "Оптимизируй запрос, результат не должен измениться.",
        "Отчёт считается минутами. Перепиши, чтобы работал за секунды.",
        "Ускорь, не меняя того, что возвращается.",
        "Запрос медленно работает на большой таблице, улучши его.",
        "Перепиши с упором на скорость.",
        "Как записать это, чтобы база делала меньше работы?",
        "Сократи время выполнения запроса.",
        "Найди более дешёвую форму этого запроса.",
        "Страница не дожидается ответа. Те же строки, но скорее.",
        "Нужна эффективная версия этого SQL.",
        "Убери лишнюю работу.",
        "Можно быстрее? По нашим стандартам SQL.",
        "Настрой запрос ниже.",
    ),
    ("refactor", "en"): (
        "Refactor this query to our standards.",
        "Make it readable, the result stays the same.",
        "Clean this up.",
        "Rewrite the query in the style of our team.",
        "Nobody understands this query any more. Simplify it.",
        "Bring this legacy SQL up to date.",
        "Tidy the joins and the aliases.",
        "Rewrite this so that a reviewer has nothing to say.",
        "Give the tables their usual aliases and remove what is not needed.",
        "Write this the way we write queries here.",
    ),
    ("refactor", "ru"): (
        "Приведи запрос к нашим стандартам.",
        "Сделай читаемым, результат должен остаться прежним.",
        "Наведи порядок в этом запросе.",
        "Перепиши запрос в стиле нашей команды.",
        "Этот запрос уже никто не понимает. Упрости его.",
        "Обнови этот старый SQL.",
        "Приведи в порядок соединения и псевдонимы.",
        "Перепиши так, чтобы на проверке не было замечаний.",
        "Дай таблицам привычные псевдонимы и убери лишнее.",
        "Запиши так, как у нас принято.",
    ),
    ("check", "en"): (
        "What is wrong with this query?",
        "Review this query.",
        "List the problems of this SQL.",
        "Check it before it goes to production.",
        "Is anything here slow or wrong?",
        "Which of our rules does this query break?",
        "Audit the query below.",
    ),
    ("check", "ru"): (
        "Что не так с этим запросом?",
        "Проверь этот запрос.",
        "Перечисли проблемы в этом SQL.",
        "Проверь перед выкладкой.",
        "Есть ли здесь что-то медленное или неверное?",
        "Какие наши правила нарушает запрос?",
        "Сделай аудит запроса ниже.",
    ),
    ("fix", "en"): (
        "This query does not run. Correct it.",
        "Fix the error.",
        "The database refuses this. What did I mean?",
        "Repair the query below.",
        "I get an error here, please correct it.",
        "Correct the mistake and change nothing else.",
        "Why does this fail? Give me the working query.",
    ),
    ("fix", "ru"): (
        "Этот запрос не выполняется. Исправь его.",
        "Исправь ошибку.",
        "База отвергает этот запрос. Что имелось в виду?",
        "Почини запрос ниже.",
        "Здесь ошибка, поправь, пожалуйста.",
        "Исправь ошибку и больше ничего не меняй.",
        "Почему не работает? Дай рабочий запрос.",
    ),
}
_BEFORE = {"en": ("", "", "", "Please: ", "Hi! ", "Task: "), "ru": ("", "", "", "Пожалуйста: ",
           "Привет! ", "Задача: ")}  # fmt: skip


def instruction(task: str, language: str, rng: Random) -> str:
    """One wording of that task in that language ('en' or 'ru')."""
    return rng.choice(_BEFORE[language]) + rng.choice(ASKED[task, language])
