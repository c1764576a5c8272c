-- What is known of each account's credit up to the as-of date, in the company's currency.
select
    c.account as account, c.date as date, c.terms_days as terms_days,
    c.credit_limit * f.rate as credit_limit, c.insured * f.rate as insured, c.open_orders * f.rate as open_orders,
    c.unbilled * f.rate as unbilled, c.consigned_stock * f.rate as consigned_stock,
    c.specific_provision * f.rate as specific_provision
from credit c
join (
    select k.account as account, k.date as date, case when k.currency = $currency then 1 else r.rate end as rate
    from credit k
    left join exchange_rates r
        on r.currency = k.currency and r.month = cast(date_trunc('month', k.date) as date)
) f on f.account = c.account and f.date = c.date
where c.date <= $as_of
order by c.account, c.date
