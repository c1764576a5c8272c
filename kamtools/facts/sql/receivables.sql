-- Documents as known on the date, those with the same dates as one: what is open, and what fell due in the last 40 months.
select
    account, kind, invoice_date, due_date, due_stated,
    case when paid <> 0 then paid_date end as paid_date,
    sum(amount) as amount,
    sum(case when paid <> 0 then paid end) as paid_amount
from documents
where open <> 0 or due_date > $as_of - interval 40 month
group by account, kind, invoice_date, due_date, due_stated, case when paid <> 0 then paid_date end, open = 0
order by account, kind, invoice_date, due_date, due_stated, paid_date, amount
