-- Budget and latest estimates in the company's currency; a line by category or activity keeps it.
select
    b.account as account, b.month as month, b.line as line, coalesce(b.version, '') as version,
    coalesce(b.activity, '') as activity, coalesce(b.category, '') as category,
    sum(case when b.currency = $currency or b.line = 'quantity' then b.amount else b.amount * r.rate end) as amount
from budget b
left join exchange_rates r on r.currency = b.currency and r.month = b.month
group by 1, 2, 3, 4, 5, 6
order by 1, 2, 3, 4, 5, 6
