"""What invented databases are about: things and what is told of them, in English and in Russian.

One meaning a line: English words with their synonyms, then Russian ones as `russian.py` reads them.
The names of TPC-H's tables, and what only its columns are called, are left out: it is the test.
"""

from __future__ import annotations

from random import Random

THINGS = """
account, profile | профиль, аккаунт
actor, performer | актер!, артист!
agent, broker | агент!, посредник!
album | альбом
animal, pet | питомец!:питомц
apartment, flat | квартира
article, publication | публикация
artist, painter | художник!
asset | актив
author, writer | автор!, писатель!
badge, award | награда
bank | банк
batch, lot | партия
battery | аккумулятор
booking, reservation | бронирование
book | книга
branch, subsidiary | филиал
brand, make | бренд, марка
building | здание
bus | автобус
cabin, berth | каюта
call, phone call | звонок:звонк
campaign | кампания
card | карта, карточка
carrier, haulier | перевозчик!
category | категория, рубрика
channel | канал
claim, complaint | претензия, жалоба
class, form | класс
client, buyer | клиент!, покупатель!
clinic, hospital | клиника, больница
club | клуб
coach, trainer | тренер!
comment, remark | комментарий
company, firm | компания, фирма
concert, show | концерт
contact | контакт
contract, agreement | договор, контракт
coupon, voucher | купон, ваучер
course | курс
court | суд
crew, team | команда, бригада
dealer, reseller | дилер!
delivery | доставка
department, division | отдел, подразделение
deposit | вклад
device, gadget | устройство, прибор
dish, meal | блюдо
doctor, physician | врач!, доктор!/доктора/докторов
document, paper | документ
donor | донор!
driver | водитель!, шофер!
employee, worker | сотрудник!, работник!
engine, motor | двигатель
episode | эпизод, серия
equipment | установка
event | событие, мероприятие
exam, test | экзамен
expense, cost | расход
factory, plant | завод, фабрика
farm | ферма
fee, charge | сбор
file | файл
flight | рейс
forum | форум
fund | фонд
game | игра
garden, park | сад, парк
guest, visitor | гость!, посетитель!
guide | гид!, экскурсовод!
hall, auditorium | зал
hotel | гостиница, отель
incident, outage | инцидент, авария
inspection, check | проверка
insurance | страховка
invoice, bill | счет/счета/счетов
item, entry | позиция, запись*
journal, magazine | журнал
lab, laboratory | лаборатория
lake | озеро/озера/озер
lecture, talk | лекция
lesson, class | урок, занятие
library | библиотека
license, permit | лицензия, разрешение
loan, credit | кредит, заем:займ
machine, tool | станок:станк, машина
manager, boss | менеджер!, руководитель!
manufacturer, producer | производитель!, изготовитель!
market | рынок:рынк
match | матч
meeting | встреча, совещание
member, participant | участник!
merchant, seller | продавец!:продавц
message, mail | сообщение
mission | миссия
model | модель*
movie, film | фильм, кинокартина
museum | музей
note | заметка
notification, alert | уведомление
offer, proposal | предложение
office | офис, контора
operator | оператор!
passenger | пассажир!
patient | пациент!, больной!/больные/больных
payment | платеж, оплата
photo, picture | снимок:снимк, фотография
pilot | пилот!, летчик!
plan | план
platform | платформа
player | игрок!
policy | полис
post | пост
prescription | рецепт
product, article | товар, продукт
project | проект
promotion, discount campaign | акция
purchase | покупка
question | вопрос
reader, subscriber | читатель!, подписчик!
receipt | чек, квитанция
recipe | рецепт
refund, return | возврат
rental | прокат, аренда
repair | ремонт
report | отчет
request, ticket | заявка, обращение
review, opinion | отзыв, рецензия
river | река
road | дорога
robot | робот
room | комната, номер/номера/номеров
route | маршрут
sale, deal | продажа, сделка
school | школа
sensor, meter | датчик, счетчик
server, host | сервер/серверы/серверов
service | услуга, сервис
session | сеанс, сессия
ship, vessel | корабль/корабли/кораблей, теплоход
shipment, consignment | отгрузка, отправка
shop, store | магазин
song | песня/песни/песен
station | станция
street | улица
student, pupil | студент!, ученик!
studio | студия
subject | предмет
subscription | подписка
survey, poll | опрос
task, job | задача, задание
teacher, instructor | преподаватель!, педагог!
theater | театр
tour, excursion | экскурсия, тур
town, settlement | поселок:поселк
track | трек
transaction, operation | операция, транзакция
transfer | перевод
treatment | процедура
trial, experiment | опыт, эксперимент
trip, journey | поездка
truck, lorry | грузовик
user, login | пользователь!
vacancy, opening | вакансия
vehicle, car | машина, автомобиль
vendor, contractor | подрядчик!
video, clip | ролик
visit | визит, посещение
volunteer | волонтер!
wallet | кошелек:кошельк
ward | палата
warehouse, storage | склад
winner | победитель!
workshop | мастерская/мастерские/мастерских
zone, area | зона
"""

