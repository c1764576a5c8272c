-- The ledger up to the as-of date in the company's currency; empty account = not attributable.
create or replace temp view lines as
select
    coalesce(l.account, '') as account,
    cast(date_trunc('month', l.date) as date) as month,
    l.date as date,
    coalesce(l.category, p.category, '') as category,
    l.kind as kind,
    l.invoice as invoice,
    l.line_id as line_id,
    l.quantity as quantity,
    case when l.currency = $currency then cast(l.list_amount as decimal(30, 6))
         else cast(l.list_amount * r.rate as decimal(30, 6)) end as list_amount,
    case when l.currency = $currency then cast(l.amount as decimal(30, 6))
         else cast(l.amount * r.rate as decimal(30, 6)) end as amount,
    case when l.currency = $currency then cast(l.cost as decimal(30, 6))
         else cast(l.cost * r.rate as decimal(30, 6)) end as cost
from ledger l
left join products p on p.product = l.product
left join exchange_rates r
    on r.currency = l.currency and r.month = cast(date_trunc('month', l.date) as date)
where l.date <= $as_of
