-- One row per account, month and product category.
select
    account,
    month,
    category,
    sum(amount) as amount,
    case when count(list_amount) = count(*) then sum(list_amount) end as list_amount,
    case when count(quantity) = count(*) then sum(quantity) end as quantity,
    case when count(cost) = count(*) then sum(cost) end as cost
from lines
group by account, month, category
order by account, month, category
