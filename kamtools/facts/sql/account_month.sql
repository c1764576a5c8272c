-- One row per account and month. A sum is empty where a line lacks the figure: missing is not zero.
select
    account,
    month,
    sum(amount) as amount,
    sum(case when kind = 'sale' and amount > 0 then amount end) as gross_amount,
    case when count(list_amount) = count(*) then sum(list_amount) end as list_amount,
    case when count(cost) = count(*) then sum(cost) end as cost,
    case when count(quantity) = count(*) then sum(quantity) end as quantity,
    count(distinct invoice) as invoices,
    count(*) as lines
from lines
group by account, month
order by account, month
