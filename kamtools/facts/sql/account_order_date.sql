-- One row per account and day on which it bought something (returns and adjustments are no orders).
select
    account,
    date,
    sum(amount) as amount,
    count(distinct invoice) as invoices
from lines
where kind = 'sale' and amount > 0
group by account, date
order by account, date
