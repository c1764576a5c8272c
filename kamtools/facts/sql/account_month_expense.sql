-- Trade terms and A&P by account, month and P&L line, in the company's currency.
select
    coalesce(e.account, '') as account,
    cast(date_trunc('month', e.date) as date) as month,
    e.line as line,
    sum(case when e.currency = $currency then cast(e.amount as decimal(30, 6))
             else cast(e.amount * r.rate as decimal(30, 6)) end) as amount
from expenses e
left join exchange_rates r
    on r.currency = e.currency and r.month = cast(date_trunc('month', e.date) as date)
where e.date <= $as_of
group by 1, 2, 3
order by 1, 2, 3
