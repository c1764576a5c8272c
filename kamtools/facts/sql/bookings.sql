-- Expenses up to the as-of date in the company's currency. Activity and kind stand in the code, read from its end
-- (year-account-brand-activity-kind-sequence-check) or as the settings say.
create or replace temp view bookings as
select
    coalesce(e.account, '') as account,
    e.expense_id as expense_id,
    cast(date_trunc('month', e.date) as date) as month,
    e.line as line,
    coalesce(e.status, 'actual') as status,
    $activity as activity,
    $kind as kind,
    e.settled_date as settled_date,
    case when e.currency = $currency then cast(e.amount as decimal(30, 6))
         else cast(e.amount * r.rate as decimal(30, 6)) end as amount
from expenses e
left join exchange_rates r
    on r.currency = e.currency and r.month = cast(date_trunc('month', e.date) as date)
where e.date <= $as_of
