-- One row per account and month. A sum is empty where a line lacks the figure: missing is not zero.
select
    m.account as account,
    m.month as month,
    sum(m.amount) as amount,
    sum(m.gross_amount) as gross_amount,
    case when sum(m.list_lines) = sum(m.lines) then sum(m.list_amount) end as list_amount,
    case when sum(m.cost_lines) = sum(m.lines) then sum(m.cost) end as cost,
    case when sum(m.quantity_lines) = sum(m.lines) then sum(m.quantity) end as quantity,
    any_value(i.invoices) as invoices,
    cast(sum(m.lines) as bigint) as lines
from months m
join (select account, month, count(distinct invoice) as invoices from lines group by account, month) i
    on i.account = m.account and i.month = m.month
group by m.account, m.month
order by m.account, m.month
