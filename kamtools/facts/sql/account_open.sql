-- Receivables as of the date: open and overdue amounts with VAT, and of the documents that fell
-- due in the last twelve months the amount and the amount times days late (a document still open
-- counts up to the as-of date). late_amount_days / due_amount = average days late.
select
    account,
    sum(open) as open_amount,
    sum(case when due_date < $as_of then open else 0 end) as overdue_amount,
    sum(case when amount > 0 and due_date <= $as_of and due_date > $as_of - interval 12 month
             then amount end) as due_amount,
    sum(case when amount > 0 and due_date <= $as_of and due_date > $as_of - interval 12 month
             then amount * greatest(0, datediff('day', due_date, settled)) end) as late_amount_days,
    count(part_later) as later_parts,
    coalesce(sum(part_later), 0) as later_part_amount
from documents
where kind in ('invoice', 'credit_note')
group by account
order by account
