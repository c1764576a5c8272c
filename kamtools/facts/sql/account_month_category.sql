-- One row per account, month and product category.
select
    account,
    month,
    category,
    amount,
    case when list_lines = lines then list_amount end as list_amount,
    case when quantity_lines = lines then quantity end as quantity,
    case when cost_lines = lines then cost end as cost
from months
order by account, month, category
