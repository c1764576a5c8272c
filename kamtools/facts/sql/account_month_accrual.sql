-- Accruals by the month in which they arose and by the month in which they were settled.
select account, month, line, activity, sum(accrued) as accrued, sum(settled) as settled
from (
    select account, month, line, activity, amount as accrued, 0 as settled
    from bookings where status = 'accrued'
    union all
    select account, cast(date_trunc('month', settled_date) as date), line, activity, 0, amount
    from bookings where status = 'accrued' and settled_date <= $as_of
)
group by account, month, line, activity
order by account, month, line, activity
