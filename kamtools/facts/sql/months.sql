-- The ledger once, by account, month and category, in exact decimals; what other frames add up.
create or replace temp table months as
select
    account,
    month,
    category,
    sum(amount) as amount,
    sum(case when kind = 'sale' and amount > 0 then amount end) as gross_amount,
    sum(list_amount) as list_amount,
    count(list_amount) as list_lines,
    sum(cost) as cost,
    count(cost) as cost_lines,
    sum(quantity) as quantity,
    count(quantity) as quantity_lines,
    count(*) as lines
from lines
group by account, month, category
