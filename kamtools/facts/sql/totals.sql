-- The exact totals that the frames must reach, and the rows that the as-of date leaves out.
select
    coalesce(sum(amount), 0) as ledger_amount,
    count(*) as ledger_rows,
    (select count(*) from ledger where date > $as_of) as ledger_after_as_of,
    (select count(*) from expenses where date > $as_of) as expenses_after_as_of,
    (select count(*) from receivables where invoice_date > $as_of) as receivables_after_as_of,
    (select count(*) from service where month > $as_of) as service_after_as_of,
    min(date) as first_date,
    max(date) as last_date
from lines