TRAITS = {
    "int": """
age | возраст
attempts, tries | число попыток
bonus points, points | число баллов
capacity | вместимость*
clicks, hits | число кликов
duration, length in minutes | длительность*
floor count, floors | число этажей
level | уровень:уровн
likes | число лайков
mileage | пробег
page count, pages | число страниц
quantity, amount of pieces | количество, число штук
rank, place | место/места/мест, ранг
rating | рейтинг
seat count, seats | число мест
stock, pieces in stock | остаток:остатк, запас
version | версия
views | число просмотров
visits | число визитов
headcount, staff size | численность*
priority level | степень* важности
experience, years of experience | стаж
children, number of children | число детей
""",
    "num": """
price | цена
amount, sum | сумма
cost | стоимость*, себестоимость*
fee, charge | сбор, комиссия
salary, wage | зарплата, оклад
balance | баланс, остаток:остатк на счете
credit limit | кредитный лимит
tax | налог
rebate | скидка
rate, interest rate | ставка
budget | бюджет
revenue, turnover | выручка, оборот
margin | маржа, наценка
pledge, security deposit | залог
income | доход
commission | комиссия
bonus, premium | премия, бонус
debt, arrears | долг, задолженность*
profit | прибыль*
loss | убыток:убытк
rent | арендная плата
fine, penalty | штраф
net amount | чистая сумма
unit price, price per piece | цена за штуку
payout | выплата
prepayment | предоплата
""",
    "real": """
score | оценка, балл
weight | вес
height | высота
length | длина
width | ширина
ratio | коэффициент
speed | скорость*
distance | расстояние
temperature | температура
share | доля
area | площадь*
depth | глубина
power | мощность*
pressure | давление
voltage | напряжение
volume | объем
load | нагрузка
""",
    "category": """
status | статус, состояние
type | тип
kind | вид
city, town | город/города/городов
state, province | штат
category | категория
brand, make | бренд, марка
color, colour | цвет/цвета/цветов
gender, sex | пол
group | группа
language | язык
currency | валюта
method | метод, способ
channel, source | канал, источник
grade, class | класс
country | страна
mode | режим
reason, cause | причина
department, unit | отдел
payment method | способ оплаты
stage, phase | этап, стадия
genre | жанр
material | материал
shape | форма
role | роль*
profession, occupation | профессия
district | район
warehouse zone | зона склада
result, outcome | результат, исход
tariff, pricing plan | тариф
severity, urgency | срочность*, важность*
delivery method | способ доставки
""",
    "label": """
name | название, имя/имена/имен
title | название, заголовок:заголовк
full name | полное имя/имена/имен
last name, surname | фамилия
label | метка
nickname | псевдоним
""",
    "free": """
comment, remark | комментарий
description | описание
notes, note | примечание, заметка
address | адрес/адреса/адресов
phone, phone number | телефон
email, email address | электронная почта
url, link | ссылка
passport number, passport | номер/номера/номеров паспорта
serial number, serial | серийный номер/номера/номеров
barcode | штрихкод
""",
    "date": """
creation date, date of creation | дата создания | created | созданн
birthday, date of birth | дата рождения | born | рожденн
hire date, date of hiring | дата найма | hired | принятн
start date, start | дата начала | started | начат
end date, end | дата окончания | finished | законченн
due date, deadline | срок оплаты | due |
payment date, date of payment | дата оплаты | paid | оплаченн
opening date | дата открытия | opened | открыт
closing date | дата закрытия | closed | закрыт
delivery date, date of delivery | дата доставки | delivered | доставленн
registration date | дата регистрации | registered | зарегистрированн
expiry date, expiration date | дата истечения срока | expiring |
visit date | дата визита | |
release date | дата выпуска | released | выпущенн
booking date | дата бронирования | booked | забронированн
invoice date | дата счета | invoiced |
departure date | дата отъезда | |
purchase date | дата покупки | bought | купленн
signing date, date of signing | дата подписания | signed | подписанн
repair date | дата ремонта | repaired | отремонтированн
inspection date | дата проверки | inspected | проверенн
""",
    "time": """
created at, creation time | время создания | created | созданн
updated at, time of last change | время изменения | changed | измененн
login time, last login | время входа | |
sent at, time of sending | время отправки | sent | отправленн
start time, started at | время начала | started | начат
arrival time | время прибытия | |
""",
    "bool": """
active | активн
paid | оплаченн
verified | проверенн
visible | видим
archived | архивн
locked, blocked | заблокированн
public | публичн
available | доступн
enabled | включенн
deleted | удаленн
open | открыт
approved | одобренн
urgent | срочн
insured | застрахованн
foreign | иностранн
premium | привилегированн
"""
}  # fmt: skip


def split_line(line: str) -> list[list[str]]:
    """The parts of a line of these lists, each with its synonyms."""
    return [[each.strip() for each in part.split(",")] for part in line.split("|")]


def _lines(text: str) -> list[list[list[str]]]:
    return [split_line(line) for line in text.strip().splitlines()]


_THINGS = _lines(THINGS)
_TRAITS = {kind: _lines(text) for kind, text in TRAITS.items()}


def draw_thing(rng: Random) -> tuple[list[str], list[str]]:
    """English words for a thing, and Russian ones."""
    english, russian = rng.choice(_THINGS)
    return english, russian


def draw_trait(kind: str, rng: Random) -> list[list[str]]:
    """English words for a trait of that kind, Russian ones, and participles of dates."""
    return rng.choice(_TRAITS[kind])


_SOUNDS = """ба бе бо ва ви га го да де ди до жа зе зо ка ке ки ко ла ле ли ло ма ме ми мо на не ни
    но па пе по ра ре ри ро са се си со та те ти то фа фи фо ха ча чи ша ше""".split()
_ENDS = "р н л т м д к ка на ра ция ние тель! лта ст сть*".split()


def invent_noun(rng: Random) -> str:
    """A Russian noun that no dictionary has: who has only learned such words must read passages."""
    return "".join(rng.choice(_SOUNDS) for _ in range(rng.choice([1, 2, 2, 3]))) + rng.choice(_ENDS)
