"""What the school calls its revenue is what a family paid: the same figures in their words."""

from functions.serve_console.web.words import Dictionary

PAYERS: Dictionary = {
    "ru": {
        "page.money": "Оплата",
        "revenue": "Оплачено",
        "net": "Оплачено за вычетом возвратов",
        "paying_students": "За скольких учеников",
        "chart.revenue_trends": "Оплата",
        "chart.revenue_trends.area": "Оплачено нарастающим итогом",
        "chart.revenue_trends.pie": "Как платили",
    },
    "en": {
        "page.money": "Payments",
        "revenue": "Paid",
        "net": "Paid less refunds",
        "paying_students": "For how many students",
        "chart.revenue_trends": "Payments",
        "chart.revenue_trends.area": "Paid, running total",
        "chart.revenue_trends.pie": "Ways of paying",
    },
}
