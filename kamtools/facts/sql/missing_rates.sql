-- Months in which a foreign currency was used and no exchange rate is given.
with used as (
    select currency, cast(date_trunc('month', date) as date) as month, 'ledger' as name from ledger
    where date <= $as_of
    union select currency, cast(date_trunc('month', date) as date), 'expenses' from expenses
    where date <= $as_of
    union select currency, cast(date_trunc('month', invoice_date) as date), 'receivables' from receivables
    where invoice_date <= $as_of
    union select currency, month, 'budget' from budget where line <> 'quantity'
    union select currency, cast(date_trunc('month', start) as date), 'promotions' from promotions
    where start <= $as_of
    union select currency, cast(date_trunc('month', date) as date), 'credit' from credit
    where date <= $as_of
)
select u.currency, u.month, u.name
from used u
left join exchange_rates r on r.currency = u.currency and r.month = u.month
where u.currency <> $currency and r.rate is null
order by u.currency, u.month, u.name
